//! Single writes on conditions, which transactions and requests of one item share.

use super::expression::{self, Invalid, Values};
use super::item::Item;
use super::requests::{TransactItem, Write};
use super::{Store, units};

/// A write that was judged: what there would be afterwards, and whether it may be.
pub(super) struct Judged {
    pk: Box<str>,
    sk: Box<str>,
    pub(super) before: Option<Item>,
    after: After,
    pub(super) holds: bool,
}

enum After {
    Item(Item),
    None,
    AsBefore,
}

pub(super) enum Kind {
    Put,
    Update,
    Delete,
    Check,
}

impl TransactItem {
    pub(super) fn split(self) -> (Kind, Write) {
        match self {
            Self::Put(write) => (Kind::Put, write),
            Self::Update(write) => (Kind::Update, write),
            Self::Delete(write) => (Kind::Delete, write),
            Self::ConditionCheck(write) => (Kind::Check, write),
        }
    }
}

impl Judged {
    fn after(&self) -> Option<&Item> {
        match &self.after {
            After::Item(item) => Some(item),
            After::None => None,
            After::AsBefore => self.before.as_ref(),
        }
    }

    /// The units that the write takes, without the index.
    pub(super) fn units(&self) -> f64 {
        units::write(self.before.as_ref(), if self.holds { self.after() } else { None })
    }

    pub(super) fn index_units(&self) -> f64 {
        if self.holds { units::index(self.before.as_ref(), self.after()) } else { 0.0 }
    }

    pub(super) fn is_at(&self, other: &Self) -> bool {
        (&self.pk, &self.sk) == (&other.pk, &other.sk)
    }
}

impl Store {
    /// Judges a write and writes nothing.
    pub(super) fn judge(&mut self, kind: &Kind, write: &Write) -> Result<Judged, Invalid> {
        let key = write.item.as_ref().or(write.key.as_ref());
        let (pk, sk) = key_of(key)?;
        let before = self.get(&pk, &sk).cloned();
        let values = Values {
            names: write.expression_attribute_names.as_ref(),
            named: Some(&write.expression_attribute_values),
            positional: &[],
        };
        let holds = match &write.condition_expression {
            Some(text) => self.parsed.condition(text)?.holds(before.as_ref(), values)?,
            None => true,
        };
        let after = match kind {
            Kind::Put => After::Item(write.item.clone().unwrap_or_default()),
            Kind::Delete => After::None,
            Kind::Check => After::AsBefore,
            Kind::Update if !holds => After::AsBefore,
            Kind::Update => {
                let mut item = before.clone().or(write.key.clone()).unwrap_or_default();
                let text = write.update_expression.as_deref().unwrap_or_default();
                expression::apply(&self.parsed.update(text)?, &mut item, values)?;
                After::Item(item)
            }
        };
        Ok(Judged { pk, sk, before, after, holds })
    }

    pub(super) fn carry_out(&mut self, judged: Judged) {
        match judged.after {
            After::Item(item) => self.put(item),
            After::None => self.delete(&judged.pk, &judged.sk),
            After::AsBefore => {}
        }
    }
}

pub(super) fn key_of(item: Option<&Item>) -> Result<(Box<str>, Box<str>), Invalid> {
    let part = |name| item.and_then(|item| item.text(name)).map(Box::from);
    part("pk").zip(part("sk")).ok_or_else(|| Invalid("the key has no pk or no sk".to_owned()))
}
