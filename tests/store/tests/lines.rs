//! Phones with two forms: what is known about one form also applies to the other, including records
//! stored under the other form before lines existed.

use std::collections::{BTreeMap, HashSet};

use aws_sdk_dynamodb::types::AttributeValue;
use infra::clock;
use infra::table::{ContactSaved, Registered, Table};
use shared::audience::Totals;
use shared::chunk::{ChainEnd, Cutter};
use shared::contact::{Contact, Profile};
use shared::ids::{ContactId, OrganizationId};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::recipient::Recipient;
use shared::sender::{Provider, Sender};
use shared::time::Timestamp;
use shared::unsubscribe::{Preference, Source};

use crate::{SHARDS, organization as organization_id, phone, table};

/// The current form, and the other one.
const PAIRS: [(&str, &str); 3] = [
    ("+525535423223", "+5215535423223"),
    ("+5491123456789", "+541123456789"),
    ("+5511987654321", "+551187654321"),
];

pub(crate) fn pairs() -> impl Iterator<Item = (Phone, Phone)> {
    let phone = |text: &str| Phone::from_e164(text).expect("valid");
    PAIRS.into_iter().map(move |(today, other)| (phone(today), phone(other)))
}

fn organization() -> Organization {
    let now = clock::now();
    let sender = Sender::new(phone(1), Provider::default());
    Organization {
        shards: SHARDS,
        ..Organization::new(organization_id(), "Lines".to_owned(), sender, now)
    }
}

fn preference(
    organization: &Organization,
    phone: &Phone,
    subscribed: bool,
    at: Timestamp,
) -> Preference {
    Preference {
        organization_id: organization.id,
        phone: phone.clone(),
        subscribed,
        changed_at: at,
        source: Source::Keyword,
        campaign_id: None,
        evidence: Some("STOP".to_owned()),
        changed_by: None,
    }
}

/// Which of the phones a dispatch would leave out. Each is looked up in the shard of its chunk.
async fn left_out(
    table: &Table,
    organization: OrganizationId,
    phones: &[Phone],
) -> anyhow::Result<HashSet<Phone>> {
    let mut found = HashSet::new();
    for phone in phones {
        let asked = std::slice::from_ref(phone);
        let shard = (phone.shard(SHARDS), SHARDS);
        found.extend(table.unsubscribed_among(organization, shard, asked).await?);
    }
    Ok(found)
}

async fn put_raw(pk: String, sk: String, attributes: &[(&str, &str)]) -> anyhow::Result<()> {
    let name = std::env::var("TABLE_NAME")?;
    let client = aws_sdk_dynamodb::Client::new(&infra::aws::load().await);
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let mut request =
        client.put_item().table_name(name).item("pk", text(&pk)).item("sk", text(&sk));
    for (attribute, value) in attributes {
        let value = if *value == "true" { AttributeValue::Bool(true) } else { text(value) };
        request = request.item(*attribute, value);
    }
    request.send().await?;
    Ok(())
}

/// Stores an opt-out as it was before lines existed: under the phone as it was reported.
async fn put_former_opt_out(
    organization: &Organization,
    phone: &Phone,
    at: Timestamp,
) -> anyhow::Result<()> {
    let pk = format!("ORG#{}#AUDIENCE#{}", organization.id, phone.shard(SHARDS));
    let at = at.to_string();
    let attributes = [
        ("phone", phone.as_str()),
        ("optedOut", "true"),
        ("changedAt", &at),
        ("optedOutAt", &at),
        ("origin", "keyword"),
        ("evidence", "STOP"),
    ];
    put_raw(pk, format!("UNSUBSCRIBED#{phone}"), &attributes).await
}

fn contact(organization: &Organization, phone: &Phone) -> Contact {
    let now = clock::now();
    Contact {
        id: ContactId::new(now, clock::entropy()),
        organization_id: organization.id,
        profile: Profile { phone: Some(phone.clone()), ..Profile::default() },
        imported: None,
        created_at: now,
        updated_at: now,
    }
}

