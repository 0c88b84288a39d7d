//! A sender's pace, with many concurrent requests.

use std::collections::BTreeSet;

use futures::future::try_join_all;
use infra::clock;
use infra::turns::Turns;
use shared::campaign::{Begin, Campaign};
use shared::grace::Grace;
use shared::ids::CampaignId;
use shared::pace::{Pace, Turn};
use shared::phone::Phone;
use shared::sender::{Provider, Sender};

use crate::{SHARDS, organization, phone, table};

/// A separate sender for this run: the campaign's id determines its digits.
fn sender_of(campaign: CampaignId) -> anyhow::Result<Phone> {
    Ok(phone(u32::try_from(campaign.0.as_u128() % 1_000_000)?))
}

#[tokio::test]
async fn turns_that_are_asked_for_at_once_do_not_overlap() -> anyhow::Result<()> {
    let table = table().await;
    let now = clock::now();
    let campaign = CampaignId::new(now, clock::entropy());
    let sender = sender_of(campaign)?;
    let asks =
        (0..6).map(|_| table.update_pace(&sender, |pace: Pace| pace.ask(campaign, 10, 10, now)));
    let turns: BTreeSet<i64> = try_join_all(asks)
        .await?
        .into_iter()
        .map(|turn| match turn {
            Turn::At(turn) => turn.since(now).num_seconds(),
            Turn::Later => -1,
        })
        .collect();
    assert_eq!(turns, BTreeSet::from([0, 1, 2, 3, 4, 5]));
    Ok(())
}

/// More concurrent runs than a fan-out has shards, all for one free sender.
const RUNS: usize = 64;

#[tokio::test]
async fn a_run_that_loses_races_for_a_turn_still_gets_one() -> anyhow::Result<()> {
    let table = table().await;
    let now = clock::now();
    let id = CampaignId::new(now, clock::entropy());
    let draft = Campaign::create(
        id,
        organization(),
        "Spring".to_owned(),
        Some("Hi".to_owned().into()),
        now,
    );
    let sender = Sender::new(sender_of(id)?, Provider::default());
    let sender = Sender { parts_per_second: 100_000, ..sender };
    let Begin::Begun(campaign) = draft.schedule(None, now, Grace::default())?.begin(
        now,
        clock::salt(),
        sender,
        SHARDS,
        now,
        Grace::default(),
    ) else {
        panic!("a campaign that is due begins");
    };
    let broadcast = campaign.broadcast().expect("it has begun");
    let runs: Vec<Turns> = (0..RUNS).map(|_| Turns::new(&table, &campaign, broadcast)).collect();
    let turns = try_join_all(runs.iter().map(|run| run.take(100, clock::now()))).await?;
    let without = turns.iter().filter(|turn| turn.is_none()).count();
    assert_eq!(without, 0, "of {RUNS} runs some got no turn");
    Ok(())
}
