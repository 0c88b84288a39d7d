//! The key of an item.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::table) struct Key {
    pub(in crate::table) pk: String,
    pub(in crate::table) sk: String,
}

impl Key {
    pub(in crate::table) fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }

    pub(in crate::table) fn attributes(&self) -> HashMap<String, AttributeValue> {
        [("pk", &self.pk), ("sk", &self.sk)]
            .map(|(name, value)| (name.to_owned(), AttributeValue::S(value.clone())))
            .into()
    }
}
