//! Conditional writes of single items.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConsumedCapacity, ReturnConsumedCapacity, ReturnValue,
    ReturnValuesOnConditionCheckFailure,
};

use super::key::Key;
use super::marshal::{Item, Value};
use super::{Result, Table, TableError};
use crate::usage::Access;

/// The result of a conditional write.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::table) enum Written {
    Done,
    /// The condition did not hold. Contains the current item, if there is one.
    Refused(Option<Item>),
}

/// An update's expression and condition with their values.
#[derive(Default)]
pub(in crate::table) struct Change {
    pub(in crate::table) update: String,
    pub(in crate::table) condition: String,
    pub(in crate::table) values: Vec<(&'static str, AttributeValue)>,
    /// The names for the expressions' placeholders.
    pub(in crate::table) names: &'static [(&'static str, &'static str)],
}

impl Change {
    pub(in crate::table) fn value(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.values.push((name, value.into().0));
        self
    }
}

pub(in crate::table) const ABSENT: &str = "attribute_not_exists(pk)";

impl Table {
    /// Puts an item if the condition holds.
    pub(in crate::table) async fn put(
        &self,
        item: Item,
        condition: &str,
        values: Vec<(&'static str, AttributeValue)>,
    ) -> Result<Written> {
        let mut request = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item))
            .condition_expression(condition)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        for (name, value) in values {
            request = request.expression_attribute_values(name, value);
        }
        let result = request.send().await.map(|output| output.consumed_capacity);
        self.usage.call("dynamodb.PutItem");
        self.written("PutItem", result, |error| match error {
            PutItemError::ConditionalCheckFailedException(refused) => Some(refused),
            _ => None,
        })
    }

    pub(in crate::table) async fn change(&self, key: &Key, change: Change) -> Result<Written> {
        let result = self.update_item(key, change).send().await;
        self.updated(result.map(|output| output.consumed_capacity))
    }

    /// Changes an item and returns what it wrote, or `None` if the condition did not hold.
    pub(in crate::table) async fn change_and_read(
        &self,
        key: &Key,
        change: Change,
    ) -> Result<Option<Item>> {
        let request = self.update_item(key, change).return_values(ReturnValue::UpdatedNew);
        let mut written = None;
        let result = request.send().await.map(|output| {
            written = output.attributes;
            output.consumed_capacity
        });
        Ok(match self.updated(result)? {
            Written::Done => Some(written.unwrap_or_default()),
            Written::Refused(_) => None,
        })
    }

    fn update_item(&self, key: &Key, change: Change) -> UpdateItemFluentBuilder {
        let mut request = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key.attributes()))
            .update_expression(change.update)
            .condition_expression(change.condition)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        for (name, value) in change.values {
            request = request.expression_attribute_values(name, value);
        }
        for (placeholder, name) in change.names {
            request = request.expression_attribute_names(*placeholder, *name);
        }
        request
    }

    fn updated(
        &self,
        result: Result<Option<ConsumedCapacity>, SdkError<UpdateItemError>>,
    ) -> Result<Written> {
        self.usage.call("dynamodb.UpdateItem");
        self.written("UpdateItem", result, |error| match error {
            UpdateItemError::ConditionalCheckFailedException(refused) => Some(refused),
            _ => None,
        })
    }

    /// Deletes an item if the condition holds.
    pub(in crate::table) async fn remove(
        &self,
        key: &Key,
        condition: &str,
        values: Vec<(&'static str, AttributeValue)>,
    ) -> Result<Written> {
        let mut request = self
            .client
            .delete_item()
            .table_name(&self.name)
            .set_key(Some(key.attributes()))
            .condition_expression(condition)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        for (name, value) in values {
            request = request.expression_attribute_values(name, value);
        }
        let result = request.send().await.map(|output| output.consumed_capacity);
        self.usage.call("dynamodb.DeleteItem");
        self.written("DeleteItem", result, |error| match error {
            DeleteItemError::ConditionalCheckFailedException(refused) => Some(refused),
            _ => None,
        })
    }

    /// Distinguishes a condition that does not hold from other failures.
    fn written<E>(
        &self,
        operation: &'static str,
        result: Result<Option<ConsumedCapacity>, SdkError<E>>,
        refusal: impl Fn(&E) -> Option<&ConditionalCheckFailedException>,
    ) -> Result<Written>
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        match result {
            Ok(consumed) => {
                self.usage.capacity(Access::Write, &consumed);
                Ok(Written::Done)
            }
            Err(error) => match error.as_service_error().and_then(refusal) {
                Some(refused) => {
                    self.usage.units(Access::Write, 1.0);
                    Ok(Written::Refused(refused.item.clone()))
                }
                None => Err(TableError::request(operation, error)),
            },
        }
    }
}
