//! Expressions: conditions, updates and the few statements of `PartiQL` that a table's client uses.
//!
//! Both languages have the same conditions with other marks, so they share their form: `#name`,
//! `"name"` and a bare word are names, `:value`, `?` and literals are values.

mod evaluate;
mod parse;
mod token;

pub(crate) use evaluate::{Values, apply};
pub(crate) use parse::{condition, names, statement, update};

use super::item::Attribute;

/// What is wrong with a request: a text for the client.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Invalid(pub(crate) String);

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand {
    /// A top-level attribute, or one below it.
    Path(Vec<Box<str>>),
    Named(Box<str>),
    Positional(usize),
    Literal(Attribute),
    Plus(Box<Operand>, Box<Operand>),
    Minus(Box<Operand>, Box<Operand>),
    IfNotExists(Box<Operand>, Box<Operand>),
    Size(Box<Operand>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Condition {
    Compare(Operand, Comparison, Operand),
    Between(Operand, Operand, Operand),
    In(Operand, Vec<Operand>),
    Exists(Operand),
    BeginsWith(Operand, Operand),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    Set(Box<str>, Operand),
    /// To a number or a set.
    Add(Box<str>, Operand),
    /// From a set.
    Delete(Box<str>, Operand),
    Remove(Box<str>),
}

/// A statement about one item.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Statement {
    Insert(Vec<(Box<str>, Operand)>),
    Update(Vec<Action>, Condition),
    Delete(Condition),
}
