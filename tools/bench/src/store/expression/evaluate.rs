//! Evaluates conditions and applies updates.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use super::super::item::{Attribute, Item, Name};
use super::{Action, Comparison, Condition, Invalid, Operand};

/// The values of an expression's placeholders.
#[derive(Clone, Copy)]
pub(crate) struct Values<'a> {
    pub(crate) names: Option<&'a HashMap<String, String>>,
    pub(crate) named: Option<&'a Item>,
    pub(crate) positional: &'a [Attribute],
}

impl<'a> Values<'a> {
    fn name<'n>(&self, name: &'n str) -> &'n str
    where
        'a: 'n,
    {
        self.names.and_then(|names| names.get(name)).map_or(name, String::as_str)
    }

    /// The operand's value; `None` for a missing attribute.
    pub(crate) fn value<'v>(
        &self,
        operand: &'v Operand,
        item: Option<&'v Item>,
    ) -> Result<Option<Cow<'v, Attribute>>, Invalid>
    where
        'a: 'v,
    {
        let unknown = |what: &str| Invalid(format!("{what} has no value"));
        Ok(match operand {
            Operand::Path(path) => {
                let mut at = item.and_then(|item| item.get(self.name(&path[0])));
                for name in &path[1..] {
                    at = match at {
                        Some(Attribute::M(map)) => map.get(self.name(name)),
                        _ => None,
                    };
                }
                at.map(Cow::Borrowed)
            }
            Operand::Named(name) => {
                let value = self.named.and_then(|named| named.get(name));
                Some(Cow::Borrowed(value.ok_or_else(|| unknown(name))?))
            }
            Operand::Positional(place) => {
                Some(Cow::Borrowed(self.positional.get(*place).ok_or_else(|| unknown("?"))?))
            }
            Operand::Literal(value) => Some(Cow::Borrowed(value)),
            Operand::Plus(left, right) => Some(self.sum(left, right, item, 1.0)?),
            Operand::Minus(left, right) => Some(self.sum(left, right, item, -1.0)?),
            Operand::IfNotExists(path, other) => match self.value(path, item)? {
                Some(value) => Some(value),
                None => self.value(other, item)?,
            },
            Operand::Size(path) => self.value(path, item)?.map(|value| {
                let length = match &*value {
                    Attribute::S(text) => text.len(),
                    Attribute::L(list) => list.len(),
                    Attribute::SS(set) => set.len(),
                    _ => 1,
                };
                Cow::Owned(Attribute::N(length.to_string().into()))
            }),
        })
    }

    fn sum(
        &self,
        left: &Operand,
        right: &Operand,
        item: Option<&Item>,
        sign: f64,
    ) -> Result<Cow<'static, Attribute>, Invalid> {
        let number = |operand| {
            let value = self.value(operand, item)?;
            let number = value.as_ref().and_then(|value| value.number());
            number.ok_or_else(|| Invalid("a sum of what is no number".to_owned()))
        };
        let sum = number(left)? + sign * number(right)?;
        Ok(Cow::Owned(Attribute::N(sum.to_string().into())))
    }
}

impl Condition {
    pub(crate) fn holds(&self, item: Option<&Item>, values: Values<'_>) -> Result<bool, Invalid> {
        Ok(match self {
            Self::Compare(left, comparison, right) => {
                let (left, right) = (values.value(left, item)?, values.value(right, item)?);
                let (Some(left), Some(right)) = (left, right) else {
                    return Ok(false);
                };
                match comparison {
                    Comparison::Equal => left == right,
                    Comparison::NotEqual => left != right,
                    Comparison::Less => left < right,
                    Comparison::AtMost => left <= right,
                    Comparison::Greater => left > right,
                    Comparison::AtLeast => left >= right,
                }
            }
            Self::Between(at, from, to) => {
                let at = values.value(at, item)?;
                let (from, to) = (values.value(from, item)?, values.value(to, item)?);
                at.is_some() && at >= from && at <= to
            }
            Self::In(left, among) => {
                let Some(left) = values.value(left, item)? else {
                    return Ok(false);
                };
                for operand in among {
                    if values.value(operand, item)?.as_ref() == Some(&left) {
                        return Ok(true);
                    }
                }
                false
            }
            Self::Exists(path) => values.value(path, item)?.is_some(),
            Self::BeginsWith(left, right) => {
                match (values.value(left, item)?.as_deref(), values.value(right, item)?.as_deref())
                {
                    (Some(Attribute::S(text)), Some(Attribute::S(start))) => {
                        text.starts_with(&**start)
                    }
                    _ => false,
                }
            }
            Self::And(left, right) => left.holds(item, values)? && right.holds(item, values)?,
            Self::Or(left, right) => left.holds(item, values)? || right.holds(item, values)?,
            Self::Not(inner) => !inner.holds(item, values)?,
        })
    }

    /// The value that a statement's condition requires of an attribute.
    pub(crate) fn equal_to<'v>(&'v self, name: &str, values: Values<'v>) -> Option<&'v Attribute> {
        match self {
            Self::Compare(Operand::Path(path), Comparison::Equal, operand)
                if path.len() == 1 && *path[0] == *name =>
            {
                match values.value(operand, None) {
                    Ok(Some(Cow::Borrowed(value))) => Some(value),
                    _ => None,
                }
            }
            Self::And(left, right) => {
                left.equal_to(name, values).or_else(|| right.equal_to(name, values))
            }
            _ => None,
        }
    }
}

/// Applies an update. Values are those from before the update.
pub(crate) fn apply(
    actions: &[Action],
    item: &mut Item,
    values: Values<'_>,
) -> Result<(), Invalid> {
    let before = item.clone();
    for action in actions {
        match action {
            Action::Set(name, operand) => {
                let value = values.value(operand, Some(&before))?;
                let value = value.ok_or_else(|| Invalid(format!("no value for {name}")))?;
                item.set(Name::from(values.name(name)), value.into_owned());
            }
            Action::Add(name, operand) => {
                let added = values.value(operand, None)?.map(Cow::into_owned);
                let name = Name::from(values.name(name));
                let sum = added.and_then(|added| plus(before.get(name.as_str()), added));
                let sum = sum.ok_or_else(|| {
                    Invalid(format!("no number or set to add to {}", name.as_str()))
                })?;
                item.set(name, sum);
            }
            Action::Delete(name, operand) => {
                let gone = values.value(operand, None)?;
                let Some(Attribute::SS(gone)) = gone.as_deref() else {
                    return Err(Invalid(format!("no set to delete from {name}")));
                };
                let name = Name::from(values.name(name));
                if let Some(Attribute::SS(known)) = before.get(name.as_str()) {
                    let rest: BTreeSet<_> = known.difference(gone).cloned().collect();
                    if rest.is_empty() {
                        item.remove(name.as_str());
                    } else {
                        item.set(name, Attribute::SS(rest));
                    }
                }
            }
            Action::Remove(name) => item.remove(values.name(name)),
        }
    }
    Ok(())
}

/// The sum of numbers, or the union of sets.
fn plus(known: Option<&Attribute>, added: Attribute) -> Option<Attribute> {
    match (known, added) {
        (None, added @ (Attribute::N(_) | Attribute::SS(_))) => Some(added),
        (Some(Attribute::SS(known)), Attribute::SS(added)) => {
            Some(Attribute::SS(known.union(&added).cloned().collect()))
        }
        (Some(known), added) => {
            let sum = known.number()? + added.number()?;
            Some(Attribute::N(sum.to_string().into()))
        }
        (None, _) => None,
    }
}
