//! The main use case on realistic input: contacts from a file, a campaign, its settled balance.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::accounting::{self, Watch};
use crate::balance::{Balance, Costs, Judge};
use crate::client::{Api, wait};
use crate::progress::Progress;
use crate::stack::Stack;
use crate::{root, say};

/// The number of contacts in the fixture.
pub const FIXTURE_ROWS: usize = 2_000;
/// Keeps files below the 4 MB that a request may carry.
const ROWS_A_FILE: usize = 20_000;
const UNSUBSCRIBED: usize = 40;
const BODY: &str = "Hi {{ firstName | default(\"there\") }}! Our spring sale starts on Friday. \
                    Reply STOP to opt out.";

/// A fast rate: the simulator accepts anything, and no one wants to wait for the rate of a long
/// code.
const PARTS_PER_SECOND: u32 = 1_000;

/// The organization used by the demo.
pub struct Organization {
    pub id: String,
    pub key: String,
    api: Api,
}

impl Organization {
    /// Creates an organization and a key for it.
    pub async fn create(stack: &Stack) -> anyhow::Result<Self> {
        let admin = Api::admin(&stack.variables)?;
        let body = json!({"name": "Corner Bakery", "senderPhone": "+14155550100"});
        let body = match admin.post("/v1/organizations", &body).await {
            Ok(organization) => organization,
            Err(error) => return Err(error.context("failed to make an organization")),
        };
        let id = text(&body["id"])?;
        let settings = json!({"partsPerSecond": PARTS_PER_SECOND});
        admin.patch(&format!("/v1/organizations/{id}"), &settings).await?;
        let keys = format!("/v1/organizations/{id}/api-keys");
        let key = admin.post(&keys, &json!({"name": "demo", "role": "admin"})).await?;
        let key = text(&key["secret"])?;
        Ok(Self { api: admin.with_key(&key), id, key })
    }

    fn path(&self, rest: &str) -> String {
        format!("/v1/organizations/{}/{rest}", self.id)
    }
}

/// Sends a campaign to a new organization's contacts, as many as `contacts`, and draws up its
/// balance.
pub async fn run(stack: &Stack, contacts: usize) -> anyhow::Result<(Organization, Balance)> {
    let watch = Watch::start(stack.emulator());
    let organization = Organization::create(stack).await?;
    import(&organization, contacts).await?;
    unsubscribe(&organization).await?;
    let target = target(&organization).await?;

    let log = stack.variables.get("FUNCTIONS_LOG").context("FUNCTIONS_LOG is not set")?;
    let (log_offset, before) = (fs::read(log)?.len(), watch.read(stack.emulator()));
    let started = Instant::now();
    let campaign = send(&organization, &target).await?;
    let wall = started.elapsed();
    let costs = Costs {
        wall,
        before,
        after: watch.read(stack.emulator()),
        aws: accounting::aws_usage(log, log_offset)?,
    };
    let id = text(&campaign["id"])?;
    let messages =
        organization.api.list(&organization.path(&format!("campaigns/{id}/messages"))).await?;
    let balance = Balance::of(&campaign, &messages, costs, judge(stack).await?);
    Ok((organization, balance))
}

async fn import(organization: &Organization, contacts: usize) -> anyhow::Result<()> {
    for (number, file) in files(contacts)?.into_iter().enumerate() {
        let path = organization.path("contacts/imports");
        let import = organization.api.post_csv(&path, file).await?;
        let path = organization.path(&format!("contacts/imports/{}", text(&import["id"])?));
        let done = wait("the import", Duration::from_mins(10), async || {
            let import = organization.api.get(&path).await?;
            Ok(matches!(import["status"].as_str(), Some("done" | "failed")).then_some(import))
        })
        .await?;
        ensure!(done["status"] == "done", "import {} failed: {done}", number + 1);
        say(&format!(
            "import {}: {} rows, {} created, {} rejected",
            number + 1,
            done["rows"],
            done["created"],
            done["rejected"]
        ));
    }
    Ok(())
}

