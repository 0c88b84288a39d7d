//! Crashes, redeliveries and races between any two steps.

use anyhow::{Context, bail};
use e2e::staging::{
    LATER_SECONDS, begun, begun_owing, claim, cut, cut_without_queueing, event, find, message,
    phones_in, scheduled, table,
};
use e2e::{ALIVE, PATIENCE, Tenant, phone};
use infra::clock;
use infra::table::{Claimed, Claiming};
use local::client::wait;
use serde_json::json;
use shared::ids::{CampaignId, OrganizationId};
use shared::job::{DispatchJob, JobsJob};
use shared::message::Found;
use shared::organization::SHARDS;

#[tokio::test]
async fn a_send_job_that_dies_after_it_began_is_repaired() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.contacts(20).await?;
    let campaign = begun(&tenant).await?;
    let campaign = tenant.repaired(&campaign.id.to_string()).await?;
    assert_eq!(campaign["counts"]["delivered"], 20);
    tenant.assert_balanced(&campaign).await
}

#[tokio::test]
async fn chunks_that_were_written_and_never_queued_are_repaired() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.contacts(20).await?;
    let campaign = begun(&tenant).await?;
    cut_without_queueing(&tenant, &campaign).await?;
    let campaign = tenant.repaired(&campaign.id.to_string()).await?;
    assert_eq!(campaign["counts"]["delivered"], 20);
    tenant.assert_balanced(&campaign).await
}

#[tokio::test]
async fn a_send_that_was_never_queued_is_repaired() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.contacts(5).await?;
    let campaign = scheduled(&tenant, 0).await?;
    let campaign = tenant.repaired(&campaign.id.to_string()).await?;
    assert_eq!(campaign["counts"]["delivered"], 5);
    tenant.assert_balanced(&campaign).await
}

#[tokio::test]
async fn jobs_that_come_twice_at_once_do_their_work_once() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.contacts(60).await?;
    let id = tenant.draft("Our spring sale starts on Friday.").await?;
    let sent = tenant.send_draft(&id, &json!({})).await?;
    let organization_id: OrganizationId = tenant.id.parse()?;
    let campaign_id: CampaignId = id.parse()?;
    let scheduled_at = serde_json::from_value(sent["scheduledAt"].clone())?;
    let job = event(&JobsJob::Send { organization_id, campaign_id, scheduled_at }.into());
    let alive = ALIVE.read().await;
    let again = || tenant.functions.invoke("SEND", &job);
    tokio::try_join!(again(), again(), again())?;
    for shard in SHARDS.all() {
        let (epoch, number, turn) = (0, 0, None);
        let chunk = DispatchJob::Chunk { organization_id, campaign_id, epoch, shard, number, turn };
        tenant.functions.invoke("DISPATCH", &event(&chunk.into())).await?;
    }
    drop(alive);
    let campaign = tenant.repaired(&id).await?;
    assert_eq!(campaign["counts"]["delivered"], 60);
    tenant.assert_balanced(&campaign).await
}

/// If the response to a claim is lost, the worker claims again and the claim is still its own.
#[tokio::test]
async fn a_claim_whose_answer_was_lost_is_ones_own() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let table = table(&tenant).await;
    let campaign = begun(&tenant).await?;
    let message = message(&campaign, &phone())?;
    let now = clock::now();
    let claim = async |token: &str| {
        let claim = [(message.clone(), Claiming::HandOver { token: token.to_owned() })];
        let mut answers = table.claim_all(&claim, SHARDS, now).await?;
        anyhow::Ok(answers.pop().transpose()?)
    };
    assert_eq!(claim("mine").await?, Some(Claimed::Won));
    let Some(Claimed::Exists(found)) = claim("mine").await? else {
        bail!("claimed twice");
    };
    assert_eq!(found.found_by("mine", now, 120), Found::Own);
    let Some(Claimed::Exists(found)) = claim("other").await? else {
        bail!("claimed by two");
    };
    assert!(matches!(found.found_by("other", now, 120), Found::Busy { .. }));
    Ok(())
}

/// A worker died after it claimed. While it may still be alive, no one else may claim the message.
/// After that, the `ClaimTimeoutSeconds` of the local stack, no one knows whether the message went out, so it
/// is never sent.
#[tokio::test]
async fn what_a_dead_worker_had_claimed_is_sent_by_nobody() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let phones = phones_in(&(0..1), 3);
    for to in &phones {
        tenant.contact(to).await?;
    }
    let [old, young, free] = &phones[..] else { bail!("{phones:?}") };
    let campaign = begun_owing(&tenant, LATER_SECONDS).await?;
    cut(&tenant, &campaign, 0..1, Some(clock::now())).await?;
    let table = table(&tenant).await;
    claim(&table, &campaign, old, clock::now().plus_seconds(-60)).await?;
    let state = table.chunk_state(campaign.id, 0, 0).await?.context("no chunk")?;
    let chunk = event(&campaign.chunk_job(0, &state));
    let alive = ALIVE.read().await;
    let claimed_at = clock::now();
    claim(&table, &campaign, young, claimed_at).await?;
    tenant.functions.invoke("DISPATCH", &chunk).await?;
    drop(alive);

    let status = async |to: &str| {
        let messages = tenant.messages(&campaign.id.to_string()).await?;
        let message = messages.into_iter().find(|message| message["to"] == to);
        anyhow::Ok(message.context("no message")?["status"].clone())
    };
    assert_eq!(status(old).await?, "unknown");
    // A busy machine may look only after that time.
    let (found, is_dead) = (status(young).await?, clock::now() > claimed_at.plus_seconds(8));
    assert!(found == "pending" || is_dead, "its worker may live: {found}");
    wait("the young claim to be old", PATIENCE, async || {
        Ok((status(young).await? == "unknown").then_some(()))
    })
    .await?;
    for (to, texts) in [(old, 0), (young, 0), (free, 1)] {
        assert_eq!(tenant.books.texts(to).await?, texts);
    }
    Ok(())
}

/// A settled campaign has no due work, so the sweep has nothing to repeat.
#[tokio::test]
async fn a_settled_campaign_owes_nothing() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.contacts(3).await?;
    let id = tenant.send().await?;
    tenant.settled(&id).await?;
    let table = table(&tenant).await;
    wait("the last step to go", PATIENCE, async || {
        let campaign = find(&table, &tenant, &id).await?;
        Ok((campaign.step.is_none() && campaign.drain.is_none()).then_some(()))
    })
    .await
}
