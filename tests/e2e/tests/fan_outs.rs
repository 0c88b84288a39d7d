//! The fan-out: killed and continued, and while contacts change.

use std::ops::Range;
use std::pin::pin;

use anyhow::{Context, bail, ensure};
use e2e::staging::{
    LATER_SECONDS, begun_owing, cut, event, phones_in, put, resume, scheduled, table,
};
use e2e::{ALIVE, Tenant};
use reqwest::Method;
use serde_json::json;
use shared::campaign::Campaign;
use shared::chunk::{ChainEnd, Cutter};
use shared::organization::SHARDS;

/// The shards that are cut before something happens, the one that is cut in part, and the rest.
const CUT: Range<u16> = 0..16;
const PART: Range<u16> = 16..17;
const LEFT: Range<u16> = 17..SHARDS.count();

/// How many times a kill that came too late is repeated.
const MAX_KILLS: usize = 10;

/// Starts a campaign's send job and kills it as soon as a chunk is cut. Returns whether shards were
/// left to cut.
async fn dies_half_way(tenant: &Tenant, campaign: &Campaign) -> anyhow::Result<bool> {
    let table = table(tenant).await;
    let job = event(&campaign.step.as_ref().context("no send is owed")?.job);
    let _alone = ALIVE.write().await;
    let mut run = pin!(tenant.functions.invoke("SEND", &job));
    let first_chunk = async {
        while table.last_chunk(campaign.id, 0).await?.is_none() {}
        anyhow::Ok(())
    };
    tokio::select! {
        _ = &mut run => return Ok(false),
        reached = first_chunk => reached?,
    }
    ensure!(tenant.functions.kill("SEND")? > 0, "nothing was killed");
    if run.await.is_ok() {
        return Ok(false);
    }
    let mut ended = 0;
    for shard in SHARDS.all() {
        let last = table.last_chunk(campaign.id, shard).await?;
        ended += u16::from(last.is_some_and(|chunk| chunk.ends));
    }
    Ok(ended < SHARDS.count())
}

/// The send function is killed during the fan-out. What it cut is kept, and the next run continues.
#[tokio::test]
async fn a_fan_out_that_is_killed_half_way_goes_on() -> anyhow::Result<()> {
    for _ in 0..MAX_KILLS {
        let tenant = Tenant::new().await?;
        tenant.contacts(400).await?;
        let campaign = scheduled(&tenant, LATER_SECONDS).await?;
        if !dies_half_way(&tenant, &campaign).await? {
            continue;
        }
        let campaign = tenant.repaired(&campaign.id.to_string()).await?;
        assert_eq!(campaign["audience"]["recipients"], 400);
        assert_eq!(campaign["counts"]["delivered"], 400);
        return tenant.assert_balanced(&campaign).await;
    }
    bail!("no kill met a fan-out on its way")
}

/// Some shards are cut to the end, and one only to the first of its two chunks. These chunks are
/// kept, and the chain continues after them.
#[tokio::test]
async fn a_fan_out_goes_on_behind_what_is_cut() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let phones = [phones_in(&CUT, 50), phones_in(&PART, 150), phones_in(&LEFT, 50)].concat();
    let import = tenant.import(&format!("phone\n{}\n", phones.join("\n"))).await?;
    assert_eq!(import["created"], phones.len(), "{import}");
    let campaign = begun_owing(&tenant, LATER_SECONDS).await?;
    cut(&tenant, &campaign, CUT, None).await?;
    let table = table(&tenant).await;
    let sent_at = campaign.broadcast().context("not sent")?.sent_at;
    let mut cutter = Cutter::new(sent_at, ChainEnd::default());
    let page = table
        .audience_page(
            campaign.organization_id,
            (PART.start, SHARDS),
            None,
            &infra::clock::now().into(),
        )
        .await?;
    let mut entries = page.entries.into_iter();
    let first = entries.find_map(|(entry, is_unsubscribed)| cutter.push(entry, is_unsubscribed));
    let first = first.context("a second chunk")?;
    put(&table, &campaign, PART.start, &first, None).await?;

    resume(&tenant, &campaign).await?;
    assert_eq!(table.chunk(campaign.id, PART.start, 0).await?, Some(first));
    let campaign = tenant.settled(&campaign.id.to_string()).await?;
    assert_eq!(campaign["audience"]["recipients"], phones.len());
    assert_eq!(campaign["counts"]["delivered"], phones.len());
    tenant.assert_balanced(&campaign).await
}

