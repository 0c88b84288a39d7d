//! The filters and tests of templates.

use std::borrow::Cow;

use minijinja::value::Kwargs;
use minijinja::{Environment, Error, ErrorKind, Value};

use super::date;
use crate::decimal::Decimal;

pub(super) const NAMES: [&str; 8] =
    ["default", "upper", "lower", "title", "trim", "truncate", "date", "number"];
pub(super) const TESTS: [&str; 2] = ["defined", "undefined"];

/// The most decimal places that a number is shown with.
const MAX_PLACES: usize = 6;
/// The longest separator or ending, in bytes.
const MAX_SIGN: usize = 16;

pub(super) fn add(environment: &mut Environment<'static>) {
    environment.add_filter("default", default);
    environment.add_filter("upper", |value: &Value| Ok::<_, Error>(text(value)?.to_uppercase()));
    environment.add_filter("lower", |value: &Value| Ok::<_, Error>(text(value)?.to_lowercase()));
    environment.add_filter("title", |value: &Value| Ok::<_, Error>(title(&text(value)?)));
    environment.add_filter("trim", |value: &Value| Ok::<_, Error>(text(value)?.trim().to_owned()));
    environment.add_filter("truncate", truncate);
    environment.add_filter("date", date_filter);
    environment.add_filter("number", number);
    environment.add_test("defined", |value: &Value| !value.is_undefined());
    environment.add_test("undefined", |value: &Value| value.is_undefined());
}

fn refuse(detail: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidOperation, detail)
}

/// A value as text. Only texts and numbers have one.
pub(super) fn text(value: &Value) -> Result<Cow<'_, str>, Error> {
    if let Some(text) = value.as_str() {
        return Ok(Cow::Borrowed(text));
    }
    if value.is_number() {
        Ok(Cow::Owned(value.to_string()))
    } else if value.is_undefined() {
        Err(Error::from(ErrorKind::UndefinedError))
    } else {
        Err(refuse(format!("a {} is not a text", value.kind())))
    }
}

/// Another value where a field is missing.
fn default(value: &Value, other: Option<Value>) -> Value {
    if value.is_undefined() || value.is_none() {
        other.unwrap_or_else(|| Value::from(""))
    } else {
        value.clone()
    }
}

/// The text with each word's first letter in upper case and the others in lower case.
fn title(text: &str) -> String {
    let mut titled = String::with_capacity(text.len());
    let mut begins = true;
    for c in text.chars() {
        if begins {
            titled.extend(c.to_uppercase());
        } else {
            titled.extend(c.to_lowercase());
        }
        begins = !c.is_alphanumeric() && c != '\'' && c != '’';
    }
    titled
}

/// The first characters of a longer text, with an ending: at most `length` in all.
#[expect(clippy::needless_pass_by_value, reason = "the engine passes arguments by value")]
fn truncate(value: &Value, length: usize, kwargs: Kwargs) -> Result<String, Error> {
    let end = sign(&kwargs, "end", "...")?;
    kwargs.assert_all_used()?;
    let text = text(value)?;
    if text.chars().count() <= length {
        return Ok(text.into_owned());
    }
    let kept = length.saturating_sub(end.chars().count());
    let mut truncated: String = text.chars().take(kept).collect();
    truncated.truncate(truncated.trim_end().len());
    truncated.push_str(&end);
    Ok(truncated.chars().take(length).collect())
}

#[expect(clippy::needless_pass_by_value, reason = "the engine passes arguments by value")]
fn date_filter(value: &Value, format: Option<String>) -> Result<String, Error> {
    let format = format.as_deref().unwrap_or(date::DEFAULT);
    date::formatted(&text(value)?, format).map_err(refuse)
}

/// A number with groups of digits.
#[expect(clippy::needless_pass_by_value, reason = "the engine passes arguments by value")]
fn number(value: &Value, places: Option<usize>, kwargs: Kwargs) -> Result<String, Error> {
    let (thousands, point) = (sign(&kwargs, "thousands", ",")?, sign(&kwargs, "point", ".")?);
    kwargs.assert_all_used()?;
    let places = places.unwrap_or(0);
    if places > MAX_PLACES {
        return Err(refuse(format!("a number has at most {MAX_PLACES} decimal places")));
    }
    let text = text(value)?;
    let number: Decimal =
        text.parse().map_err(|_| refuse(format!("{:?} is not a number", shortened(&text))))?;
    Ok(number.grouped(places, &thousands, &point))
}

fn sign(kwargs: &Kwargs, name: &'static str, default: &str) -> Result<String, Error> {
    let sign: Option<String> = kwargs.get(name)?;
    let sign = sign.unwrap_or_else(|| default.to_owned());
    if sign.len() > MAX_SIGN {
        return Err(refuse(format!("{name} must be at most {MAX_SIGN} bytes")));
    }
    Ok(sign)
}

/// The part of a value that an error quotes.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}
