//! Crashes, redeliveries and races between any two steps.

use std::time::Duration;

use e2e::{PATIENCE, Tenant, phone};
use infra::table::{ChunkPut, Saved, Table};
use infra::usage::Usage;
use infra::{aws, clock};
use local::client::wait;
use serde_json::json;
use shared::campaign::{Begin, Campaign};
use shared::chunk::{ChainEnd, Cutter};
use shared::chunk_state::ChunkState;
use shared::phone::Phone;

const REPAIR_SECONDS: i64 = 10;

async fn table(tenant: &Tenant) -> Table {
    Table::new(&aws::load().await, tenant.variables["TABLE_NAME"].clone(), Usage::default())
}

/// A campaign that a send job took to sent before it died: nothing is cut, nothing is queued.
pub(crate) async fn begun(tenant: &Tenant) -> anyhow::Result<Campaign> {
    let table = table(tenant).await;
    let organization = table.organization(tenant.id.parse()?).await?;
    let organization = organization.ok_or_else(|| anyhow::anyhow!("no organisation"))?;
    let id = tenant.draft("Our spring sale starts on Friday.").await?;
    let draft = table.campaign(organization.id, id.parse()?).await?;
    let draft = draft.ok_or_else(|| anyhow::anyhow!("no campaign"))?;
    let last = table.last_send(organization.id).await?;
    let now = last.next(clock::now());
    let scheduled = draft.clone().schedule(None, now, REPAIR_SECONDS)?;
    let (sender, shards) = (organization.sender, organization.shards);
    let Begin::Begun(begun) = scheduled.begin(now, sender, shards, now, REPAIR_SECONDS) else {
        anyhow::bail!("not begun");
    };
    assert_eq!(table.begin_campaign(&draft, &begun, &last, now).await?, Saved::Done);
    Ok(*begun)
}

/// Cuts every shard into chunks and queues none, as a fan-out that dies at the worst moment.
pub(crate) async fn cut_without_queueing(
    tenant: &Tenant,
    campaign: &Campaign,
) -> anyhow::Result<()> {
    let table = table(tenant).await;
    let broadcast = campaign.broadcast().ok_or_else(|| anyhow::anyhow!("not sent"))?;
    for shard in 0..broadcast.shards {
        let mut cutter = Cutter::new(broadcast.sent_at, ChainEnd::default());
        let page = table.audience_page(campaign.organization_id, shard, None).await?;
        for (entry, is_unsubscribed) in page.entries {
            assert_eq!(cutter.push(entry, is_unsubscribed), None, "one chunk a shard");
        }
        let (end, now) = (cutter.finish(), clock::now());
        let state = ChunkState::cut(end.number, end.recipients.len(), 0, now).with_turn(now);
        let state = Some(&state).filter(|state| state.recipients > 0);
        let put = table.put_chunk(campaign.id, shard, &end, state).await?;
        assert_eq!(put, ChunkPut::Written);
    }
    Ok(())
}

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
    let table = table(&tenant).await;
    let id = tenant.draft("Our spring sale starts on Friday.").await?;
    let draft = table.campaign(tenant.id.parse()?, id.parse()?).await?;
    let draft = draft.ok_or_else(|| anyhow::anyhow!("no campaign"))?;
    let scheduled = draft.clone().schedule(None, clock::now(), 0)?;
    assert_eq!(table.save_campaign(&draft, &scheduled, None).await?, Saved::Done);
    let campaign = tenant.repaired(&id).await?;
    assert_eq!(campaign["counts"]["delivered"], 5);
    tenant.assert_balanced(&campaign).await
}

#[tokio::test]
async fn jobs_that_come_twice_at_once_do_their_work_once() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.contacts(60).await?;
    let id = tenant.draft("Our spring sale starts on Friday.").await?;
    let sent = tenant.send_draft(&id, &json!({})).await?;
    let job = json!({"v": 1, "job": {
        "type": "send", "organizationId": tenant.id, "campaignId": id,
        "scheduledAt": sent["scheduledAt"],
    }});
    let records = json!({"Records": [{"messageId": "1", "body": job.to_string()}]});
    let again = || tenant.functions.invoke("SEND", &records);
    tokio::try_join!(again(), again(), again())?;
    for shard in 0..32 {
        let job = json!({"v": 1, "job": {
            "type": "chunk", "organizationId": tenant.id, "campaignId": id,
            "epoch": 0, "shard": shard, "number": 0,
        }});
        let records = json!({"Records": [{"messageId": "1", "body": job.to_string()}]});
        tenant.functions.invoke("DISPATCH", &records).await?;
    }
    let campaign = tenant.repaired(&id).await?;
    assert_eq!(campaign["counts"]["delivered"], 60);
    tenant.assert_balanced(&campaign).await
}

/// The send function is killed while it fans out; what it had cut stands, and another run goes on.
#[tokio::test]
async fn a_fan_out_that_is_killed_half_way_goes_on() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.contacts(600).await?;
    let id = tenant.draft("Our spring sale starts on Friday.").await?;
    tenant.send_draft(&id, &json!({})).await?;
    wait("the fan-out to begin", PATIENCE, async || {
        Ok((tenant.campaign(&id).await?["status"] == "sent").then_some(()))
    })
    .await?;
    tenant.functions.kill("SEND")?;
    let campaign = tenant.repaired(&id).await?;
    assert_eq!(campaign["audience"]["recipients"], 600);
    tenant.assert_balanced(&campaign).await
}

