//! An external ID has one contact, whichever request comes first.

use futures::future::join_all;
use infra::clock;
use infra::table::{ContactSaved, Table};
use shared::contact::{Contact, Profile};
use shared::ids::ContactId;
use shared::organization::Organization;
use shared::sender::{Provider, Sender};

use crate::{SHARDS, organization, phone, table};

fn tenant() -> Organization {
    let sender = Sender::new(phone(1), Provider::default());
    let new = Organization::new(organization(), "External".to_owned(), sender, clock::now());
    Organization { shards: SHARDS, ..new }
}

fn contact(organization: &Organization, number: u32, external_id: Option<&str>) -> Contact {
    let now = clock::now();
    Contact {
        id: ContactId::new(now, clock::entropy()),
        organization_id: organization.id,
        profile: Profile {
            phone: Some(phone(number)),
            external_id: external_id.map(str::to_owned),
            ..Profile::default()
        },
        imported: None,
        created_at: now,
        updated_at: now,
    }
}

async fn owner(
    table: &Table,
    organization: &Organization,
    external_id: &str,
) -> anyhow::Result<Option<ContactId>> {
    Ok(table.contact_of_external_id(organization, external_id).await?)
}

fn changed(before: &Contact, number: u32, external_id: Option<&str>) -> Contact {
    let profile = Profile {
        phone: Some(phone(number)),
        external_id: external_id.map(str::to_owned),
        ..before.profile.clone()
    };
    Contact { profile, updated_at: before.updated_at.plus_millis(1), ..before.clone() }
}

#[tokio::test]
async fn of_many_contacts_with_one_external_id_one_is_written() -> anyhow::Result<()> {
    let (table, organization) = (table().await, tenant());
    let contacts: Vec<Contact> =
        (0..8).map(|number| contact(&organization, number, Some("7"))).collect();
    let writes = contacts.iter().map(|contact| table.create_contact(&organization, contact, None));
    let results = join_all(writes).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let done: Vec<&Contact> = contacts
        .iter()
        .zip(&results)
        .filter(|(_, result)| **result == ContactSaved::Done)
        .map(|(contact, _)| contact)
        .collect();
    assert_eq!(done.len(), 1, "{results:?}");
    assert_eq!(owner(&table, &organization, "7").await?, Some(done[0].id));
    for contact in &contacts {
        let is_there = table.contact(&organization, contact.id).await?.is_some();
        assert_eq!(is_there, contact.id == done[0].id);
    }
    Ok(())
}

#[tokio::test]
async fn a_change_a_move_and_a_deletion_free_the_old_one() -> anyhow::Result<()> {
    let (table, organization) = (table().await, tenant());
    let other = contact(&organization, 1, Some("other"));
    let first = contact(&organization, 2, Some("a"));
    for contact in [&other, &first] {
        let created = table.create_contact(&organization, contact, None).await?;
        assert_eq!(created, ContactSaved::Done);
    }
    let taken = changed(&first, 2, Some("other"));
    let saved = table.save_contact(&organization, &first, &taken).await?;
    assert_eq!(saved, ContactSaved::ExternalIdTaken);
    assert_eq!(owner(&table, &organization, "a").await?, Some(first.id));

    // To another phone and another ID at once, and to none.
    let moved = changed(&first, 3, Some("b"));
    assert_eq!(table.save_contact(&organization, &first, &moved).await?, ContactSaved::Done);
    assert_eq!(owner(&table, &organization, "a").await?, None);
    assert_eq!(owner(&table, &organization, "b").await?, Some(first.id));
    let without = changed(&moved, 3, None);
    assert_eq!(table.save_contact(&organization, &moved, &without).await?, ContactSaved::Done);
    assert_eq!(owner(&table, &organization, "b").await?, None);

    let deleted = table.delete_contacts(&organization, std::slice::from_ref(&other)).await?;
    assert_eq!(deleted, ContactSaved::Done);
    assert_eq!(owner(&table, &organization, "other").await?, None);
    assert_eq!(table.contact(&organization, other.id).await?, None);
    Ok(())
}

#[tokio::test]
async fn contacts_are_found_by_either_form_of_their_phone() -> anyhow::Result<()> {
    let (table, organization) = (table().await, tenant());
    let form = |text: &str| shared::phone::Phone::from_e164(text).ok();
    let mut ana = contact(&organization, 4, None);
    ana.profile.phone = form("+5215535423223");
    assert_eq!(table.create_contact(&organization, &ana, None).await?, ContactSaved::Done);
    for text in ["+525535423223", "+5215535423223"] {
        let phone = form(text).expect("a phone");
        let found = table.contacts_of_line(&organization, &phone.line(), 2).await?;
        assert_eq!(found, [ana.clone()], "{text}");
    }
    Ok(())
}
