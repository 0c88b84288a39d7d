//! Unsubscribes of phones with two forms: the register is stored by line.

use std::collections::{BTreeSet, HashMap, HashSet};

use shared::ids::OrganizationId;
use shared::phone::{Line, Phone};
use shared::shard::Shards;

use super::super::dynamo::{Change, Consistency, parse};
use super::super::keys;
use super::super::{Result, Table, TableError};
use super::place::Place;
use super::{KIND, Row};

/// A batch may contain 100 keys, and a line has two forms.
const LINES_AT_ONCE: usize = 50;

impl Table {
    /// The line of a phone, as used in the register. First copies what was registered under another
    /// form.
    pub(super) async fn settled_line(
        &self,
        organization: OrganizationId,
        phone: &Phone,
        shards: Shards,
    ) -> Result<Phone> {
        let line = phone.line().into_phone();
        for form in phone.forms().iter().filter(|form| **form != line) {
            self.take_over(organization, (form, &line), shards).await?;
        }
        Ok(line)
    }

    /// Copies what was registered under a form other than the line's, before lines existed.
    async fn take_over(
        &self,
        organization: OrganizationId,
        (form, line): (&Phone, &Phone),
        shards: Shards,
    ) -> Result<()> {
        let key = keys::unsubscribe(organization, form, shards);
        let Some(row): Option<Row> = self.get(KIND, &key, Consistency::Strong).await? else {
            return Ok(());
        };
        let place = Place::of_line(organization, line, shards);
        let changed_at = row.changed_at;
        let mut preference = row.into_preference(organization, form);
        self.register_at(&place, &preference, &[]).await?;
        if preference.subscribed {
            return Ok(());
        }
        // An opt-out is as new as its last confirmation.
        preference.changed_at = changed_at;
        self.register_at(&place, &preference, &[]).await?;
        let taken = Change {
            update: "REMOVE optedOut".to_owned(),
            condition: "changedAt = :seen".to_owned(),
            ..Change::default()
        };
        self.change(&key, taken.value(":seen", changed_at.to_string())).await?;
        Ok(())
    }

    /// Which lines are unsubscribed, by the newest entry for any of their forms.
    pub(super) async fn opted_out_lines(
        &self,
        organization: OrganizationId,
        shards: Shards,
        lines: BTreeSet<Line>,
    ) -> Result<HashSet<Line>> {
        let lines: Vec<Line> = lines.into_iter().collect();
        let mut newest: HashMap<Line, Row> = HashMap::new();
        for lines in lines.chunks(LINES_AT_ONCE) {
            let forms = lines.iter().flat_map(|line| line.as_phone().forms());
            let wanted: Vec<_> =
                forms.map(|form| keys::unsubscribe(organization, &form, shards)).collect();
            for item in self.batch(&wanted, Consistency::Strong).await? {
                let row: Row = parse(KIND, item)?;
                let Some(line) = row.phone.as_ref().map(Phone::line) else {
                    return Err(TableError::malformed(KIND, "it has no phone"));
                };
                if newest.get(&line).is_none_or(|known| known.rank() < row.rank()) {
                    newest.insert(line, row);
                }
            }
        }
        let opted_out = newest.into_iter().filter(|(_, row)| row.opted_out == Some(true));
        Ok(opted_out.map(|(line, _)| line).collect())
    }
}