/// Stores a contact as it was before lines existed: under its phone as it was written.
async fn put_former_contact(organization: &Organization, phone: &Phone) -> anyhow::Result<Contact> {
    let contact = contact(organization, phone);
    let (id, now) = (contact.id.to_string(), contact.created_at.to_string());
    let pk = format!("ORG#{}#AUDIENCE#{}", organization.id, phone.shard(SHARDS));
    let attributes =
        [("id", id.as_str()), ("phone", phone.as_str()), ("createdAt", &now), ("updatedAt", &now)];
    put_raw(pk, format!("CONTACT#{phone}#{id}"), &attributes).await?;
    let pointer = [("phone", phone.as_str())];
    put_raw(format!("CONTACT#{id}"), format!("ORG#{}", organization.id), &pointer).await?;
    Ok(contact)
}

/// Cuts the whole audience, as the fan-out does.
async fn cut(table: &Table, organization: &Organization) -> anyhow::Result<(Vec<Phone>, Totals)> {
    let (mut recipients, mut totals) = (Vec::new(), Totals::default());
    for shard in SHARDS.all() {
        let mut cutter = Cutter::new(clock::now(), ChainEnd::default());
        let page = table
            .audience_page(organization.id, (shard, SHARDS), None, &clock::now().into())
            .await?;
        for (entry, is_unsubscribed) in page.entries {
            assert_eq!(cutter.push(entry, is_unsubscribed), None);
        }
        let chunk = cutter.finish();
        recipients.extend(chunk.recipients.iter().filter_map(Recipient::phone).cloned());
        totals += chunk.totals;
    }
    recipients.sort();
    Ok((recipients, totals))
}

