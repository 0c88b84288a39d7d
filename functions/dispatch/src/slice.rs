//! Sends a slice of a chunk: its members are claimed, sent and settled, in this order.
//!
//! The three phases run as one stream. Claims are written in batches. The messages of a batch are
//! sent concurrently, and their outcomes are written as they arrive, many per request. A batch is
//! claimed only when the previous one is being sent, so that no claim waits long.

use std::pin::pin;
use std::time::Duration;

use futures::stream::{self, StreamExt};
use shared::breaker::Recent;
use shared::chunk_state::Tally;
use shared::recipient::Recipient;

use crate::App;
use crate::claim::Barred;
use crate::pausing::Underway;
use crate::send::Outbound;
use crate::watch::{Ended, Watch};
use crate::{claim, send, settle};

/// Outcomes per request.
const SETTLE_BATCH: usize = 25;
/// How long an outcome waits to be written together with others.
const LINGER: Duration = Duration::from_millis(100);
const SETTLES_AT_ONCE: usize = 4;

/// The result of sending a slice.
pub(crate) struct SliceSent {
    pub(crate) tally: Tally,
    /// Why the campaign has to be paused, if it does.
    pub(crate) ended: Option<Ended>,
}

pub(crate) async fn send_slice(
    app: &App,
    underway: &Underway<'_>,
    outbound: Outbound<'_>,
    recipients: &[Recipient],
    barred: &Barred,
    recent: Recent,
) -> SliceSent {
    let (outbound, shards) = (&outbound, outbound.shards);
    let watch = &Watch::new(recent);
    // Claim as many per request as are sent concurrently.
    let at_once = outbound.from.at_once();
    let claimed = stream::iter(recipients.chunks(at_once))
        .then(|batch| async move {
            match watch.stops() {
                Some(reason) => claim::give_back_batch(batch, reason),
                None => claim::claim_batch(app, underway, batch, barred).await,
            }
        })
        .flat_map(stream::iter);
    let answered = claimed
        .map(|claimed| send::send_member(app, claimed, outbound, watch))
        .buffer_unordered(at_once);
    let batches = tokio_stream::StreamExt::chunks_timeout(answered, SETTLE_BATCH, LINGER);
    let settled = batches
        .map(|answered| settle::settle_batch(app, answered, shards))
        .buffer_unordered(SETTLES_AT_ONCE);
    let (mut settled, mut tally) = (pin!(settled), Tally::default());
    while let Some(batch) = settled.next().await {
        tally.heard = tally.heard.merged(batch.heard);
        for member in batch.members {
            member.count_in(&mut tally);
        }
    }
    tally.recent = watch.recent();
    SliceSent { tally, ended: watch.ended() }
}
