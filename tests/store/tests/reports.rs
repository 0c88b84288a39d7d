//! A campaign has one report, the newest.

use infra::clock;
use infra::table::{CountedReport, Saved, Table};
use shared::campaign::{Begin, Campaign};
use shared::grace::Grace;
use shared::message::Counts;
use shared::report::Report;
use shared::sender::{Provider, Sender};
use shared::time::Timestamp;

use crate::{SHARDS, draft, phone, table};

fn sent(draft: Campaign, at: Timestamp) -> Campaign {
    let scheduled = draft.schedule(None, at, Grace::default()).expect("schedulable");
    let sender = Sender::new(phone(0), Provider::default());
    match scheduled.begin(at, clock::salt(), sender, SHARDS, at, Grace::default()) {
        Begin::Begun(campaign) => *campaign,
        Begin::Underway | Begin::Ignored => panic!("not begun"),
    }
}

fn report(delivered: u64) -> Report {
    Report { counts: Counts { delivered, ..Counts::default() }, ..Report::default() }
}

/// Writes a report, if that changes the campaign.
async fn count(
    table: &Table,
    campaign: &Campaign,
    delivered: u64,
    is_owed: bool,
) -> anyhow::Result<()> {
    let counted = CountedReport { report: report(delivered), at: clock::now() };
    let (organization, id) = (campaign.organization_id, campaign.id);
    let decide = |campaign: &Campaign| is_owed.then(|| campaign.clone());
    let written = table.save_count(organization, id, &counted, decide).await?;
    assert_eq!(written.is_some(), is_owed);
    Ok(())
}

/// Saves a draft as sent.
async fn begun(table: &Table, draft: Campaign, at: Timestamp) -> anyhow::Result<Campaign> {
    let sent = sent(draft.clone(), at);
    assert_eq!(table.save_campaign(&draft, &sent, None).await?, Saved::Done);
    Ok(sent)
}

#[tokio::test]
async fn a_report_is_replaced_if_its_counts_are() -> anyhow::Result<()> {
    let table = table().await;
    let campaign = begun(&table, draft(&table).await?, clock::now()).await?;
    assert_eq!(table.report(&campaign).await?, None);
    for (delivered, is_owed, expected) in [(1, true, 1), (3, false, 1), (2, true, 2)] {
        count(&table, &campaign, delivered, is_owed).await?;
        let found = table.report(&campaign).await?.expect("a report");
        assert_eq!(found.report, report(expected));
    }
    Ok(())
}

#[tokio::test]
async fn an_opt_out_counts_once() -> anyhow::Result<()> {
    let table = table().await;
    let campaign = sent(draft(&table).await?, clock::now());
    assert_eq!(table.opt_outs(campaign.id).await?, 0);
    for number in [1, 2, 1] {
        table.note_opt_out(&campaign, &phone(number)).await?;
    }
    assert_eq!(table.opt_outs(campaign.id).await?, 2);
    Ok(())
}

#[tokio::test]
async fn a_period_ends_just_before_its_end() -> anyhow::Result<()> {
    let table = table().await;
    let now = clock::now();
    let first = begun(&table, draft(&table).await?, now).await?;
    let organization = first.organization_id;
    let name = "Summer".to_owned();
    let second = Campaign::create(
        shared::ids::CampaignId::new(now, clock::entropy()),
        organization,
        name,
        Some("Hello".to_owned().into()),
        now,
    );
    assert_eq!(table.create_campaign(&second, None).await?, Saved::Done);
    let second = begun(&table, second, now.plus_seconds(60)).await?;
    for campaign in [&first, &second] {
        count(&table, campaign, 1, true).await?;
    }
    let found = async |from: i64, to: i64, max: usize| {
        let period = (now.plus_seconds(from), now.plus_seconds(to));
        let found = table.summaries(organization, period, max).await?;
        anyhow::Ok(found.map(|all| all.iter().map(|it| it.campaign_id).collect::<Vec<_>>()))
    };
    assert_eq!(found(0, 60, 5).await?, Some(vec![first.id]));
    assert_eq!(found(0, 61, 5).await?, Some(vec![first.id, second.id]));
    assert_eq!(found(1, 61, 5).await?, Some(vec![second.id]));
    assert_eq!(found(0, 61, 1).await?, None);
    Ok(())
}
