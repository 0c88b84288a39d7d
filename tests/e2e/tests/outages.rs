//! A failing provider: messages that may still be sent stay pending, and the campaign says why.

use anyhow::{Context, bail};
use e2e::Tenant;
use e2e::staging::{LATER_SECONDS, at_rest, begun_owing, cut, phones_in, resume, table};
use infra::clock;
use serde_json::{Value, json};
use shared::campaign::Campaign;
use shared::chunk_state::{ChunkState, MAX_CRASHED_STARTS, Progress};
use shared::grace::Grace;
use shared::organization::SHARDS;
use shared::poll::PollSchedule;

/// The size of a campaign's trial, whose recipients are texted before all others.
const FIRST: u64 = 50;
/// How many campaigns are tried until one needs no repair.
const MAX_TRIALS: usize = 5;

async fn control(tenant: &Tenant, id: &str, verb: &str) -> anyhow::Result<Value> {
    tenant.api.post(&tenant.path(&format!("campaigns/{id}/{verb}")), &json!({})).await
}

async fn paused(tenant: &Tenant, id: &str, reason: &str) -> anyhow::Result<Value> {
    let campaign = tenant.until(id, "the pause", |c| c["dispatch"] == "paused").await?;
    assert_eq!(campaign["reason"], reason, "{campaign}");
    // A count that ended after the pause.
    let since = campaign["updatedAt"].as_str().map(str::to_owned);
    let is_counted = |c: &Value| c["counts"]["countedAt"].as_str() > since.as_deref();
    tenant.until(id, "a count of the paused campaign", is_counted).await
}

/// The number of messages that are unknown once the last worker has finished.
async fn unknown(tenant: &Tenant, id: &str) -> anyhow::Result<u64> {
    at_rest(tenant, id).await?;
    let path = tenant.path(&format!("campaigns/{id}/messages?status=unknown"));
    Ok(tenant.api.list(&path).await?.len() as u64)
}

fn count(campaign: &Value, status: &str) -> u64 {
    campaign["counts"][status].as_u64().unwrap_or_default()
}

/// Each message to a dead provider stays unknown, so only a few may be spent on finding out.
#[tokio::test]
async fn a_provider_that_answers_nothing_clear_pauses_at_once() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let phones = tenant.contacts(2_000).await?;
    tenant.books.fail_sender(&tenant.sender, Some("error")).await?;
    let id = tenant.send().await?;
    let campaign = paused(&tenant, &id, "provider_failing").await?;
    let counted = count(&campaign, "unknown");
    assert_eq!(count(&campaign, "pending"), phones.len() as u64 - counted, "{campaign}");
    // The count may have begun before the last workers finished.
    let first = unknown(&tenant, &id).await?;
    assert!((3..=FIRST).contains(&first), "{first}: {campaign}");
    // Only a person can resume it, and it pauses again after a few more.
    tenant.functions.sweep().await?;
    control(&tenant, &id, "resume").await?;
    let again = paused(&tenant, &id, "provider_failing").await?;
    let second = unknown(&tenant, &id).await?;
    assert!(second <= first + 5 + 20, "{first}, then {second}: {again}");
    tenant.books.fail_sender(&tenant.sender, None).await?;
    control(&tenant, &id, "resume").await?;
    let is_over =
        |c: &Value| c["dispatch"] == "done" && count(c, "pending") + count(c, "sent") == 0;
    let campaign = tenant.until(&id, "the rest to be delivered", is_over).await?;
    assert_eq!(campaign["reason"], Value::Null);
    assert_eq!(count(&campaign, "unknown"), second, "{campaign}");
    tenant.assert_balanced(&campaign).await
}

/// No chunk of such a small campaign has enough messages to trip the breaker, but all of them
/// together do.
#[tokio::test]
async fn a_campaign_of_60_with_a_wrong_sender_pauses() -> anyhow::Result<()> {
    for (fate, reason) in
        [("refused-21660", "provider_sender"), ("refused-21606", "provider_failing")]
    {
        let tenant = Tenant::new().await?;
        tenant.contacts(60).await?;
        tenant.books.fail_sender(&tenant.sender, Some(fate)).await?;
        let id = tenant.send().await?;
        let campaign = paused(&tenant, &id, reason).await?;
        assert!(count(&campaign, "pending") >= 60 - FIRST, "{fate}: {campaign}");
        assert!(count(&campaign, "failed") <= FIRST, "{fate}: {campaign}");
        tenant.books.fail_sender(&tenant.sender, None).await?;
        control(&tenant, &id, "resume").await?;
        let is_over =
            |c: &Value| c["dispatch"] == "done" && count(c, "pending") + count(c, "sent") == 0;
        let campaign = tenant.until(&id, "the rest to be sent", is_over).await?;
        tenant.assert_balanced(&campaign).await?;
    }
    Ok(())
}

