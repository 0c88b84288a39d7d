//! An organisation, its contacts and a scheduled campaign, as they lie in the table.
//!
//! The organisation, the campaign, the unsubscribes and one contact are written by the table's own
//! code; the other contacts are copies of that one with phones, ids and names of their own, since
//! a million transactions would take longer than all the rest.

use anyhow::Context;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use infra::clock;
use infra::table::Table;
use infra::usage::Usage;
use shared::campaign::Campaign;
use shared::contact::{Contact, Profile};
use shared::ids::{CampaignId, ContactId, OrganizationId};
use shared::job::{Envelope, Job};
use shared::organization::{Organization, SHARDS};
use shared::phone::Phone;
use shared::sender::{PARTS_PER_SECOND_MOST, Provider, Sender};
use shared::unsubscribe::{Preference, Source};

use crate::aws::{Aws, locked};
use crate::store::{Attribute, Item};

/// One contact in so many besides the recipients has unsubscribed.
const UNSUBSCRIBED_ONE_IN: usize = 100;
const BODY: &str = "Hello! Our spring collection is here: 20% off until Sunday at example.com/spring. \
                    Reply STOP to opt out.";
const NAMES: [(&str, &str); 5] = [
    ("Ana", "Kovačević"),
    ("Benjamin", "Lee"),
    ("Chiara", "Rossi"),
    ("Daniel", "Johnson"),
    ("Emmanuelle", "Bernard"),
];

pub(crate) struct Audience {
    pub(crate) organization: Organization,
    pub(crate) campaign: CampaignId,
    pub(crate) recipients: usize,
    pub(crate) unsubscribed: usize,
    /// The job that begins the campaign.
    pub(crate) job: String,
}

/// The table's own client, at this endpoint.
pub(crate) async fn table(endpoint: &str, name: &str) -> Table {
    let credentials = Credentials::from_keys("bench", "bench", None);
    let config = infra::aws::load().await.into_builder();
    let config = config
        .endpoint_url(endpoint)
        .region(aws_config::Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    Table::new(&config, name.to_owned(), Usage::default())
}

impl Audience {
    /// Writes everything that a campaign to so many recipients begins with.
    pub(crate) async fn write(aws: &Aws, table: &Table, recipients: usize) -> anyhow::Result<Self> {
        let now = clock::now();
        let phone = Phone::from_e164("+14155550100")?;
        let organization = Organization {
            id: OrganizationId::new(now, clock::entropy()),
            name: "Bench".to_owned(),
            sender: Sender {
                parts_per_second: PARTS_PER_SECOND_MOST,
                ..Sender::new(phone, Provider::default())
            },
            default_region: "US".parse()?,
            prices: None,
            keywords: shared::keyword::Keywords::default(),
            shards: SHARDS,
            created_at: now,
            updated_at: now,
        };
        table.create_organization(&organization, None).await?;
        let unsubscribed = recipients / UNSUBSCRIBED_ONE_IN;
        write_contacts(aws, table, &organization, recipients + unsubscribed).await?;
        for place in 0..unsubscribed {
            let preference = Preference {
                organization_id: organization.id,
                phone: phone_at(place * UNSUBSCRIBED_ONE_IN)?,
                subscribed: false,
                changed_at: now,
                source: Source::Keyword,
                campaign_id: None,
                evidence: Some("STOP".to_owned()),
            };
            table.register(&preference, organization.shards).await?;
        }
        let campaign = CampaignId::new(now, clock::entropy());
        let (name, body) = ("Spring".to_owned(), Some(BODY.to_owned()));
        let draft = Campaign::create(campaign, organization.id, name, body, now);
        let scheduled =
            draft.schedule(None, now, 120).map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
        let scheduled_at = scheduled.scheduled_at().context("it has no time")?;
        table.create_campaign(&scheduled, None).await?;
        let job =
            Job::Send { organization_id: organization.id, campaign_id: campaign, scheduled_at };
        let job = serde_json::to_string(&Envelope::from(job))?;
        Ok(Self { organization, campaign, recipients, unsubscribed, job })
    }

    /// The job of a look for chunks that stand still.
    pub(crate) fn drain(&self) -> anyhow::Result<String> {
        let (organization_id, campaign_id) = (self.organization.id, self.campaign);
        let job = Job::Drain { organization_id, campaign_id, epoch: 0 };
        Ok(serde_json::to_string(&Envelope::from(job))?)
    }
}

/// The phone of the contact at a place: all differ, and neighbours are far apart.
fn phone_at(place: usize) -> anyhow::Result<Phone> {
    const STEP: u64 = 7_368_787;
    const ROOM: u64 = 1_000_000_007;
    let spread = place as u64 * STEP % ROOM;
    Ok(Phone::from_e164(&format!("+1{}", 2_000_000_000 + spread))?)
}

async fn write_contacts(
    aws: &Aws,
    table: &Table,
    organization: &Organization,
    count: usize,
) -> anyhow::Result<()> {
    let now = clock::now();
    let phone = phone_at(0)?;
    let first = Contact {
        id: ContactId::new(now, clock::entropy()),
        organization_id: organization.id,
        profile: Profile {
            phone: Some(phone.clone()),
            first_name: Some(NAMES[0].0.to_owned()),
            last_name: Some(NAMES[0].1.to_owned()),
            email: None,
            attributes: [("city".to_owned(), "San Francisco".to_owned())].into(),
        },
        created_at: now,
        updated_at: now,
    };
    table.create_contact(organization, &first, None).await?;
    let pk = format!("ORG#{}#AUDIENCE#", organization.id);
    let sk = format!("CONTACT#{phone}#{}", first.id);
    let shard = phone.shard(organization.shards);
    let model = locked(&aws.store).get(&format!("{pk}{shard}"), &sk).cloned();
    let model = model.context("the table keeps its contacts somewhere else")?;
    for place in 1..count {
        let phone = phone_at(place)?;
        let id = ContactId::new(now, clock::entropy());
        let shard = phone.shard(organization.shards);
        let item = copy(&model, place, &format!("{pk}{shard}"), &phone, id);
        locked(&aws.store).put(item);
    }
    Ok(())
}

fn copy(model: &Item, place: usize, pk: &str, phone: &Phone, id: ContactId) -> Item {
    let (first, last) = NAMES[place % NAMES.len()];
    let mut item = model.clone();
    for (name, value) in [
        ("pk", pk),
        ("sk", &format!("CONTACT#{phone}#{id}")),
        ("id", &id.to_string()),
        ("phone", phone.as_str()),
        ("firstName", first),
        ("lastName", last),
    ] {
        item.set(name.into(), Attribute::S(value.into()));
    }
    item
}