/// A contact that is added while the audience is read either is a recipient or isn't. It is never
/// counted without a message or texted without being counted.
#[tokio::test]
async fn contacts_added_during_the_fan_out_keep_the_balance() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.contacts(100).await?;
    let campaign = begun_owing(&tenant, LATER_SECONDS).await?;
    cut(&tenant, &campaign, CUT, None).await?;
    let (late, early) = (phones_in(&CUT, 5), phones_in(&LEFT, 5));
    for phone in late.iter().chain(&early) {
        tenant.contact(phone).await?;
    }
    let racing = phones_in(&LEFT, 10);
    let add = async {
        for phone in &racing {
            tenant.contact(phone).await?;
        }
        anyhow::Ok(())
    };
    tokio::try_join!(resume(&tenant, &campaign), add)?;

    let id = campaign.id.to_string();
    let campaign = tenant.settled(&id).await?;
    let messages = tenant.messages(&id).await?;
    let listed = |phone: &str| messages.iter().filter(|message| message["to"] == phone).count();
    let mut counted = 100;
    for phone in late.iter().chain(&early).chain(&racing) {
        let listed = listed(phone);
        assert!(listed <= 1, "{phone} is listed {listed} times");
        assert_eq!(tenant.books.texts(phone).await?, listed, "{phone}");
        counted += listed;
    }
    assert!(late.iter().all(|phone| listed(phone) == 0), "what is cut stands");
    assert_eq!(campaign["audience"]["contacts"], counted);
    tenant.assert_balanced(&campaign).await
}

/// A contact whose phone is edited after the campaign was sent counts once, under the phone that it
/// had then, no matter which of the two shards had been cut by that time.
#[tokio::test]
async fn a_phone_edited_during_the_fan_out_counts_once() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let mut edits = Vec::new();
    for (old, new) in [(CUT, LEFT), (LEFT, CUT), (CUT, CUT), (LEFT, LEFT)] {
        let (old, new) = (phones_in(&old, 1).concat(), phones_in(&new, 1).concat());
        edits.push((tenant.contact(&old).await?, old, new));
    }
    let campaign = begun_owing(&tenant, LATER_SECONDS).await?;
    cut(&tenant, &campaign, CUT, None).await?;
    for (contact, _, new) in &edits {
        let path = tenant.path(&format!("contacts/{contact}"));
        let edit = tenant.api.request(Method::PUT, &path).json(&json!({"phone": new}));
        assert_eq!(edit.send().await?.status(), 200);
    }
    resume(&tenant, &campaign).await?;
    let campaign = tenant.settled(&campaign.id.to_string()).await?;
    assert_eq!(campaign["audience"]["contacts"], edits.len());
    assert_eq!(campaign["audience"]["recipients"], edits.len());
    for (_, old, new) in &edits {
        assert_eq!(tenant.books.texts(old).await?, 1, "from {old} to {new}");
        assert_eq!(tenant.books.texts(new).await?, 0, "from {old} to {new}");
    }
    tenant.assert_balanced(&campaign).await?;

    let next = tenant.send().await?;
    tenant.settled(&next).await?;
    for (_, old, new) in &edits {
        assert_eq!(tenant.books.texts(old).await?, 1, "the next campaign has the new phones");
        assert_eq!(tenant.books.texts(new).await?, 1, "the next campaign has the new phones");
    }
    Ok(())
}