/// The few recipients after a resume are a gate, too.
#[tokio::test]
async fn a_campaign_that_is_resumed_too_early_pauses_again() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.contacts(200).await?;
    tenant.books.fail_sender(&tenant.sender, Some("refused-21606")).await?;
    let id = tenant.send().await?;
    let first = paused(&tenant, &id, "provider_failing").await?;
    control(&tenant, &id, "resume").await?;
    let again = paused(&tenant, &id, "provider_failing").await?;
    let lost = count(&again, "failed") - count(&first, "failed");
    assert!((1..=10).contains(&lost), "{first} {again}");
    Ok(())
}

/// The trial delays no one: it needs no sweep and no later drain. On a busy machine, a chunk may wait for so
/// long that it is repaired all the same.
#[tokio::test]
async fn a_campaign_without_a_fault_passes_its_trial_at_once() -> anyhow::Result<()> {
    for _ in 0..MAX_TRIALS {
        if needs_no_repair().await? {
            return Ok(());
        }
    }
    bail!("in each of {MAX_TRIALS} campaigns a chunk waited for a repair")
}

/// Sends a campaign, and returns whether none of its chunks was repaired.
async fn needs_no_repair() -> anyhow::Result<bool> {
    let tenant = Tenant::new().await?;
    let phones = tenant.contacts(300).await?;
    let id = tenant.send().await?;
    let is_over = |c: &Value| c["dispatch"] == "done";
    tenant.until(&id, "the dispatch to end", is_over).await?;
    let campaign = tenant.settled(&id).await?;
    assert_eq!(count(&campaign, "delivered"), phones.len() as u64);
    let table = table(&tenant).await;
    let (mut granted, mut repairs) = (0, 0);
    for shard in SHARDS.all() {
        for state in table.chunk_states(id.parse()?, shard).await? {
            repairs += state.arms;
            granted += state.grant.map_or(0, |grant| grant.to - grant.from);
        }
    }
    // Chunks that were granted only in part have been released by now.
    assert!((1..=FIRST).contains(&u64::from(granted)), "{granted}");
    tenant.assert_balanced(&campaign).await?;
    Ok(repairs == 0)
}

/// A chunk that crashes its worker each time pauses the campaign. No recipient fails until a person
/// stops it.
#[tokio::test]
async fn a_poisoned_chunk_pauses_and_only_a_stop_fails_its_members() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    for to in phones_in(&(0..1), 3) {
        tenant.contact(&to).await?;
    }
    let campaign = begun_owing(&tenant, LATER_SECONDS).await?;
    cut(&tenant, &campaign, SHARDS.all(), Some(clock::now())).await?;
    let table = table(&tenant).await;
    let before = table.chunk_state(campaign.id, 0, 0).await?.ok_or(anyhow::anyhow!("no chunk"))?;
    let crashed = ChunkState {
        progress: Progress::Working,
        attempts: MAX_CRASHED_STARTS,
        updated_at: clock::now().plus_seconds(-3_600),
        ..before.clone()
    };
    assert!(table.save_chunk_state(campaign.id, 0, &before, &crashed).await?);
    resume(&tenant, &campaign).await?;
    let id = campaign.id.to_string();
    let campaign = paused(&tenant, &id, "poisoned").await?;
    assert_eq!(count(&campaign, "pending"), 3, "{campaign}");
    control(&tenant, &id, "stop").await?;
    let is_failed = |c: &Value| count(c, "failed") == 3;
    let campaign = tenant.until(&id, "its members to fail", is_failed).await?;
    assert_eq!(campaign["reason"], "poisoned");
    for message in tenant.messages(&id).await? {
        assert_eq!(message["errorReason"], "stopped");
    }
    tenant.assert_balanced(&campaign).await
}

/// A person may take hours to resume a campaign whose audience could not be read. Counts in the meantime must
/// not end it, because no one has been texted.
#[tokio::test]
async fn a_fan_out_that_was_given_up_begins_again_after_a_count() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let phones = tenant.contacts(3).await?;
    let campaign = begun_owing(&tenant, LATER_SECONDS).await?;
    let table = table(&tenant).await;
    let job = campaign.step.as_ref().map(|due| due.job.clone()).context("no fan-out is owed")?;
    let polls: PollSchedule = "1,5".parse()?;
    let decide =
        |campaign: &Campaign| campaign.given_up(&job, &polls, clock::now(), Grace::of_seconds(0));
    let given_up = table.update_campaign(campaign.organization_id, campaign.id, decide).await?;
    assert!(given_up.is_some());
    let id = campaign.id.to_string();
    let counted = paused(&tenant, &id, "poisoned").await?;
    assert_eq!((&counted["dispatch"], count(&counted, "total")), (&json!("paused"), 0));
    control(&tenant, &id, "resume").await?;
    let campaign = tenant.settled(&id).await?;
    assert_eq!(count(&campaign, "delivered"), phones.len() as u64);
    tenant.assert_balanced(&campaign).await
}