/// The fixture, or files with generated contacts for any other number.
fn files(contacts: usize) -> anyhow::Result<Vec<Vec<u8>>> {
    if contacts == FIXTURE_ROWS {
        return Ok(vec![fs::read(root().join("tests/fixtures/contacts.csv"))?]);
    }
    let parts = contacts.div_ceil(ROWS_A_FILE);
    (0..parts)
        .map(|part| {
            let rows = ROWS_A_FILE.min(contacts - part * ROWS_A_FILE);
            let output = Command::new(root().join("target/release/contacts"))
                .args([rows.to_string(), (part + 1).to_string()])
                .output()
                .context("failed to generate contacts")?;
            ensure!(output.status.success(), "failed to generate contacts");
            Ok(output.stdout)
        })
        .collect()
}

async fn unsubscribe(organization: &Organization) -> anyhow::Result<()> {
    let page = organization.api.get(&organization.path("contacts?limit=100")).await?;
    let contacts = page["items"].as_array().context("a list has items")?;
    let phones = contacts.iter().filter_map(|contact| contact["phone"].as_str());
    let mut count = 0;
    for phone in phones.take(UNSUBSCRIBED) {
        let phone = phone.replace('+', "%2B");
        organization.api.put(&organization.path(&format!("unsubscribes/{phone}"))).await?;
        count += 1;
    }
    say(&format!("unsubscribed {count} phones"));
    Ok(())
}

/// Everyone but the staff.
async fn target(organization: &Organization) -> anyhow::Result<Value> {
    let filter = json!({"field": "tags", "op": "in", "value": ["staff"]});
    let segment = json!({"name": "Staff", "filter": filter});
    let segment = organization.api.post(&organization.path("segments"), &segment).await?;
    say("the campaign goes to everyone but the segment Staff");
    Ok(json!({"include": [], "exclude": [segment["id"]]}))
}

async fn send(organization: &Organization, target: &Value) -> anyhow::Result<Value> {
    let body = json!({"name": "Spring sale", "body": BODY, "target": target});
    let campaign = organization.api.post(&organization.path("campaigns"), &body).await?;
    let path = organization.path(&format!("campaigns/{}", text(&campaign["id"])?));
    organization.api.post(&format!("{path}/send"), &json!({})).await?;
    let mut progress = Progress::start()?;
    let mut calm = Calm::default();
    let settled = wait("the campaign to settle", Duration::from_mins(30), async || {
        let campaign = organization.api.get(&path).await?;
        progress.show(&campaign);
        Ok(calm.is_settled(&campaign).then_some(campaign))
    })
    .await;
    progress.finish();
    settled
}

/// The number of counts without a change after which unknown messages are assumed to stay unknown.
/// Each count looked them up once more.
const CALM_COUNTS: u32 = 2;

/// Detects when a campaign's messages won't change any more.
#[derive(Default)]
struct Calm {
    counted_at: String,
    unknown: u64,
    same_counts: u32,
}

impl Calm {
    fn is_settled(&mut self, campaign: &Value) -> bool {
        let counts = &campaign["counts"];
        let is_open = ["pending", "sent"].iter().any(|state| counts[state] != 0);
        if campaign["dispatch"] != "done" || !counts["total"].is_u64() || is_open {
            return false;
        }
        let (unknown, counted_at) = (counts["unknown"].as_u64(), counts["countedAt"].as_str());
        if counted_at.is_some_and(|at| at != self.counted_at) {
            let is_same = unknown == Some(self.unknown);
            self.same_counts = if is_same { self.same_counts + 1 } else { 0 };
            counted_at.unwrap_or_default().clone_into(&mut self.counted_at);
            self.unknown = unknown.unwrap_or_default();
        }
        self.unknown == 0 || self.same_counts >= CALM_COUNTS
    }
}

/// What the simulator accepted. Other providers don't keep such records.
async fn judge(stack: &Stack) -> anyhow::Result<Option<Judge>> {
    let url = stack.variables.get("PROVIDER_URL").context("PROVIDER_URL is not set")?;
    let answer = reqwest::get(format!("{url}/_simulator/stats")).await?;
    if !answer.status().is_success() {
        return Ok(None);
    }
    let stats: Value = answer.json().await?;
    Ok(Some(Judge {
        accepted: stats["accepted"].as_u64().unwrap_or_default(),
        twice: stats["duplicates"].as_array().map_or(0, Vec::len),
    }))
}

fn text(value: &Value) -> anyhow::Result<String> {
    Ok(value.as_str().with_context(|| format!("{value} is no text"))?.to_owned())
}
