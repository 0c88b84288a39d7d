//! What a leaf asks of a field's texts or of its time.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::Value;

use super::date::{self, Date};
use super::{MAX_VALUE, MAX_VALUES, Moment, Op};
use crate::decimal::Decimal;
use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
    Exists,
    Missing,
    AnyOf(BTreeSet<String>),
    NoneOf(BTreeSet<String>),
    Ne(String),
    Text(Part, String),
    Order(Order, Bound),
    Between(Bound, Bound),
    When(When),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Contains,
    StartsWith,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Lt,
    Lte,
    Gt,
    Gte,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Before(Date),
    After(Date),
    /// Both included.
    Between(Date, Date),
    WithinLast(TimeDelta),
}

/// What a text is compared with: as a number if both are numbers, else as text. A bound that was
/// written as a JSON number is never compared as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bound {
    text: String,
    number: Option<Decimal>,
    is_text: bool,
}

impl Test {
    /// Reads a value; `is_time` says that the field holds a moment.
    pub(super) fn new(op: Op, is_time: bool, value: Option<&Value>) -> Result<Self, String> {
        let required = || value.ok_or_else(|| "is required by this op".to_owned());
        if is_time && !matches!(op, Op::Before | Op::After | Op::Between | Op::WithinLast) {
            return Err("needs one of the ops before, after, between, withinLast".to_owned());
        }
        let order = |order| Ok(Self::Order(order, Bound::parse(required()?)?));
        match op {
            Op::Exists | Op::Missing if value.is_some() => {
                Err("must be omitted for this op".to_owned())
            }
            Op::Exists => Ok(Self::Exists),
            Op::Missing => Ok(Self::Missing),
            Op::In => Ok(Self::AnyOf(texts(required()?)?)),
            Op::NotIn => Ok(Self::NoneOf(texts(required()?)?)),
            Op::Eq => Ok(Self::AnyOf(BTreeSet::from([text(required()?)?]))),
            Op::Ne => Ok(Self::Ne(text(required()?)?)),
            Op::Contains => Ok(Self::Text(Part::Contains, text(required()?)?)),
            Op::StartsWith => Ok(Self::Text(Part::StartsWith, text(required()?)?)),
            Op::Lt => order(Order::Lt),
            Op::Lte => order(Order::Lte),
            Op::Gt => order(Order::Gt),
            Op::Gte => order(Order::Gte),
            Op::Before => Ok(Self::When(When::Before(date(required()?)?))),
            Op::After => Ok(Self::When(When::After(date(required()?)?))),
            Op::WithinLast => {
                let span = required()?.as_str().and_then(date::span);
                span.map(|span| Self::When(When::WithinLast(span)))
                    .ok_or_else(|| "must be a span of time, such as 12h, 30d or 4w".to_owned())
            }
            Op::Between => between(required()?, is_time),
        }
    }

    pub(super) fn is_true_of(&self, text: &str, at: &Moment) -> bool {
        match self {
            Self::AnyOf(values) => values.contains(text),
            Self::Text(Part::Contains, value) => text.contains(value.as_str()),
            Self::Text(Part::StartsWith, value) => text.starts_with(value.as_str()),
            Self::Order(order, bound) => bound.order(text).is_some_and(|it| order.holds(it)),
            Self::Between(low, high) => {
                low.order(text).is_some_and(Ordering::is_ge)
                    && high.order(text).is_some_and(Ordering::is_le)
            }
            Self::When(when) => {
                Date::parse(text).is_some_and(|date| when.holds(date.start(at), at))
            }
            // The leaf decides these over all elements.
            Self::Exists | Self::Missing | Self::NoneOf(_) | Self::Ne(_) => false,
        }
    }

    pub(super) fn is_true_at(&self, moment: Timestamp, at: &Moment) -> bool {
        match self {
            Self::When(when) => when.holds(moment, at),
            // These are refused for a moment.
            Self::Exists
            | Self::Missing
            | Self::AnyOf(_)
            | Self::NoneOf(_)
            | Self::Ne(_)
            | Self::Text(..)
            | Self::Order(..)
            | Self::Between(..) => false,
        }
    }
}

impl When {
    fn holds(self, moment: Timestamp, at: &Moment) -> bool {
        match self {
            Self::Before(date) => date.follows(moment, at),
            Self::After(date) => date.precedes(moment, at),
            Self::Between(from, to) => !from.follows(moment, at) && !to.precedes(moment, at),
            Self::WithinLast(span) => at.now.plus(-span) <= moment && moment <= at.now,
        }
    }
}

impl Order {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Lt => order.is_lt(),
            Self::Lte => order.is_le(),
            Self::Gt => order.is_gt(),
            Self::Gte => order.is_ge(),
        }
    }
}

impl Bound {
    fn parse(value: &Value) -> Result<Self, String> {
        match value {
            Value::Number(number) => {
                let text = number.to_string();
                let number = text.parse::<Decimal>().map_err(|error| error.to_string())?;
                Ok(Self { text, number: Some(number), is_text: false })
            }
            Value::String(_) => {
                let text = text(value)?;
                let number = text.parse().ok();
                Ok(Self { text, number, is_text: true })
            }
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                Err("must be a number or a string".to_owned())
            }
        }
    }

    /// How a text compares with the bound, if it does.
    fn order(&self, text: &str) -> Option<Ordering> {
        if let Some(bound) = &self.number
            && let Ok(number) = text.parse::<Decimal>()
        {
            return Some(number.cmp(bound));
        }
        self.is_text.then(|| text.cmp(self.text.as_str()))
    }
}

fn text(value: &Value) -> Result<String, String> {
    let text = value.as_str().ok_or_else(|| "must be a string".to_owned())?;
    if text.is_empty() {
        return Err("must not be empty; use the ops exists and missing".to_owned());
    }
    if text.chars().count() > MAX_VALUE {
        return Err(format!("must be at most {MAX_VALUE} characters"));
    }
    Ok(text.to_owned())
}

fn texts(value: &Value) -> Result<BTreeSet<String>, String> {
    let values = value.as_array().ok_or_else(|| "must be a list of strings".to_owned())?;
    if !(1..=MAX_VALUES).contains(&values.len()) {
        return Err(format!("must contain between 1 and {MAX_VALUES} strings"));
    }
    values.iter().map(text).collect()
}

fn date(value: &Value) -> Result<Date, String> {
    value.as_str().and_then(Date::parse).ok_or_else(|| {
        "must be a date, such as 2026-11-23, or an RFC 3339 time, such as 2026-11-23T09:00:00Z"
            .to_owned()
    })
}

fn between(value: &Value, is_time: bool) -> Result<Test, String> {
    let pair = value.as_array().and_then(|values| <&[Value; 2]>::try_from(values.as_slice()).ok());
    let [low, high] =
        pair.ok_or_else(|| "must be a list of the first and the last value".to_owned())?;
    if let (Ok(from), Ok(to)) = (date(low), date(high)) {
        return Ok(Test::When(When::Between(from, to)));
    }
    if is_time {
        return Err("must be a list of two dates".to_owned());
    }
    let (low, high) = (Bound::parse(low)?, Bound::parse(high)?);
    if low.is_text != high.is_text {
        return Err("must be two numbers or two strings".to_owned());
    }
    Ok(Test::Between(low, high))
}
