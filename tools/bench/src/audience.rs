//! An organization, its contacts and a campaign, as stored in the table.
//!
//! They are created through the HTTP API, so that they are stored as in production. The first
//! contact and unsubscribe are then copied with other phones, ids and names, because a million
//! requests would take longer than the rest of the benchmark.

use anyhow::Context;
use hyper::Method;
use serde_json::{Value, json};
use shared::organization::SHARDS;
use shared::phone::Phone;
use shared::sender::PARTS_PER_SECOND_MOST;
use uuid::Uuid;

use crate::api::Api;
use crate::aws::{Aws, locked};
use bench::store::{Attribute, Item};

/// For every this many recipients there is one additional contact who has unsubscribed.
const UNSUBSCRIBED_ONE_IN: usize = 100;
const BODY: &str = "Hello! Our spring collection is here: 20% off until Sunday at example.com/spring. \
                    Reply STOP to opt out.";
const PERSONAL_BODY: &str = "Hi {{ firstName | default('there') }}! Our spring collection is in {{ attributes.city }}: \
                             20% off until Sunday. Reply STOP to opt out.";
const NAMES: [(&str, &str); 5] = [
    ("Ana", "Kovačević"),
    ("Benjamin", "Lee"),
    ("Chiara", "Rossi"),
    ("Daniel", "Johnson"),
    ("Emmanuelle", "Bernard"),
];

pub(crate) struct Audience {
    pub(crate) api: Api,
    organization: String,
    campaign: String,
    pub(crate) recipients: usize,
    pub(crate) unsubscribed: usize,
}

pub(crate) fn text(value: &Value) -> anyhow::Result<String> {
    Ok(value.as_str().with_context(|| format!("{value} is no text"))?.to_owned())
}

impl Audience {
    /// Creates an organization with contacts, `recipients` of whom will be texted, and a campaign
    /// to send. A personal campaign has a segment with three tests, which matches everyone, and two
    /// merge fields.
    pub(crate) async fn make(
        aws: &Aws,
        mut api: Api,
        recipients: usize,
        is_personal: bool,
    ) -> anyhow::Result<Self> {
        let body = json!({
            "name": "Bench",
            "senderPhone": "+14155550100",
        });
        let organization = api.ask(Method::POST, "/v1/organizations", Some(body)).await?;
        let organization = text(&organization["id"])?;
        let base = format!("/v1/organizations/{organization}");
        let fast = json!({ "partsPerSecond": PARTS_PER_SECOND_MOST });
        api.ask(Method::PATCH, &base, Some(fast)).await?;
        let body = json!({ "name": "bench", "role": "admin" });
        let key = api.ask(Method::POST, &format!("{base}/api-keys"), Some(body)).await?;
        api.set_key(&text(&key["secret"])?);
        let unsubscribed = recipients / UNSUBSCRIBED_ONE_IN;
        let first = phone_at(0)?;
        let body = json!({
            "phone": first.as_str(),
            "firstName": NAMES[0].0,
            "lastName": NAMES[0].1,
            "attributes": { "city": "San Francisco" },
            "tags": if is_personal { json!(["spring"]) } else { json!([]) },
        });
        let contact = api.ask(Method::POST, &format!("{base}/contacts"), Some(body)).await?;
        let contact = text(&contact["id"])?;
        copy_contacts(aws, &organization, &contact, recipients + unsubscribed)?;
        if unsubscribed > 0 {
            let path = format!("{base}/unsubscribes/{}", first.as_str().replace('+', "%2B"));
            api.ask(Method::PUT, &path, None).await?;
            copy_unsubscribes(aws, &organization, unsubscribed)?;
        }
        let body = if is_personal {
            personal(&mut api, &base).await?
        } else {
            json!({ "name": "Spring", "body": BODY })
        };
        let campaign = api.ask(Method::POST, &format!("{base}/campaigns"), Some(body)).await?;
        let campaign = text(&campaign["id"])?;
        Ok(Self { api, organization, campaign, recipients, unsubscribed })
    }

    pub(crate) fn base(&self) -> String {
        format!("/v1/organizations/{}", self.organization)
    }

    pub(crate) fn path(&self) -> String {
        format!("{}/campaigns/{}", self.base(), self.campaign)
    }

