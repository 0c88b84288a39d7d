//! A world of the model as the table stores it. The table's own methods write it, so that items are
//! as the functions write them.

use aws_config::SdkConfig;
use infra::table::{Claiming, Saved, Settlement, Table};
use infra::usage::Usage;
use model::protocol::{self, CAMPAIGN, ORGANIZATION, SEGMENT};
use model::world::World;
use shared::campaign::Campaign;
use shared::contact::Contact;
use shared::message::Message;
use shared::organization::Organization;
use shared::phone::Phone;
use shared::receipt::{Channel, Delivery};
use shared::segment::Segment;
use shared::sender::{Provider, Sender};
use shared::shard::Shards;
use shared::unsubscribe::{Preference, Source};

/// The table's name, as the stage's functions know it.
pub(crate) const TABLE: &str = "volley";

/// # Panics
/// If something cannot be written.
pub(crate) async fn write(aws: &SdkConfig, world: &World) {
    let table = Table::new(aws, TABLE.to_owned(), Usage::default());
    let organization = organization(world);
    table.create_organization(&organization, None).await.expect("an organization");
    contacts(&table, &organization, world).await;
    if let Some(campaign) = &world.table.campaign {
        if campaign.target.is_some() {
            segment(&table, world).await;
        }
        table.create_campaign(campaign, None).await.expect("a campaign");
        if let Some(target) = &world.table.target {
            let last = table.last_send(ORGANIZATION).await.expect("the last send");
            // Writes the campaign again as it is, with its target. It was created with this version.
            let created = Campaign { version: 0, ..(**campaign).clone() };
            let sent = (&last, world.now);
            let begun = table.begin_campaign(&created, campaign, Some(target), sent).await;
            assert_eq!(begun.expect("a target"), Saved::Done);
        }
    }
    for (shard, mark) in &world.table.marks {
        table.put_mark(CAMPAIGN, *shard, mark).await.expect("a mark");
    }
    for ((shard, number), chunk) in &world.table.chunks {
        let state = world.table.states.get(&(*shard, *number)).map(|state| &**state);
        table.put_chunk(CAMPAIGN, *shard, chunk, state).await.expect("a chunk");
    }
    for message in world.table.messages.values() {
        write_message(&table, message, organization.shards).await;
    }
    for delivery in world.table.parked.values() {
        table.park(delivery, organization.shards).await.expect("a receipt that waits");
    }
}

fn organization(world: &World) -> Organization {
    let model::protocol::Organization { shards, rate, .. } = world.table.organization;
    let phone = Phone::from_e164("+14153550100").expect("a phone");
    let sender = Sender { parts_per_second: rate, ..Sender::new(phone, Provider::default()) };
    let organization =
        Organization::new(ORGANIZATION, "Ferry".to_owned(), sender, world.now.plus_seconds(-3_600));
    Organization { shards: shards.into(), ..organization }
}

/// The segment of the campaign's target.
async fn segment(table: &Table, world: &World) {
    let segment = Segment {
        id: SEGMENT,
        organization_id: ORGANIZATION,
        name: "Those who are meant".to_owned(),
        filter: protocol::filter(world.table.segment),
        used_by: [].into(),
        changed_by: None,
        created_at: world.now,
        updated_at: world.now,
    };
    table.create_segment(&segment, None).await.expect("a segment");
}

async fn contacts(table: &Table, organization: &Organization, world: &World) {
    for trace in world.table.people() {
        let at = trace.updated_at.unwrap_or(world.now);
        let contact = Contact { created_at: at, updated_at: at, ..trace.contact() };
        table.create_contact(organization, &contact, None).await.expect("a contact");
    }
    for phone in &world.table.unsubscribed {
        let preference = Preference {
            organization_id: organization.id,
            phone: phone.clone(),
            subscribed: false,
            changed_at: world.now,
            source: Source::Keyword,
            campaign_id: None,
            evidence: None,
            changed_by: None,
        };
        table.register(&preference, organization.shards).await.expect("an unsubscribe");
    }
}

/// Writes a message as its three writers did, one after the other.
async fn write_message(table: &Table, message: &Message, shards: Shards) {
    let reference = message.reference();
    let claiming = match (&message.claim, message.failure()) {
        (Some(claim), _) => Claiming::HandOver { token: claim.token.clone() },
        (None, Some((reason, _))) => Claiming::Fail { reason },
        (None, None) => panic!("a message that no one has claimed"),
    };
    let at = message.claim.as_ref().map_or(message.created_at, |claim| claim.at);
    table.claim_all(&[(message.clone(), claiming)], shards, at).await.expect("a claim");
    let Some(claim) = &message.claim else { return };
    if let Some(outcome) = message.outcome.clone() {
        let settlement = Settlement { message: reference, token: claim.token.clone(), outcome };
        table.settle_all(&[settlement], shards).await.expect("an outcome");
    }
    if let Some(at) = message.unknown_at {
        table.mark_unknown(&reference, shards, &claim.token, at).await.expect("unknown");
    }
    if let Some(receipt) = message.receipt.clone() {
        let delivery = Delivery { message: reference, to: message.to.clone(), receipt };
        table.apply_receipts(&[(delivery, shards)], Channel::Callback).await.expect("a receipt");
    }
}
