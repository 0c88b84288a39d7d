//! Chunks are put only if absent. A worker that comes second continues from what is stored.

use infra::clock;
use infra::table::ChunkPut;
use shared::audience::Totals;
use shared::chunk::Chunk;
use shared::chunk_state::{ChunkState, Tally};
use shared::grace::Grace;
use shared::ids::{CampaignId, ContactId};
use shared::recipient::Recipient;

use crate::{phone, table};

fn recipient(number: u32) -> Recipient {
    Recipient::new(phone(number), ContactId::new(clock::now(), clock::entropy()))
}

fn chunk(number: u32, recipients: u32) -> Chunk {
    Chunk {
        number,
        recipients: (0..recipients).map(recipient).collect(),
        skipped: Vec::new(),
        through: Some("CONTACT#+14153550001#x".to_owned()),
        totals: Totals { recipients: u64::from(recipients), ..Totals::default() },
        ends: true,
    }
}

#[tokio::test]
async fn the_first_chunk_of_a_number_stands() -> anyhow::Result<()> {
    let table = table().await;
    let (now, shard) = (clock::now(), 1);
    let campaign = CampaignId::new(now, clock::entropy());
    let first = chunk(0, 100);
    let state = ChunkState::cut(0, 100, 0, now);
    assert_eq!(table.put_chunk(campaign, shard, &first, Some(&state)).await?, ChunkPut::Written);
    let second = table.put_chunk(campaign, shard, &chunk(0, 3), Some(&state)).await?;
    assert_eq!(second, ChunkPut::Exists(first.clone()));
    assert_eq!(table.last_chunk(campaign, shard).await?, Some(first));
    Ok(())
}

#[tokio::test]
async fn of_two_workers_one_takes_a_chunk() -> anyhow::Result<()> {
    let table = table().await;
    let (now, shard) = (clock::now(), 1);
    let campaign = CampaignId::new(now, clock::entropy());
    let queued = ChunkState::cut(0, 3, 0, now).with_turn(now);
    table.put_chunk(campaign, shard, &chunk(0, 3), Some(&queued)).await?;
    let state = table.chunk_state(campaign, shard, 0).await?.expect("it was put");
    let working = state.start(None, now.plus_seconds(1), Grace::default()).expect("it is queued");
    let take = || table.save_chunk_state(campaign, shard, &state, &working);
    let (one, other) = tokio::join!(take(), take());
    assert!(one? != other?, "one of two takes it");
    Ok(())
}

#[tokio::test]
async fn a_chunks_grant_and_progress_are_kept() -> anyhow::Result<()> {
    let table = table().await;
    let (now, shard) = (clock::now(), 1);
    let campaign = CampaignId::new(now, clock::entropy());
    let queued = ChunkState::cut(0, 100, 0, now).granting(50).with_turn(now);
    table.put_chunk(campaign, shard, &chunk(0, 100), Some(&queued)).await?;
    let read = || async {
        let state = table.chunk_state(campaign, shard, 0).await?;
        anyhow::Ok(state.expect("it was put"))
    };
    assert_eq!(read().await?, queued);
    let later = now.plus_seconds(1);
    let working = queued.start(None, later, Grace::default()).expect("it is queued");
    assert!(table.save_chunk_state(campaign, shard, &queued, &working).await?);
    let recent = working.recent.with(true);
    let tally = Tally { settled: 50, recent, ..Tally::default() };
    let tried = working.finish(&tally, &working.slice(&[1; 100], 1_000), later.plus_seconds(1), 0);
    assert!(table.save_chunk_state(campaign, shard, &working, &tried).await?);
    assert_eq!(read().await?, tried);
    let rest = ChunkState { updated_at: later.plus_seconds(2), ..tried.clone().ungranted() };
    assert!(table.save_chunk_state(campaign, shard, &tried, &rest).await?);
    assert_eq!(read().await?, rest);
    Ok(())
}
