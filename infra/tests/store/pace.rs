//! A sender's pace, asked by many at once.

use std::collections::BTreeSet;

use futures::future::try_join_all;
use infra::clock;
use shared::ids::CampaignId;
use shared::pace::{Pace, Turn};

use crate::{phone, table};

#[tokio::test]
async fn turns_that_are_asked_for_at_once_do_not_overlap() -> anyhow::Result<()> {
    let table = table().await;
    let now = clock::now();
    let campaign = CampaignId::new(now, clock::entropy());
    // A sender of this run's own: the campaign's id makes its digits.
    let sender = phone(u32::try_from(campaign.0.as_u128() % 1_000_000)?);
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
