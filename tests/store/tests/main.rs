//! The table against the deployed local stack: a lost race is a value, and changes nothing.

mod campaigns;
mod chunks;
mod claims;
mod imports;
mod lines;
mod moves;
mod organizations;
mod pace;
mod quotes;
mod receipts;
mod unsubscribes;
mod without_items;

use infra::table::Table;
use infra::usage::Usage;
use infra::{aws, clock};
use shared::ids::{CampaignId, OrganizationId};
use shared::message::Message;
use shared::phone::Phone;

const SHARDS: u16 = 4;

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

fn phone(number: u32) -> Phone {
    Phone::from_e164(&format!("+1415355{number:04}")).expect("valid")
}

/// Messages of a new campaign to so many phones.
fn messages(count: u32) -> Vec<Message> {
    let (organization, now) = (organization(), clock::now());
    let campaign = CampaignId::new(now, clock::entropy());
    (0..count).map(|n| Message::pending(organization, campaign, phone(n), now)).collect()
}
