//! Several writes that happen together or not at all.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, ReturnConsumedCapacity, TransactWriteItem, Update,
};

use super::key::Key;
use super::marshal::Item;
use super::write::{ABSENT, Change};
use super::{Result, Table, TableError};
use crate::usage::Access;

/// The maximum number of writes in a transaction.
pub(in crate::table) const WRITES_MOST: usize = 100;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::table) enum Transacted {
    Done,
    /// For each write in order of addition, whether its condition failed.
    Refused(Vec<bool>),
    /// Another transaction changed the same items. Nothing was written, and no condition was
    /// evaluated.
    Conflict,
}

impl Transacted {
    pub(in crate::table) fn is_refused(&self, place: usize) -> bool {
        matches!(self, Self::Refused(places) if places.get(place) == Some(&true))
    }
}

#[derive(Default)]
pub(in crate::table) struct Transaction {
    writes: Vec<Write>,
}

enum Write {
    Put(Item, Option<(String, Vec<(&'static str, AttributeValue)>)>),
    Change(Key, Change),
    Delete(Key, Option<(String, Vec<(&'static str, AttributeValue)>)>),
    Check(Key, String, Vec<(&'static str, AttributeValue)>),
}

impl Transaction {
    pub(in crate::table) fn put(mut self, item: Item) -> Self {
        self.writes.push(Write::Put(item, None));
        self
    }

    pub(in crate::table) fn put_absent(self, item: Item) -> Self {
        self.put_if(item, ABSENT, Vec::new())
    }

    pub(in crate::table) fn put_if(
        mut self,
        item: Item,
        condition: &str,
        values: Vec<(&'static str, AttributeValue)>,
    ) -> Self {
        self.writes.push(Write::Put(item, Some((condition.to_owned(), values))));
        self
    }

    pub(in crate::table) fn change(mut self, key: Key, change: Change) -> Self {
        self.writes.push(Write::Change(key, change));
        self
    }

    pub(in crate::table) fn delete(mut self, key: Key) -> Self {
        self.writes.push(Write::Delete(key, None));
        self
    }

    pub(in crate::table) fn delete_if(
        mut self,
        key: Key,
        condition: &str,
        values: Vec<(&'static str, AttributeValue)>,
    ) -> Self {
        self.writes.push(Write::Delete(key, Some((condition.to_owned(), values))));
        self
    }

    /// Adds a condition without a write.
    pub(in crate::table) fn check(
        mut self,
        key: Key,
        condition: &str,
        values: Vec<(&'static str, AttributeValue)>,
    ) -> Self {
        self.writes.push(Write::Check(key, condition.to_owned(), values));
        self
    }

    pub(in crate::table) fn len(&self) -> usize {
        self.writes.len()
    }
}

impl Table {
    pub(in crate::table) async fn transact(&self, transaction: Transaction) -> Result<Transacted> {
        let writes = transaction
            .writes
            .into_iter()
            .map(|write| self.built(write))
            .collect::<Result<Vec<_>>>()?;
        let result = self
            .client
            .transact_write_items()
            .set_transact_items(Some(writes))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        self.usage.call("dynamodb.TransactWriteItems");
        let error = match result {
            Ok(output) => {
                self.usage.capacity(Access::Write, output.consumed_capacity());
                return Ok(Transacted::Done);
            }
            Err(error) => error,
        };
        let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
            error.as_service_error()
        else {
            return Err(TableError::request("TransactWriteItems", error));
        };
        let codes: Vec<&str> = cancelled
            .cancellation_reasons()
            .iter()
            .map(|reason| reason.code().unwrap_or_default())
            .collect();
        let refused: Vec<bool> =
            codes.iter().map(|code| *code == "ConditionalCheckFailed").collect();
        if refused.contains(&true) {
            Ok(Transacted::Refused(refused))
        } else if codes.contains(&"TransactionConflict") {
            Ok(Transacted::Conflict)
        } else if codes
            .iter()
            .any(|code| matches!(*code, "ThrottlingError" | "ProvisionedThroughputExceeded"))
        {
            Err(TableError::Throttled { operation: "TransactWriteItems" })
        } else {
            Err(TableError::request("TransactWriteItems", error))
        }
    }

    fn built(&self, write: Write) -> Result<TransactWriteItem> {
        let malformed = |error| TableError::malformed("a transaction", error);
        let builder = TransactWriteItem::builder();
        Ok(match write {
            Write::Put(item, condition) => {
                let (condition, values) = condition.unzip();
                let mut put = Put::builder()
                    .table_name(&self.name)
                    .set_item(Some(item))
                    .set_condition_expression(condition);
                for (name, value) in values.unwrap_or_default() {
                    put = put.expression_attribute_values(name, value);
                }
                builder.put(put.build().map_err(malformed)?)
            }
            Write::Change(key, change) => {
                let mut update = Update::builder()
                    .table_name(&self.name)
                    .set_key(Some(key.attributes()))
                    .update_expression(change.update)
                    .condition_expression(change.condition);
                for (name, value) in change.values {
                    update = update.expression_attribute_values(name, value);
                }
                builder.update(update.build().map_err(malformed)?)
            }
            Write::Delete(key, condition) => {
                let (condition, values) = condition.unzip();
                let mut delete = Delete::builder()
                    .table_name(&self.name)
                    .set_key(Some(key.attributes()))
                    .set_condition_expression(condition);
                for (name, value) in values.unwrap_or_default() {
                    delete = delete.expression_attribute_values(name, value);
                }
                builder.delete(delete.build().map_err(malformed)?)
            }
            Write::Check(key, condition, values) => {
                let mut check = ConditionCheck::builder()
                    .table_name(&self.name)
                    .set_key(Some(key.attributes()))
                    .condition_expression(condition);
                for (name, value) in values {
                    check = check.expression_attribute_values(name, value);
                }
                builder.condition_check(check.build().map_err(malformed)?)
            }
        }
        .build())
    }
}
