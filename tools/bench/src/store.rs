//! A table in memory that speaks DynamoDB's JSON protocol, fast enough not to be the bottleneck.
//!
//! It has exactly the operations that Volley's table uses, with conditions, pages of 1 MB and
//! capacity units as in DynamoDB. It refuses anything else.

mod expression;
mod item;
mod operations;
mod query;
mod requests;
mod statements;
mod units;
mod writes;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

pub use item::{Attribute, Item, Name};
pub use units::Units;

use expression::{Action, Condition, Invalid, Statement};

type Partition = BTreeMap<Box<str>, Item>;

#[derive(Default)]
pub struct Store {
    partitions: HashMap<Box<str>, Partition>,
    parsed: Parsed,
    /// Whether contacts are judged and counted but not kept.
    forgets_contacts: bool,
}

/// Expressions are few and repeat, so they are parsed only once.
#[derive(Default)]
struct Parsed {
    conditions: HashMap<String, Arc<Condition>>,
    updates: HashMap<String, Arc<[Action]>>,
    statements: HashMap<String, Arc<Statement>>,
}

/// A response, and the units that it took.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    pub units: Units,
}

impl Parsed {
    fn condition(&mut self, text: &str) -> Result<Arc<Condition>, Invalid> {
        if let Some(known) = self.conditions.get(text) {
            return Ok(Arc::clone(known));
        }
        let parsed = Arc::new(expression::condition(text)?);
        self.conditions.insert(text.to_owned(), Arc::clone(&parsed));
        Ok(parsed)
    }

    fn update(&mut self, text: &str) -> Result<Arc<[Action]>, Invalid> {
        if let Some(known) = self.updates.get(text) {
            return Ok(Arc::clone(known));
        }
        let parsed: Arc<[Action]> = expression::update(text)?.into();
        self.updates.insert(text.to_owned(), Arc::clone(&parsed));
        Ok(parsed)
    }

    fn statement(&mut self, text: &str) -> Result<Arc<Statement>, Invalid> {
        if let Some(known) = self.statements.get(text) {
            return Ok(Arc::clone(known));
        }
        let parsed = Arc::new(expression::statement(text)?);
        self.statements.insert(text.to_owned(), Arc::clone(&parsed));
        Ok(parsed)
    }
}

impl Store {
    #[must_use]
    pub fn get(&self, pk: &str, sk: &str) -> Option<&Item> {
        self.partitions.get(pk)?.get(sk)
    }

    /// All items, in any order.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.partitions.values().flat_map(Partition::values)
    }

    /// From now on keeps no contacts, which takes the memory of millions.
    pub fn forget_contacts(&mut self) {
        self.forgets_contacts = true;
    }

    /// Puts an item, replacing any existing one.
    pub fn put(&mut self, item: Item) {
        let (Some(pk), Some(sk)) = (item.text("pk"), item.text("sk")) else {
            return;
        };
        if self.forgets_contacts && (sk.starts_with("CONTACT#") || pk.starts_with("CONTACT#")) {
            return;
        }
        let sk: Box<str> = sk.into();
        if !self.partitions.contains_key(pk) {
            self.partitions.insert(pk.into(), Partition::new());
        }
        if let Some(partition) = self.partitions.get_mut(item.text("pk").unwrap_or_default()) {
            partition.insert(sk, item);
        }
    }

    fn delete(&mut self, pk: &str, sk: &str) {
        if let Some(partition) = self.partitions.get_mut(pk) {
            partition.remove(sk);
        }
    }
}