/// The worker dies while the provider keeps it waiting: the message may have gone out, so it is
/// not sent again, and the provider is asked.
#[tokio::test]
async fn a_dispatch_that_dies_between_claim_and_answer_sends_nothing_twice() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (slow, quick) = (phone(), phone());
    tenant.books.script(&slow, "slow-answer").await?;
    for to in [&slow, &quick] {
        tenant.contact(to).await?;
    }
    let id = tenant.send().await?;
    wait("the provider to take the message", PATIENCE, async || {
        Ok((tenant.books.texts(&slow).await? == 1).then_some(()))
    })
    .await?;
    assert!(tenant.functions.kill("DISPATCH")? > 0, "nothing was killed");
    let campaign = tenant.repaired(&id).await?;
    assert_eq!(campaign["counts"]["delivered"], 2);
    assert_eq!(tenant.books.texts(&slow).await?, 1);
    tenant.assert_balanced(&campaign).await
}

/// A contact that is added while the audience is read is a recipient or not: it is never counted
/// without a message, and never sent to without being counted.
#[tokio::test]
async fn contacts_added_during_the_fan_out_keep_the_balance() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.contacts(200).await?;
    let id = tenant.send().await?;
    for _ in 0..20 {
        tenant.contact(&phone()).await?;
    }
    let campaign = tenant.settled(&id).await?;
    let contacts = campaign["audience"]["contacts"].as_u64().unwrap_or_default();
    assert!((200..=220).contains(&contacts), "{contacts}");
    tenant.assert_balanced(&campaign).await
}

/// A contact whose phone is edited after the campaign was sent counts once, under the phone that
/// it had then, wherever the fan-out meets it.
#[tokio::test]
async fn a_phone_edited_during_the_fan_out_counts_once() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (before, after) = (phone(), phone());
    let contact = tenant.contact(&before).await?;
    let campaign = begun(&tenant).await?;
    let path = tenant.path(&format!("contacts/{contact}"));
    let edit = tenant.api.request(reqwest::Method::PUT, &path).json(&json!({"phone": after}));
    assert_eq!(edit.send().await?.status(), 200);
    let campaign = tenant.repaired(&campaign.id.to_string()).await?;
    assert_eq!(campaign["audience"]["contacts"], 1);
    assert_eq!(campaign["audience"]["recipients"], 1);
    assert_eq!(tenant.books.texts(&before).await?, 1);
    assert_eq!(tenant.books.texts(&after).await?, 0);

    let next = tenant.send().await?;
    tenant.settled(&next).await?;
    assert_eq!(tenant.books.texts(&after).await?, 1, "the next campaign has the new phone");
    Ok(())
}

/// The answer to a claim is lost and the claim is made again: it is still the worker's own.
#[tokio::test]
async fn a_claim_whose_answer_was_lost_is_ones_own() -> anyhow::Result<()> {
    use infra::table::{Claimed, Claiming};
    use shared::message::{Found, Message};

    let tenant = Tenant::new().await?;
    let table = table(&tenant).await;
    let campaign = begun(&tenant).await?;
    let to = Phone::from_e164(&phone())?;
    let message = Message::pending(campaign.organization_id, campaign.id, to, clock::now());
    let now = clock::now();
    let claim = async |token: &str| {
        let claim = [(message.clone(), Claiming::HandOver { token: token.to_owned() })];
        let mut answers = table.claim_all(&claim, 32, now).await?;
        anyhow::Ok(answers.pop().transpose()?)
    };
    assert_eq!(claim("mine").await?, Some(Claimed::Won));
    let Some(Claimed::Exists(found)) = claim("mine").await? else {
        anyhow::bail!("claimed twice");
    };
    assert_eq!(found.found_by("mine", now, 120), Found::Own);
    let Some(Claimed::Exists(found)) = claim("other").await? else {
        anyhow::bail!("claimed by two");
    };
    assert!(matches!(found.found_by("other", now, 120), Found::Busy { .. }));
    Ok(())
}

/// A message that cannot be read goes to the dead letters; its neighbour in the batch is handled.
#[tokio::test]
async fn a_poisoned_message_does_not_block_its_batch() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.contacts(1).await?;
    let id = tenant.draft("Our spring sale starts on Friday.").await?;
    let scheduled = tenant.send_draft(&id, &json!({})).await?;
    let job = json!({"v": 1, "job": {
        "type": "send", "organizationId": tenant.id, "campaignId": id,
        "scheduledAt": scheduled["scheduledAt"],
    }});
    let newer = json!({"v": 999, "job": {"type": "teleport"}});
    let records = json!({"Records": [
        {"messageId": "poison", "body": "{\"v\":1,\"job\":{\"type\":\"nonsense\"}}"},
        {"messageId": "garbage", "body": "not JSON"},
        {"messageId": "good", "body": job.to_string()},
        {"messageId": "newer", "body": newer.to_string()},
    ]});
    let answer = tenant.functions.invoke("SEND", &records).await?;
    assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": "newer"}]}));
    tenant.settled(&id).await?;
    Ok(())
}

/// Nothing is left owed once a campaign has settled, so the sweep has nothing to repeat.
#[tokio::test]
async fn a_settled_campaign_owes_nothing() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.contacts(3).await?;
    let id = tenant.send().await?;
    tenant.settled(&id).await?;
    let table = table(&tenant).await;
    wait("the last step to go", Duration::from_mins(1), async || {
        let campaign = table.campaign(tenant.id.parse()?, id.parse()?).await?;
        Ok(campaign.filter(|c| c.step.is_none() && c.drain.is_none()).map(|_| ()))
    })
    .await
}
