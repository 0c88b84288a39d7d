//! Leaves: tests of one field.

use serde_json::{Map, Value};
use strum::{EnumString, IntoStaticStr, VariantNames};

use super::field::Found;
use super::test::Test;
use super::{Field, Moment};
use crate::contact::Contact;

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "camelCase")]
pub enum Op {
    In,
    NotIn,
    Contains,
    StartsWith,
    Exists,
    Missing,
    Eq,
    Ne,
    Lt,
    Lte,
    Gt,
    Gte,
    Between,
    Before,
    After,
    WithinLast,
}

/// A test of one field, with its value as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    pub field: Field,
    pub op: Op,
    pub value: Option<Value>,
    test: Test,
}

impl Leaf {
    /// Reads a leaf's value for its field and operator.
    pub(super) fn new(field: Field, op: Op, value: Option<Value>) -> Result<Self, String> {
        let test = Test::new(op, field.is_time(), value.as_ref())?;
        Ok(Self { field, op, value, test })
    }

    /// A field with several elements matches if any of them does, except that `ne` and `notIn` match
    /// if none of them is equal. A missing field matches only `missing` and `notIn`.
    pub(super) fn matches(&self, contact: &Contact, at: &Moment) -> bool {
        match (&self.test, self.field.of(contact)) {
            (Test::Exists, found) => found.is_some(),
            (Test::Missing, found) => found.is_none(),
            (Test::NoneOf(_), None) => true,
            (
                Test::Ne(_)
                | Test::AnyOf(_)
                | Test::Text(..)
                | Test::Order(..)
                | Test::Between(..)
                | Test::When(_),
                None,
            ) => false,
            (test, Some(Found::Time(moment))) => test.is_true_at(moment, at),
            (Test::NoneOf(values), Some(Found::Texts(texts))) => {
                !texts.iter().any(|text| values.contains(text.as_ref()))
            }
            (Test::Ne(value), Some(Found::Texts(texts))) => !texts.iter().any(|text| text == value),
            (test, Some(Found::Texts(texts))) => texts.iter().any(|text| test.is_true_of(text, at)),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("field".to_owned(), self.field.to_json());
        object.insert("op".to_owned(), Value::from(<&'static str>::from(self.op)));
        if let Some(value) = &self.value {
            object.insert("value".to_owned(), value.clone());
        }
        Value::Object(object)
    }
}
