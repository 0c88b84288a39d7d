//! The second pass over a file, which turns its rows into contacts.

use std::collections::HashSet;

use infra::clock;
use infra::table::{BATCH_WRITES, ContactUpdate, RowChange};
use shared::contact::{Contact, Profile};
use shared::ids::ContactId;
use shared::import::{
    Batch, Content, Import, Imported, MatchKey, Outcome, Reading, Row, RowError, SkipReason,
    Status, Written,
};

use super::lookup::{Lookup, look_up};
use super::rehearsal::Rehearsed;
use super::{Run, Step};

/// Rows whose contacts are looked up together.
const LOOKUPS: usize = 32;

/// The rows that one transaction writes.
struct Contacts<'s> {
    step: &'s mut Step,
    import: &'s Import,
    batch: Batch,
    /// The contacts of its rows: one transaction cannot write one of them twice, and a later row must
    /// see what an earlier one wrote.
    touched: HashSet<MatchKey>,
    writes: usize,
}

impl Run<'_> {
    /// Reads rows after the import's progress, as many as fit into a transaction and a batch.
    pub(super) async fn read_contacts(&mut self, import: &Import) -> anyhow::Result<Step> {
        let mut step = Step::begin_reading(import, clock::now());
        step.after.progress.is_estimate |=
            import.options.dry_run && self.rehearsal.is_estimate(import);
        let batch = Batch::begin(step.after.updated_at);
        let (touched, writes) = (HashSet::new(), 0);
        let mut contacts = Contacts { step: &mut step, import, batch, touched, writes };
        loop {
            let Some(source) = &mut self.source else { return Ok(step) };
            source.read_ahead(LOOKUPS).await?;
            let readings = source.ahead(LOOKUPS);
            if readings.is_empty() {
                return Ok(match source.end() {
                    Some(malformed) => step.fail(&malformed),
                    None => step.end(Status::Done),
                });
            }
            let lookups =
                look_up(self.app, &self.organization, import.match_by(), &readings).await?;
            contacts.batch.reads += lookups.iter().filter(|lookup| is_read(lookup)).count();
            for (reading, lookup) in readings.iter().zip(lookups) {
                let is_full = contacts.batch.is_full(clock::now());
                if is_full || !self.take(&mut contacts, reading, lookup).await? {
                    return Ok(step);
                }
                if let Some(source) = &mut self.source {
                    contacts.step.after.progress.second_pass = source.pass();
                }
            }
        }
    }

    /// Adds a row; `false` if it must wait for the next transaction.
    async fn take(
        &mut self,
        contacts: &mut Contacts<'_>,
        reading: &Reading,
        lookup: Lookup,
    ) -> anyhow::Result<bool> {
        let import = contacts.import;
        let (row, found) = match (&reading.content, lookup) {
            (Content::Skipped(reason), _) => {
                contacts.step.after.progress.skipped.add(*reason);
                return Ok(true);
            }
            (Content::Refused(error), _) => {
                contacts.reject(error.clone());
                return Ok(true);
            }
            (Content::Row(row), Some(found)) => (row, found),
            (Content::Row(_), None) => return Ok(false),
        };
        let (key, known) = match found {
            Ok(found) => found,
            Err(reason) => {
                contacts.reject(reading.refused(None, None, reason));
                return Ok(true);
            }
        };
        let is_new = key == MatchKey::New;
        if !import.options.dry_run && !is_new && contacts.touched.contains(&key) {
            return Ok(false);
        }
        let outcome = row.outcome(&import.options, &key, known);
        if import.options.dry_run {
            contacts.rehearse(reading, row, self.rehearsal.outcome(&key, row, import, outcome));
            return Ok(true);
        }
        let (change, written) = match outcome {
            Outcome::Create => {
                let id = self.new_id(contacts, reading, &key).await?;
                (Some(contacts.create(id, row.profile.clone())), Written::Created)
            }
            Outcome::Update(before, profile) => {
                (Some(contacts.update(*before, profile)), Written::Updated)
            }
            Outcome::Unchanged(before) => (contacts.note(*before), Written::Unchanged),
            Outcome::Skipped => {
                contacts.step.after.progress.skipped.add(SkipReason::Matched);
                return Ok(true);
            }
            Outcome::Rejected(reason) => {
                contacts.reject(row.rejected(reading, reason));
                return Ok(true);
            }
        };
        if !contacts.write(change) {
            return Ok(false);
        }
        contacts.step.after.progress.count(written);
        if !is_new {
            contacts.touched.insert(key);
        }
        Ok(true)
    }

    /// The id of a contact that a row creates. Imports that run at once create one contact for a phone,
    /// unless the contact that has the phone's id has another phone by now.
    async fn new_id(
        &self,
        contacts: &Contacts<'_>,
        reading: &Reading,
        key: &MatchKey,
    ) -> anyhow::Result<ContactId> {
        let of_row = ContactId::of_row(contacts.import.id, reading.number);
        let MatchKey::Line(line) = key else { return Ok(of_row) };
        let id = ContactId::of_line(&self.match_key, line);
        // Only a lost race shows that the id may be taken.
        let is_taken =
            self.races > 0 && self.app.table.contact(&self.organization, id).await?.is_some();
        Ok(if is_taken { of_row } else { id })
    }
}

impl Contacts<'_> {
    fn create(&self, id: ContactId, profile: Profile) -> RowChange {
        let now = self.batch.begun_at;
        RowChange::Create(Contact {
            id,
            organization_id: self.import.organization_id,
            profile,
            imported: Some(Imported::new(self.import.id)),
            created_at: now,
            updated_at: now,
        })
    }

    fn update(&self, before: Contact, profile: Profile) -> RowChange {
        let updated_at = self.batch.begun_at.or_after(before.updated_at);
        let imported = before.imported.as_ref();
        let imported = imported.map(|imported| imported.changed(self.import.id, updated_at));
        let after = Contact { profile, imported, updated_at, ..before.clone() };
        RowChange::Update(Box::new(ContactUpdate { before, after }))
    }

    /// Notes on a contact of another import that this one has a row for it, so that the other's undo
    /// leaves it.
    fn note(&self, before: Contact) -> Option<RowChange> {
        let imported = before.imported.as_ref();
        let imported = imported.filter(|imported| imported.must_note(self.import.id))?;
        let imported = Some(imported.changed(self.import.id, before.updated_at));
        let after = Contact { imported, ..before.clone() };
        Some(RowChange::Update(Box::new(ContactUpdate { before, after })))
    }

    /// Adds a change, unless the transaction is full.
    fn write(&mut self, change: Option<RowChange>) -> bool {
        let Some(change) = change else { return true };
        if self.writes + change.writes() > BATCH_WRITES {
            return false;
        }
        self.writes += change.writes();
        self.step.effects.changes.push(change);
        true
    }

    fn rehearse(&mut self, reading: &Reading, row: &Row, outcome: Rehearsed) {
        let progress = &mut self.step.after.progress;
        match outcome {
            Rehearsed::Written(written) => progress.count(written),
            Rehearsed::Skipped => progress.skipped.add(SkipReason::Matched),
            Rehearsed::Rejected(reason) => self.reject(row.rejected(reading, reason)),
        }
    }

    fn reject(&mut self, error: RowError) {
        self.step.after.progress.rejected += 1;
        self.batch.rejected += 1;
        self.step.effects.rejected.push(error);
    }
}

/// Whether a row's contacts were read from the table.
fn is_read(lookup: &Lookup) -> bool {
    matches!(lookup, Some(Ok((MatchKey::Contact(_) | MatchKey::Line(_), _))))
}