#[tokio::test]
async fn an_opt_out_in_one_form_holds_for_both() -> anyhow::Result<()> {
    let table = table().await;
    for (today, other) in pairs() {
        for (said, lifted) in [(&today, &other), (&other, &today)] {
            let (organization, now) = (organization(), clock::now());
            let word = |phone, subscribed, at| preference(&organization, phone, subscribed, at);
            let both = [today.clone(), other.clone()];
            let stop = word(said, false, now);
            assert_eq!(table.register(&stop, SHARDS).await?, Registered::Done);
            let repeated = word(lifted, false, now.plus_seconds(1));
            assert_eq!(table.register(&repeated, SHARDS).await?, Registered::Confirmed);
            assert_eq!(left_out(&table, organization.id, &both).await?.len(), 2, "{said}");
            for phone in &both {
                assert!(table.unsubscribe(&organization, phone).await?.is_some(), "{phone}");
            }
            let (listed, _) = table.unsubscribes(&organization, 10, None).await?;
            assert_eq!(listed.len(), 1, "one person");
            let start = word(lifted, true, now.plus_seconds(2));
            assert_eq!(table.register(&start, SHARDS).await?, Registered::Done);
            assert!(left_out(&table, organization.id, &both).await?.is_empty(), "{lifted}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_former_opt_out_counts_until_something_newer() -> anyhow::Result<()> {
    let table = table().await;
    for (today, other) in pairs() {
        let (organization, now) = (organization(), clock::now());
        let both = [today.clone(), other.clone()];
        let start = |at| preference(&organization, &today, true, at);
        assert_eq!(table.register(&start(now.plus_seconds(-60)), SHARDS).await?, Registered::Done);
        put_former_opt_out(&organization, &other, now).await?;
        assert_eq!(left_out(&table, organization.id, &both).await?.len(), 2, "{other}");
        for phone in &both {
            assert!(table.unsubscribe(&organization, phone).await?.is_some(), "{phone}");
        }
        // An older opt-in does not undo it, and a newer one does.
        let older = table.register(&start(now.plus_seconds(-30)), SHARDS).await?;
        assert_eq!(older, Registered::Older { than: now });
        assert_eq!(left_out(&table, organization.id, &both).await?.len(), 2, "{other}");
        let (listed, _) = table.unsubscribes(&organization, 10, None).await?;
        assert_eq!(listed.len(), 1, "one person");
        assert_eq!(table.register(&start(now.plus_seconds(30)), SHARDS).await?, Registered::Done);
        assert!(left_out(&table, organization.id, &both).await?.is_empty(), "{other}");
        assert!(table.unsubscribe(&organization, &other).await?.is_none());
        assert!(table.unsubscribes(&organization, 10, None).await?.0.is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn contacts_in_both_forms_are_one_recipient() -> anyhow::Result<()> {
    let (table, organization) = (table().await, organization());
    for (today, other) in pairs() {
        for phone in [&other, &today, &other] {
            let contact = contact(&organization, phone);
            let created = table.create_contact(&organization, &contact, None).await?;
            assert_eq!(created, ContactSaved::Done);
            let read = table.contact(&organization, contact.id).await?;
            assert_eq!(read, Some(contact), "its phone is shown as it was written");
        }
    }
    let (recipients, totals) = cut(&table, &organization).await?;
    let mut expected: Vec<Phone> = pairs().map(|(today, _)| today).collect();
    expected.sort();
    assert_eq!(recipients, expected, "the form of today is dialed");
    assert_eq!((totals.contacts(), totals.skipped.duplicate), (9, 6));
    Ok(())
}

#[tokio::test]
async fn a_form_that_is_dialed_alone_stays() -> anyhow::Result<()> {
    let (table, organization) = (table().await, organization());
    let other: Vec<Phone> = pairs().map(|(_, other)| other).collect();
    for phone in &other {
        table.create_contact(&organization, &contact(&organization, phone), None).await?;
    }
    let (recipients, _) = cut(&table, &organization).await?;
    assert_eq!(recipients.iter().collect::<HashSet<_>>(), other.iter().collect());
    let stop = preference(&organization, &other[1].line().into_phone(), false, clock::now());
    table.register(&stop, SHARDS).await?;
    let (recipients, totals) = cut(&table, &organization).await?;
    assert_eq!((recipients.len(), totals.skipped.unsubscribed), (2, 1));
    Ok(())
}

/// A contact that is still stored under its phone's other form is in a different shard.
#[tokio::test]
async fn a_former_contact_and_a_new_one_are_one_recipient() -> anyhow::Result<()> {
    let (table, organization) = (table().await, organization());
    let mut former = BTreeMap::new();
    for (today, other) in pairs() {
        former.insert(other.clone(), put_former_contact(&organization, &other).await?);
        table.create_contact(&organization, &contact(&organization, &today), None).await?;
    }
    let (recipients, totals) = cut(&table, &organization).await?;
    let mut today: Vec<Phone> = pairs().map(|(today, _)| today).collect();
    today.sort();
    assert_eq!(recipients, today, "the form of today is dialed");
    assert_eq!((totals.contacts(), totals.skipped.duplicate), (6, 3));

    // Any change moves it to its line.
    let mut all = former.into_values();
    let [edited, moved, deleted] = [all.next(), all.next(), all.next()].map(Option::unwrap);
    assert_eq!(table.contact(&organization, edited.id).await?.as_ref(), Some(&edited));
    let mut after = edited.clone();
    after.profile.first_name = Some("Ana".to_owned());
    after.updated_at = edited.updated_at.plus_millis(1);
    let saved = table.save_contact(&organization, &edited, &after).await?;
    assert_eq!(saved, ContactSaved::Done);
    assert_eq!(table.contact(&organization, edited.id).await?, Some(after));
    let mut after = moved.clone();
    (after.profile.phone, after.updated_at) = (Some(phone(9)), moved.updated_at.plus_millis(1));
    let saved = table.save_contact(&organization, &moved, &after).await?;
    assert_eq!(saved, ContactSaved::Done);
    let gone = table.delete_contacts(&organization, std::slice::from_ref(&deleted)).await?;
    assert_eq!(gone, ContactSaved::Done);
    assert_eq!(table.contact(&organization, deleted.id).await?, None);

    let (recipients, totals) = cut(&table, &organization).await?;
    let mut expected: Vec<Phone> = pairs().map(|(today, _)| today).collect();
    expected.push(phone(9));
    expected.sort();
    assert_eq!(recipients, expected);
    assert_eq!((totals.contacts(), totals.skipped.duplicate), (5, 1));
    Ok(())
}
