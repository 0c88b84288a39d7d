//! Campaigns in the states that crashes leave behind, written as the functions write them but with
//! no job queued.

use std::collections::BTreeSet;
use std::ops::Range;

use anyhow::{Context, bail, ensure};
use infra::table::{ChunkPut, Claimed, Claiming, Saved, Table};
use infra::usage::Usage;
use infra::{aws, clock};
use local::client::wait;
use serde_json::{Value, json};
use shared::audience::Judge;
use shared::campaign::{Begin, Campaign};
use shared::chunk::{ChainEnd, Chunk, Cutter};
use shared::chunk_state::{ChunkState, Progress};
use shared::grace::Grace;
use shared::job::{Envelope, Job, Queue};
use shared::message::Message;
use shared::organization::SHARDS;
use shared::phone::Phone;
use shared::receipt::MessageRef;
use shared::recipient::Recipient;
use shared::time::Timestamp;

use crate::functions::ALIVE;
use crate::{PATIENCE, Tenant, phone};

const GRACE_SECONDS: u32 = 10;
/// Far enough ahead that the sweep leaves a campaign to its test.
pub const LATER_SECONDS: u32 = 3_600;

/// The claim token of the workers whose part the tests play.
pub const TOKEN: &str = "0123456789abcdef0123456789abcdef";

pub async fn table(tenant: &Tenant) -> Table {
    Table::new(&aws::load().await, tenant.variables["TABLE_NAME"].clone(), Usage::default())
}

pub async fn find(table: &Table, tenant: &Tenant, id: &str) -> anyhow::Result<Campaign> {
    table.campaign(tenant.id.parse()?, id.parse()?).await?.context("no campaign")
}

/// A campaign scheduled for now with no job queued. The sweep sees it only after `grace_seconds`.
pub async fn scheduled(tenant: &Tenant, grace_seconds: u32) -> anyhow::Result<Campaign> {
    scheduled_at(tenant, clock::now(), grace_seconds).await
}

/// Like [`scheduled`], but scheduled for `at`.
pub async fn scheduled_at(
    tenant: &Tenant,
    at: Timestamp,
    grace_seconds: u32,
) -> anyhow::Result<Campaign> {
    let id = tenant.draft("Our spring sale starts on Friday.").await?;
    scheduled_from(tenant, &id, at, grace_seconds).await
}

/// A draft that is scheduled for `at` with no job queued.
async fn scheduled_from(
    tenant: &Tenant,
    id: &str,
    at: Timestamp,
    grace_seconds: u32,
) -> anyhow::Result<Campaign> {
    let table = table(tenant).await;
    let draft = find(&table, tenant, id).await?;
    let scheduled = draft.clone().schedule(None, at, Grace::of_seconds(grace_seconds))?;
    ensure!(table.save_campaign(&draft, &scheduled, None).await? == Saved::Done);
    find(&table, tenant, id).await
}

/// A campaign whose send job died right after it marked the campaign as sent: nothing is cut or
/// queued.
pub async fn begun(tenant: &Tenant) -> anyhow::Result<Campaign> {
    begun_owing(tenant, GRACE_SECONDS).await
}

/// Like [`begun`], but the sweep sees it only after `grace_seconds`.
pub async fn begun_owing(tenant: &Tenant, grace_seconds: u32) -> anyhow::Result<Campaign> {
    let id = tenant.draft("Our spring sale starts on Friday.").await?;
    begun_from(tenant, &id, grace_seconds).await
}

/// Like [`begun_owing`], but with this draft.
pub async fn begun_from(tenant: &Tenant, id: &str, grace_seconds: u32) -> anyhow::Result<Campaign> {
    let table = table(tenant).await;
    let scheduled = scheduled_from(tenant, id, clock::now(), grace_seconds).await?;
    let organization = table.organization(scheduled.organization_id).await?;
    let organization = organization.context("no organization")?;
    let last = table.last_send(organization.id).await?;
    let now = last.next(clock::now());
    let at = scheduled.scheduled_at().context("not scheduled")?;
    let (sender, shards) = (organization.sender, organization.shards);
    let grace = Grace::of_seconds(grace_seconds);
    let decided = scheduled.begin(at, clock::salt(), sender, shards, now, grace);
    let Begin::Begun(begun) = decided else { bail!("not begun") };
    ensure!(table.begin_campaign(&scheduled, &begun, None, (&last, now)).await? == Saved::Done);
    Ok(*begun)
}

/// Cuts every shard into chunks and queues none, like a fan-out that dies at the worst moment.
pub async fn cut_without_queueing(tenant: &Tenant, campaign: &Campaign) -> anyhow::Result<()> {
    cut(tenant, campaign, SHARDS.all(), Some(clock::now())).await
}

