//! Items and values, to and from the domain's types.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::key::Key;
use super::{Result, TableError};

pub(in crate::table) type Item = HashMap<String, AttributeValue>;

pub(in crate::table) fn parse<T: DeserializeOwned>(kind: &'static str, item: Item) -> Result<T> {
    serde_dynamo::from_item(item).map_err(|error| TableError::malformed(kind, error))
}

pub(in crate::table) fn item(kind: &'static str, key: &Key, row: impl Serialize) -> Result<Item> {
    let mut item: Item =
        serde_dynamo::to_item(row).map_err(|error| TableError::malformed(kind, error))?;
    // Omit attributes without a value.
    item.retain(|_, value| !value.is_null());
    item.extend(key.attributes());
    Ok(item)
}

/// The key at which a page continues.
pub(in crate::table) fn start(pk: &str, sk: &str) -> Item {
    [("pk", pk), ("sk", sk)]
        .map(|(name, value)| (name.to_owned(), AttributeValue::S(value.to_owned())))
        .into()
}

pub(in crate::table) fn text(item: &Item, name: &str) -> Option<String> {
    item.get(name).and_then(|value| value.as_s().ok()).cloned()
}

/// A value of an expression.
pub(in crate::table) struct Value(pub(in crate::table) AttributeValue);

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self(AttributeValue::S(text.to_owned()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self(AttributeValue::S(text))
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self(AttributeValue::N(number.to_string()))
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self(AttributeValue::N(number.to_string()))
    }
}

impl From<AttributeValue> for Value {
    fn from(value: AttributeValue) -> Self {
        Self(value)
    }
}
