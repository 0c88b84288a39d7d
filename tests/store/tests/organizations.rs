//! An organization's phones belong to no other, and its settings can be stored and read back.

use std::collections::BTreeSet;

use infra::clock;
use infra::table::OrganizationSaved;
use shared::actor::Actor;
use shared::organization::Organization;
use shared::phone::Phone;
use shared::sender::{Provider, Sender};

use crate::{organization, table};

/// A phone that no other run uses.
fn number(last: u32) -> Phone {
    let run = u32::from_be_bytes(clock::entropy()[..4].try_into().expect("four bytes"));
    Phone::from_e164(&format!("+99{:09}{last}", run % 1_000_000_000)).expect("valid")
}

#[tokio::test]
async fn every_assigned_number_has_one_owner() -> anyhow::Result<()> {
    let table = table().await;
    let now = clock::now();
    let [own, assigned, others] = [0, 1, 2].map(number);
    let make = |phone: &Phone| {
        let sender = Sender::new(phone.clone(), Provider::default());
        Organization::new(organization(), "Ferry".to_owned(), sender, now)
    };
    let (first, second) = (make(&own), make(&others));
    for organization in [&first, &second] {
        let created = table.create_organization(organization, None).await?;
        assert_eq!(created, OrganizationSaved::Done);
    }
    let assign = |before: &Organization, phones: &[&Phone], second: i64| Organization {
        assigned_phones: phones.iter().map(|phone| (*phone).clone()).collect(),
        max_parts_per_second: 7,
        tests_per_day: Some(3),
        changed_by: Some(Actor::Deployment),
        updated_at: now.plus_seconds(second),
        ..before.clone()
    };
    let with = assign(&first, &[&assigned], 1);
    assert_eq!(table.save_organization(&first, &with).await?, OrganizationSaved::Done);
    assert_eq!(table.organization(first.id).await?, Some(with.clone()));
    let greedy = assign(&second, &[&assigned], 1);
    assert_eq!(table.save_organization(&second, &greedy).await?, OrganizationSaved::SenderTaken);
    // A phone that is taken away still hears STOP for its organization, and is kept from others.
    let without = assign(&with, &[], 2);
    assert_eq!(table.save_organization(&with, &without).await?, OrganizationSaved::Done);
    let owner = table.sender_owner(assigned.as_str()).await?.expect("an owner");
    assert_eq!(owner.organization_id, first.id);
    assert_eq!(table.save_organization(&second, &greedy).await?, OrganizationSaved::SenderTaken);
    Ok(())
}

#[tokio::test]
async fn more_numbers_than_one_transaction_takes_are_refused() -> anyhow::Result<()> {
    let table = table().await;
    let now = clock::now();
    let sender = Sender::new(number(0), Provider::default());
    let before = Organization::new(organization(), "Ferry".to_owned(), sender, now);
    assert_eq!(table.create_organization(&before, None).await?, OrganizationSaved::Done);
    let phones: BTreeSet<Phone> = (0..101).map(|_| number(3)).collect();
    let after =
        Organization { assigned_phones: phones, updated_at: now.plus_seconds(1), ..before.clone() };
    let saved = table.save_organization(&before, &after).await?;
    assert_eq!(saved, OrganizationSaved::TooManyAddresses);
    Ok(())
}
