//! What the tests of several jobs put on the stage.

use infra::clock;
use infra::table::{ContactSaved, Table};
use shared::contact::{Contact, Profile};
use shared::ids::{ContactId, OrganizationId};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::sender::{Provider, Sender};
use shared::shard::Shards;

/// An organization whose contacts are in this number of shards.
pub(crate) async fn organization(table: &Table, shards: u16) -> Organization {
    let now = clock::now();
    let sender = Phone::from_e164("+14153550100").expect("a phone");
    let organization = Organization::new(
        OrganizationId::new(now, clock::entropy()),
        "Ferry".to_owned(),
        Sender::new(sender, Provider::default()),
        now,
    );
    let organization = Organization { shards: Shards::new(shards), ..organization };
    Box::pin(table.create_organization(&organization, None)).await.expect("an organization");
    organization
}

pub(crate) async fn contact(table: &Table, organization: &Organization, profile: Profile) {
    let now = clock::now();
    let contact = Contact {
        id: ContactId::new(now, clock::entropy()),
        organization_id: organization.id,
        profile,
        imported: None,
        created_at: now,
        updated_at: now,
    };
    let saved = Box::pin(table.create_contact(organization, &contact, None));
    assert_eq!(saved.await.expect("a table"), ContactSaved::Done);
}
