//! Imports: their rows and their progress are written together, or neither is.

use infra::clock;
use infra::table::{
    ContactSaved, ContactUpdate, ImportSaved, RowChange, RowEffects, Saved, Table, Transition,
};
use shared::actor::Actor;
use shared::contact::{Contact, Profile};
use shared::ids::{ContactId, ImportId};
use shared::import::{Import, Imported, Options, RowError, StoredFile};
use shared::job::{Due, JobsJob};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::sender::{Provider, Sender};

use crate::{SHARDS, organization as organization_id, phone, table};

struct Importing {
    table: Table,
    organization: Organization,
    import: Import,
    due: Due,
}

impl Importing {
    async fn new() -> anyhow::Result<Self> {
        let (table, now) = (table().await, clock::now());
        let sender = Sender::new(phone(1), Provider::default());
        let organization = Organization {
            shards: SHARDS,
            ..Organization::new(organization_id(), "Importing".to_owned(), sender, now)
        };
        let id = ImportId::new(now, clock::entropy());
        let import = Import::new(id, organization.id, Options::default(), None, now);
        let job = JobsJob::Import { organization_id: organization.id, import_id: id };
        let due = Due { at: now.plus_seconds(3_600), job: job.into() };
        assert_eq!(table.create_import(&import, &due, None).await?, Saved::Done);
        Ok(Self { table, organization, import, due })
    }

    fn contact(&self, phone: &Phone) -> Contact {
        let now = clock::now();
        Contact {
            id: ContactId::new(now, clock::entropy()),
            organization_id: self.organization.id,
            profile: Profile { phone: Some(phone.clone()), ..Profile::default() },
            imported: Some(Imported::new(self.import.id)),
            created_at: now,
            updated_at: now,
        }
    }

    /// Saves a batch as a run does that has read `before`.
    async fn save(&self, before: &Import, effects: &RowEffects) -> anyhow::Result<ImportSaved> {
        let due = &self.due;
        let saved =
            self.table.save_import(&self.organization, (before, due), (before, Some(due)), effects);
        Ok(saved.await?)
    }

    async fn found(&self) -> anyhow::Result<Import> {
        let found = self.table.import(self.organization.id, self.import.id).await?;
        Ok(found.expect("it is there").0)
    }
}

fn creates(contact: &Contact) -> RowEffects {
    RowEffects { changes: vec![RowChange::Create(contact.clone())], ..RowEffects::default() }
}

fn error(row: u64) -> RowError {
    RowError {
        row,
        line: Some(row + 1),
        sheet_row: Some(row + 1),
        column: None,
        value: None,
        reason: "is bad".to_owned(),
    }
}

#[tokio::test]
async fn a_run_that_was_overtaken_writes_nothing() -> anyhow::Result<()> {
    let importing = Importing::new().await?;
    let (first, second) = (importing.contact(&phone(10)), importing.contact(&phone(11)));
    let effects = RowEffects { rejected: vec![error(2)], ..creates(&first) };
    assert_eq!(importing.save(&importing.import, &effects).await?, ImportSaved::Done);
    let late = RowEffects { rejected: vec![error(3)], ..creates(&second) };
    assert_eq!(importing.save(&importing.import, &late).await?, ImportSaved::Stale);
    let Importing { table, organization, .. } = &importing;
    assert!(table.contact(organization, first.id).await?.is_some());
    assert!(table.contact(organization, second.id).await?.is_none());
    let (rejected, next) = table.rejected_rows(&importing.import, None, None).await?;
    assert_eq!((rejected, next), (vec![error(2)], None));
    assert_eq!(importing.found().await?.version, 1);
    Ok(())
}

