//! `PartiQL` statements, each for one item.

use super::expression::{self, Invalid, Statement, Values};
use super::item::{Item, Name};
use super::requests::BatchStatement;
use super::{Store, units};

/// The result of a statement.
pub(super) enum Executed {
    Done,
    Refused { code: &'static str, item: Option<Item> },
}

impl Store {
    /// Executes a statement. Returns its result and the units that it took.
    pub(super) fn execute(&mut self, request: &BatchStatement) -> Result<(Executed, f64), Invalid> {
        let statement = self.parsed.statement(&request.statement)?;
        let values = Values { names: None, named: None, positional: &request.parameters };
        let (actions, condition) = match &*statement {
            Statement::Insert(members) => return self.insert(members, values),
            Statement::Update(actions, condition) => (Some(actions), condition),
            Statement::Delete(condition) => (None, condition),
        };
        let key = |name| match condition.equal_to(name, values) {
            Some(super::Attribute::S(text)) => Ok(text.clone()),
            _ => Err(Invalid(format!("the statement names no {name}"))),
        };
        let (pk, sk) = (key("pk")?, key("sk")?);
        let found = self.partitions.get_mut(&pk).and_then(|partition| partition.get_mut(&sk));
        let Some(item) = found else {
            return Ok((Executed::Refused { code: "ConditionalCheckFailed", item: None }, 1.0));
        };
        if !condition.holds(Some(item), values)? {
            let wanted = request.return_values_on_condition_check_failure.as_deref();
            let known = (wanted == Some("ALL_OLD")).then(|| item.clone());
            let units = units::write(Some(item), None);
            return Ok((Executed::Refused { code: "ConditionalCheckFailed", item: known }, units));
        }
        let before = item.size();
        let Some(actions) = actions else {
            let units = units::write(Some(item), None);
            self.delete(&pk, &sk);
            return Ok((Executed::Done, units));
        };
        expression::apply(actions, item, values)?;
        let larger = before.max(item.size());
        Ok((Executed::Done, units::write_of(larger)))
    }

    fn insert(
        &mut self,
        members: &[(Box<str>, expression::Operand)],
        values: Values<'_>,
    ) -> Result<(Executed, f64), Invalid> {
        let attributes = members.iter().map(|(name, operand)| {
            let value = values.value(operand, None)?;
            let value = value.ok_or_else(|| Invalid(format!("no value for {name}")))?;
            Ok((Name::from(&**name), value.into_owned()))
        });
        let item: Item = attributes.collect::<Result<Vec<_>, Invalid>>()?.into_iter().collect();
        let (pk, sk) = super::writes::key_of(Some(&item))?;
        if let Some(known) = self.get(&pk, &sk) {
            let units = units::write(Some(known), None);
            return Ok((Executed::Refused { code: "DuplicateItem", item: None }, units));
        }
        let units = units::write(None, Some(&item));
        self.put(item);
        Ok((Executed::Done, units))
    }
}