pub fn message(campaign: &Campaign, to: &str) -> anyhow::Result<Message> {
    let broadcast = campaign.broadcast().context("not sent")?;
    let pending = campaign.pending_message(broadcast, &Recipient::of_phone(Phone::from_e164(to)?));
    Ok(Message { created_at: clock::now(), ..pending })
}

#[must_use]
pub fn reference(message: &Message) -> MessageRef {
    let Message { organization_id, campaign_id, id, kind, .. } = *message;
    MessageRef { organization_id, campaign_id, message_id: id, kind }
}

/// Claims the message to a phone, as a worker does before it sends.
pub async fn claim(
    table: &Table,
    campaign: &Campaign,
    to: &str,
    at: Timestamp,
) -> anyhow::Result<()> {
    let claim = [(message(campaign, to)?, Claiming::HandOver { token: TOKEN.to_owned() })];
    let claimed = table.claim_all(&claim, SHARDS, at).await?.pop().transpose()?;
    ensure!(claimed == Some(Claimed::Won));
    Ok(())
}

/// The event that delivers a job from its queue to its function.
#[must_use]
pub fn event(job: &Job) -> Value {
    let body = json!(Envelope::new(job.clone())).to_string();
    json!({"Records": [{"messageId": "1", "body": body}]})
}

/// Runs a job at once, bypassing its queue.
pub async fn hand(tenant: &Tenant, job: &Job) -> anyhow::Result<()> {
    let function = match job.queue() {
        Queue::Jobs => "SEND",
        Queue::Dispatch => "DISPATCH",
        Queue::Polls => "POLL_STATUS",
        Queue::Notify => "NOTIFY",
    };
    let _alive = ALIVE.read().await;
    let answer = tenant.functions.invoke(function, &event(job)).await?;
    ensure!(answer == json!({"batchItemFailures": []}), "{function} failed to do {job:?}");
    Ok(())
}

/// Runs the jobs that a begun campaign owes, as the sweep would later.
pub async fn resume(tenant: &Tenant, campaign: &Campaign) -> anyhow::Result<()> {
    for due in [&campaign.step, &campaign.drain] {
        hand(tenant, &due.as_ref().context("nothing is owed")?.job).await?;
    }
    Ok(())
}

/// Waits until no worker sends a chunk of a campaign that is paused or halted. A worker that took its slice
/// before that sends it to its end.
pub async fn at_rest(tenant: &Tenant, id: &str) -> anyhow::Result<()> {
    let (table, id) = (table(tenant).await, id.parse()?);
    let mut before = None;
    wait("the workers to finish", PATIENCE, async || {
        let mut states = Vec::new();
        for shard in SHARDS.all() {
            states.extend(table.chunk_states(id, shard).await?);
        }
        let is_idle = states.iter().all(|state| state.progress != Progress::Working);
        let is_unchanged = before.as_ref() == Some(&states);
        before = Some(states);
        Ok((is_idle && is_unchanged).then_some(()))
    })
    .await
}

/// New phones that belong to the given shards.
#[must_use]
pub fn phones_in(shards: &Range<u16>, count: usize) -> Vec<String> {
    let mut phones = BTreeSet::new();
    while phones.len() < count {
        let phone = phone();
        if Phone::from_e164(&phone).is_ok_and(|phone| shards.contains(&phone.shard(SHARDS))) {
            phones.insert(phone);
        }
    }
    phones.into_iter().collect()
}

/// Writes a chunk and its state without queueing a job.
pub async fn put(
    table: &Table,
    campaign: &Campaign,
    shard: u16,
    chunk: &Chunk,
    turn: Option<Timestamp>,
) -> anyhow::Result<()> {
    let state = ChunkState::of(chunk, 0, clock::now());
    let state = match turn {
        Some(turn) => state.with_turn(turn),
        None => state,
    };
    let state = Some(&state).filter(|state| state.recipients > 0);
    ensure!(table.put_chunk(campaign.id, shard, chunk, state).await? == ChunkPut::Written);
    Ok(())
}

/// Cuts each of the given shards into one chunk and queues none.
pub async fn cut(
    tenant: &Tenant,
    campaign: &Campaign,
    shards: Range<u16>,
    turn: Option<Timestamp>,
) -> anyhow::Result<()> {
    let table = table(tenant).await;
    let broadcast = campaign.broadcast().context("not sent")?;
    let judge = Judge::from(broadcast.sent_at).merging(campaign.body_sent(), &broadcast.sender);
    for shard in shards {
        let mut cutter = Cutter::new(judge.clone(), ChainEnd::default());
        let page =
            table.audience_page(campaign.organization_id, (shard, SHARDS), None, &judge).await?;
        for (entry, is_unsubscribed) in page.entries {
            ensure!(cutter.push(entry, is_unsubscribed).is_none(), "one chunk a shard");
        }
        put(&table, campaign, shard, &cutter.finish(), turn).await?;
    }
    Ok(())
}
