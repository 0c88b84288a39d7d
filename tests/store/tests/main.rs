//! The table, on the deployed local stack: losing a race returns a value and changes nothing.

mod campaigns;
mod chunks;
mod claims;
mod due;
mod external_ids;
mod imports;
mod lines;
mod moves;
mod names;
mod organizations;
mod pace;
mod quotes;
mod receipts;
mod reports;
mod requests;
mod unsubscribes;
mod without_items;

use infra::table::{Saved, Table};
use infra::usage::Usage;
use infra::{aws, clock};
use shared::campaign::{Campaign, Names};
use shared::ids::{CampaignId, OrganizationId};
use shared::message::Message;
use shared::phone::Phone;
use shared::shard::Shards;

const SHARDS: Shards = Shards::new(4);

async fn table() -> Table {
    let name = std::env::var("TABLE_NAME").unwrap_or_default();
    assert!(
        !name.is_empty() && std::env::var("VOLLEY_STACK").is_ok(),
        "these tests need the local stack: run `make test`"
    );
    Table::new(&aws::load().await, name, Usage::default())
}

fn organization() -> OrganizationId {
    OrganizationId::new(clock::now(), clock::entropy())
}

/// A new campaign, as it was stored.
async fn draft(table: &Table) -> anyhow::Result<Campaign> {
    let now = clock::now();
    let (organization, id) = (organization(), CampaignId::new(now, clock::entropy()));
    let (name, body) = ("Spring".to_owned(), Some("Hello".to_owned().into()));
    let draft = Campaign::create(id, organization, name, body, now);
    assert_eq!(table.create_campaign(&draft, None).await?, Saved::Done);
    Ok(table.campaign(organization, id).await?.expect("it was created"))
}

fn phone(number: u32) -> Phone {
    Phone::from_e164(&format!("+1415355{number:04}")).expect("valid")
}

/// Messages of a new campaign to `count` phones.
fn messages(count: u32) -> Vec<Message> {
    let (organization, now) = (organization(), clock::now());
    let campaign = CampaignId::new(now, clock::entropy());
    let names = Names::Salted(clock::salt());
    let message = |to: Phone| {
        let id = names.message_id(campaign, &to);
        Message::pending(organization, campaign, id, to, now)
    };
    (0..count).map(phone).map(message).collect()
}
