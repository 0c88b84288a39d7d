//! A campaign has one report, the newest.

use infra::clock;
use infra::table::Saved;
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

#[tokio::test]
async fn a_newer_report_replaces_an_older_one() -> anyhow::Result<()> {
    let table = table().await;
    let now = clock::now();
    let campaign = sent(draft(&table).await?, now);
    assert_eq!(table.report(&campaign).await?, None);
    for (delivered, seconds, expected) in [(1, 10, 1), (2, 20, 2), (3, 15, 2), (2, 20, 2)] {
        table.put_report(&campaign, &report(delivered), now.plus_seconds(seconds)).await?;
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
    let first = sent(draft(&table).await?, now);
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
    let second = sent(second, now.plus_seconds(60));
    for campaign in [&first, &second] {
        table.put_report(campaign, &report(1), now.plus_seconds(90)).await?;
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