    /// Sends the campaign. Its first job is then on the queue.
    pub(crate) async fn send(&mut self) -> anyhow::Result<()> {
        let path = format!("{}/send", self.path());
        self.api.ask(Method::POST, &path, Some(json!({}))).await?;
        Ok(())
    }

    /// The campaign as the API shows it.
    pub(crate) async fn campaign(&mut self) -> anyhow::Result<Value> {
        let path = self.path();
        self.api.ask(Method::GET, &path, None).await
    }
}

/// The segment of a personal campaign, which matches everyone.
pub(crate) fn filter() -> Value {
    json!({ "all": [
        { "field": "tags", "op": "in", "value": ["spring", "summer"] },
        { "field": { "attribute": "city" }, "op": "startsWith", "value": "San" },
        { "field": "country", "op": "in", "value": ["US", "CA"] },
    ] })
}

/// A draft with a segment and merge fields, whose values are about 20 bytes a recipient.
async fn personal(api: &mut Api, base: &str) -> anyhow::Result<Value> {
    let segment = json!({ "name": "Spring", "filter": filter() });
    let segment = api.ask(Method::POST, &format!("{base}/segments"), Some(segment)).await?;
    let target = json!({ "include": [segment["id"]], "exclude": [] });
    Ok(json!({ "name": "Spring", "body": PERSONAL_BODY, "target": target }))
}

/// The phone of the contact at an index. All are different numbers of the United States, and
/// neighbors are far apart.
fn phone_at(place: usize) -> anyhow::Result<Phone> {
    const AREA_CODES: [u64; 8] = [202, 212, 305, 312, 415, 512, 617, 713];
    const STEP: u64 = 7_368_787;
    const ROOM: u64 = 7_999_993;
    let area_code = AREA_CODES[place % AREA_CODES.len()];
    let local = 2_000_000 + (place / AREA_CODES.len()) as u64 * STEP % ROOM;
    Ok(Phone::from_e164(&format!("+1{}", area_code * 10_000_000 + local))?)
}

fn partition(organization: &str, phone: &Phone) -> String {
    format!("ORG#{organization}#AUDIENCE#{}", phone.shard(SHARDS))
}

/// The item of the first phone, which is copied for the others.
fn model(aws: &Aws, organization: &str, sk: &str) -> anyhow::Result<Item> {
    let pk = partition(organization, &phone_at(0)?);
    let found = locked(&aws.store).get(&pk, sk).cloned();
    found.with_context(|| format!("the table keeps {sk} somewhere else"))
}

fn copy_contacts(aws: &Aws, organization: &str, first: &str, count: usize) -> anyhow::Result<()> {
    let model = model(aws, organization, &format!("CONTACT#{}#{first}", phone_at(0)?))?;
    let first = Uuid::parse_str(first)?.as_u128();
    for place in 1..count {
        let phone = phone_at(place)?;
        let id = Uuid::from_u128(first + place as u128).to_string();
        let (first_name, last_name) = NAMES[place % NAMES.len()];
        let copy = with(
            &model,
            &[
                ("pk", &partition(organization, &phone)),
                ("sk", &format!("CONTACT#{phone}#{id}")),
                ("id", &id),
                ("phone", phone.as_str()),
                ("firstName", first_name),
                ("lastName", last_name),
            ],
        );
        locked(&aws.store).put(copy);
    }
    Ok(())
}

fn copy_unsubscribes(aws: &Aws, organization: &str, count: usize) -> anyhow::Result<()> {
    let model = model(aws, organization, &format!("UNSUBSCRIBED#{}", phone_at(0)?))?;
    for number in 1..count {
        let phone = phone_at(number * UNSUBSCRIBED_ONE_IN)?;
        let copy = with(
            &model,
            &[
                ("pk", &partition(organization, &phone)),
                ("sk", &format!("UNSUBSCRIBED#{phone}")),
                ("phone", phone.as_str()),
            ],
        );
        locked(&aws.store).put(copy);
    }
    Ok(())
}

fn with(model: &Item, texts: &[(&str, &str)]) -> Item {
    let mut item = model.clone();
    for (name, value) in texts {
        item.set((*name).into(), Attribute::S((*value).into()));
    }
    item
}
