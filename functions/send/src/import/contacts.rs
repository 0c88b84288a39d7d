//! The second pass over a file, which turns its rows into contacts.

use std::collections::HashSet;

use infra::clock;
use infra::table::{BATCH_WRITES, ContactUpdate, RowChange};
use shared::contact::{Contact, Profile};
use shared::ids::ContactId;
use shared::import::{
    Batch, Import, Imported, MatchKey, Outcome, Reading, Row, RowError, SkipReason, Status, Written,
};

use super::lookup::{Found, Lookup, Lookups};
use super::rehearsal::Rehearsed;
use super::{Run, Step};

/// Rows whose contacts are looked up together.
const LOOKUPS: usize = 32;
/// The writes of a new contact without an external ID.
const WRITES_PER_ROW: usize = 2;

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

/// What a row counts as.
#[derive(Clone, Copy)]
enum Counted {
    Written(Written),
    Skipped(SkipReason),
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
            let count = contacts.room().min(LOOKUPS);
            source.read_ahead(count).await?;
            let readings = source.ahead(count);
            if readings.is_empty() {
                return Ok(match source.end() {
                    Some(malformed) => step.fail(&malformed),
                    None => step.end(Status::Done),
                });
            }
            let lookups = self.lookups(import).of(&readings).await?;
            contacts.batch.reads += lookups.iter().filter(|lookup| lookup.is_read()).count();
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

    fn lookups(&self, import: &Import) -> Lookups<'_> {
        // A save that was lost may have met what only the table knows.
        let is_safe = self.races == 0;
        Lookups {
            app: self.app,
            organization: &self.organization,
            by: import.match_by(),
            phones: self.phones.as_ref().filter(|_| is_safe),
            are_written: is_safe && !import.options.dry_run,
        }
    }

    /// Adds a row; `false` if it must wait for the next transaction.
    async fn take(
        &mut self,
        contacts: &mut Contacts<'_>,
        reading: &Reading,
        lookup: Lookup<'_>,
    ) -> anyhow::Result<bool> {
        let (row, found) = match lookup {
            Lookup::Skipped(reason) => {
                contacts.step.after.progress.skipped.add(reason);
                return Ok(true);
            }
            Lookup::Rejected(error) => {
                contacts.reject(error);
                return Ok(true);
            }
            Lookup::Contact(row, found) => (row, found),
        };
        let import = contacts.import;
        if !import.options.dry_run && contacts.has_touched(&found.key, row) {
            return Ok(false);
        }
        let Found { key, known, owner, .. } = found;
        let outcome = row.outcome(&import.options, &key, known).unless_taken(owner);
        if import.options.dry_run {
            contacts.rehearse(reading, row, self.rehearsal.outcome(&key, row, import, outcome));
            return Ok(true);
        }
        Ok(match self.changes(contacts, reading, &key, outcome).await? {
            Ok((changes, counted)) => {
                let line = key.line().cloned();
                let is_taken = contacts.write(key, changes, counted);
                if is_taken && let Some((phones, line)) = self.phones.as_mut().zip(line) {
                    phones.add(&line);
                }
                is_taken
            }
            Err(reason) => {
                contacts.reject(row.rejected(reading, reason));
                true
            }
        })
    }

    /// What the outcome of a row changes, and as what the row counts; `Err` says why it is rejected.
    async fn changes(
        &self,
        contacts: &Contacts<'_>,
        reading: &Reading,
        key: &MatchKey,
        outcome: Outcome,
    ) -> anyhow::Result<Result<(Vec<RowChange>, Counted), String>> {
        Ok(Ok(match outcome {
            Outcome::Create(profile) => {
                let id = self.new_id(contacts, reading, key).await?;
                (vec![contacts.create(id, profile)], Counted::Written(Written::Created))
            }
            Outcome::Update(before, profile) => {
                (vec![contacts.update(*before, profile)], Counted::Written(Written::Updated))
            }
            Outcome::Unchanged(before) => {
                let note = contacts.note(*before);
                (note.into_iter().collect(), Counted::Written(Written::Unchanged))
            }
            Outcome::Skipped(reason, found) => {
                let notes = found.into_iter().filter_map(|contact| contacts.note(contact));
                (notes.collect(), Counted::Skipped(reason))
            }
            Outcome::Rejected(reason) => return Ok(Err(reason)),
        }))
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
        let Some(line) = key.line() else { return Ok(of_row) };
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

    /// How many rows may fit into the transaction, at least one.
    fn room(&self) -> usize {
        (BATCH_WRITES.saturating_sub(self.writes) / WRITES_PER_ROW).max(1)
    }

    /// Adds the changes of a row and counts it, unless the transaction is full.
    fn write(&mut self, key: MatchKey, changes: Vec<RowChange>, counted: Counted) -> bool {
        let writes: usize = changes.iter().map(RowChange::writes).sum();
        if self.writes + writes > BATCH_WRITES {
            return false;
        }
        self.writes += writes;
        if !changes.is_empty() && key != MatchKey::New {
            self.touched.insert(key);
        }
        self.touched.extend(changes.iter().flat_map(external_ids).map(MatchKey::ExternalId));
        self.step.effects.changes.extend(changes);
        let progress = &mut self.step.after.progress;
        match counted {
            Counted::Written(written) => progress.count(written),
            Counted::Skipped(reason) => progress.skipped.add(reason),
        }
        true
    }

    /// Whether an earlier row of the transaction concerns the contact or the external ID of a row.
    fn has_touched(&self, key: &MatchKey, row: &Row) -> bool {
        let external_id = row.profile.external_id.clone().map(MatchKey::ExternalId);
        self.touched.contains(key) || external_id.is_some_and(|id| self.touched.contains(&id))
    }

    fn rehearse(&mut self, reading: &Reading, row: &Row, outcome: Rehearsed) {
        let progress = &mut self.step.after.progress;
        match outcome {
            Rehearsed::Written(written) => progress.count(written),
            Rehearsed::Skipped(reason) => progress.skipped.add(reason),
            Rehearsed::Rejected(reason) => self.reject(row.rejected(reading, reason)),
        }
    }

    fn reject(&mut self, error: RowError) {
        self.step.after.progress.rejected += 1;
        self.batch.rejected += 1;
        self.step.effects.rejected.push(error);
    }
}

/// The external IDs that a change takes or frees.
fn external_ids(change: &RowChange) -> impl Iterator<Item = String> {
    let (before, after) = match change {
        RowChange::Create(contact) => (None, Some(contact)),
        RowChange::Update(update) => (Some(&update.before), Some(&update.after)),
        RowChange::Remove(contact) => (Some(contact), None),
    };
    [before, after].into_iter().flatten().filter_map(|contact| contact.profile.external_id.clone())
}
