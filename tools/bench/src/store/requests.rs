//! Requests as they come in.

use std::collections::HashMap;

use serde::Deserialize;

use super::item::{Attribute, Item};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Get {
    pub(super) key: Item,
    #[serde(default)]
    pub(super) consistent_read: bool,
    pub(super) projection_expression: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct BatchGet {
    pub(super) request_items: HashMap<String, Wanted>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Wanted {
    pub(super) keys: Vec<Item>,
    #[serde(default)]
    pub(super) consistent_read: bool,
    pub(super) projection_expression: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Query {
    pub(super) index_name: Option<String>,
    pub(super) key_condition_expression: String,
    pub(super) filter_expression: Option<String>,
    pub(super) expression_attribute_names: Option<HashMap<String, String>>,
    #[serde(default)]
    pub(super) expression_attribute_values: Item,
    #[serde(default)]
    pub(super) consistent_read: bool,
    pub(super) scan_index_forward: Option<bool>,
    pub(super) limit: Option<usize>,
    pub(super) projection_expression: Option<String>,
    pub(super) exclusive_start_key: Option<Item>,
    pub(super) select: Option<String>,
}

/// A put, an update, a delete or a check: each has some of these.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Write {
    pub(super) item: Option<Item>,
    pub(super) key: Option<Item>,
    pub(super) update_expression: Option<String>,
    pub(super) condition_expression: Option<String>,
    pub(super) expression_attribute_names: Option<HashMap<String, String>>,
    #[serde(default)]
    pub(super) expression_attribute_values: Item,
    pub(super) return_values_on_condition_check_failure: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Transaction {
    pub(super) transact_items: Vec<TransactItem>,
}

#[derive(Deserialize)]
pub(super) enum TransactItem {
    Put(Write),
    Update(Write),
    Delete(Write),
    ConditionCheck(Write),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Batch {
    pub(super) statements: Vec<BatchStatement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct BatchStatement {
    pub(super) statement: String,
    #[serde(default)]
    pub(super) parameters: Vec<Attribute>,
    pub(super) return_values_on_condition_check_failure: Option<String>,
}