#[tokio::test]
async fn rejected_rows_are_listed_in_the_order_of_the_file() -> anyhow::Result<()> {
    let importing = Importing::new().await?;
    for first in [1, 10, 100, 1_000] {
        let rejected = vec![error(first), error(first + 1)];
        let effects = RowEffects { rejected, ..RowEffects::default() };
        let before = importing.found().await?;
        assert_eq!(importing.save(&before, &effects).await?, ImportSaved::Done);
    }
    let (mut rows, mut next) = (Vec::new(), None);
    loop {
        let (page, after) = importing.table.rejected_rows(&importing.import, next, Some(1)).await?;
        rows.extend(page.iter().map(|error| error.row));
        next = after;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(rows, [1, 2, 10, 11, 100, 101, 1_000, 1_001]);
    Ok(())
}

#[tokio::test]
async fn one_id_is_created_once() -> anyhow::Result<()> {
    let importing = Importing::new().await?;
    let Importing { table, organization, .. } = &importing;
    let key = table.match_key(organization.id).await?;
    assert_eq!(table.match_key(organization.id).await?, key, "it stays the same");
    let line = phone(20).line();
    let contact = Contact { id: ContactId::of_line(&key, &line), ..importing.contact(&phone(20)) };
    assert!(table.contacts_of_line(organization, &line, 2).await?.is_empty());
    assert_eq!(importing.save(&importing.import, &creates(&contact)).await?, ImportSaved::Done);
    let again = importing.save(&importing.found().await?, &creates(&contact)).await?;
    assert_eq!(again, ImportSaved::Stale, "another import was first");
    let found = table.contacts_of_line(organization, &line, 2).await?;
    assert_eq!(found, std::slice::from_ref(&contact));
    let twin = importing.contact(&phone(20));
    table.create_contact(organization, &twin, None).await?;
    assert_eq!(table.contacts_of_line(organization, &line, 2).await?.len(), 2);
    assert!(table.contacts_of_line(organization, &phone(21).line(), 2).await?.is_empty());
    Ok(())
}

/// A contact that a person or another import touches between the decision and the write stays.
#[tokio::test]
async fn an_undo_leaves_what_was_touched_meanwhile() -> anyhow::Result<()> {
    let importing = Importing::new().await?;
    let Importing { table, organization, import, .. } = &importing;
    let [kept, changed, named] = [30, 31, 32].map(|number| importing.contact(&phone(number)));
    for contact in [&kept, &changed, &named] {
        let created = table.create_contact(organization, contact, None).await?;
        assert_eq!(created, ContactSaved::Done);
    }
    let after = Contact { updated_at: changed.updated_at.plus_millis(1), ..changed.clone() };
    table.save_contact(organization, &changed, &after).await?;
    let other = ImportId::new(clock::now(), clock::entropy());
    let imported = named.imported.as_ref().map(|it| it.changed(other, named.updated_at));
    let update =
        ContactUpdate { before: named.clone(), after: Contact { imported, ..named.clone() } };
    let note = vec![RowChange::Update(Box::new(update))];
    let note = RowEffects { changes: note, ..RowEffects::default() };
    assert_eq!(importing.save(import, &note).await?, ImportSaved::Done);
    for (contact, expected) in
        [(changed, ImportSaved::Stale), (named, ImportSaved::Stale), (kept, ImportSaved::Done)]
    {
        let removal = vec![RowChange::Remove(contact.clone())];
        let effects = RowEffects { changes: removal, ..RowEffects::default() };
        let saved = importing.save(&importing.found().await?, &effects).await?;
        assert_eq!(saved, expected);
        let is_there = table.contact(organization, contact.id).await?.is_some();
        assert_eq!(is_there, expected == ImportSaved::Stale);
    }
    Ok(())
}

#[tokio::test]
async fn a_cancel_and_a_run_exclude_each_other() -> anyhow::Result<()> {
    let importing = Importing::new().await?;
    let before = importing.found().await?;
    let canceled = before.cancel(Actor::Deployment, clock::now())?;
    let transition = || Transition {
        before: (&before, Some(&importing.due)),
        after: (&canceled, None),
        uploads: None,
    };
    assert_eq!(importing.table.change_import(transition(), None).await?, Saved::Done);
    let contact = importing.contact(&phone(40));
    assert_eq!(importing.save(&before, &creates(&contact)).await?, ImportSaved::Stale);
    assert_eq!(importing.table.change_import(transition(), None).await?, Saved::Stale);
    Ok(())
}

#[tokio::test]
async fn uploads_that_open_at_once_are_counted_one_by_one() -> anyhow::Result<()> {
    let Importing { table, organization, due, .. } = Importing::new().await?;
    let now = clock::now();
    let upload = || {
        let id = ImportId::new(now, clock::entropy());
        let import = Import::new(id, organization.id, Options::default(), None, now);
        import.awaiting("imports/key".to_owned())
    };
    let none = table.open_uploads(organization.id).await?;
    let open = |import: &Import| none.with(import.id, import.expires_at(), now).expect("few");
    let (one, other) = (upload(), upload());
    let saved = table.create_upload(&one, &due, (&none, open(&one)), None).await?;
    assert_eq!(saved, Saved::Done);
    let saved = table.create_upload(&other, &due, (&none, open(&other)), None).await?;
    assert_eq!(saved, Saved::Stale);
    let opened = table.open_uploads(organization.id).await?;
    assert!(opened.contains(one.id) && !opened.contains(other.id));
    let file = StoredFile { key: "imports/key".to_owned(), etag: None, size: 5 };
    let started = one.start(file, Actor::Deployment, now)?;
    let transition = Transition {
        before: (&one, Some(&due)),
        after: (&started, Some(&due)),
        uploads: Some((&opened, opened.without(one.id))),
    };
    assert_eq!(table.change_import(transition, None).await?, Saved::Done);
    assert!(!table.open_uploads(organization.id).await?.contains(one.id));
    let (listed, next) = table.imports(organization.id, 10, None).await?;
    assert_eq!((listed.len(), next), (2, None));
    Ok(())
}
