//! A campaign and its progress.

use crate::bucket::Bucket;
use crate::cost::{RECIPIENTS_MOST, SLICE_SECONDS};
use crate::demand::whole;

/// A campaign to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Campaign {
    /// Represents its id, which decides the partitions of its keys.
    pub key: u32,
    /// The second when it is due.
    pub starts: u32,
    pub recipients: u32,
    /// Its sender's rate. Every message has one part here.
    pub parts_per_second: f64,
    pub shards: u32,
}

#[derive(Clone, Debug)]
pub struct Sending {
    pub campaign: Campaign,
    pub bucket: Bucket,
    /// Chunks that have recipients.
    pub chunks: u32,
    /// Recipients per chunk.
    pub size: f64,
    /// Slices in which a slow sender's chunk is sent, and recipients per slice.
    pub slices: u32,
    pub slice: f64,
    pub cut: u32,
    /// The fraction of the next chunk that is cut.
    pub cutting: f64,
    pub granted: u32,
    /// Slices that a worker has sent.
    pub done: u32,
    pub began_at: Option<u32>,
    pub cut_at: Option<u32>,
    pub done_at: Option<u32>,
    /// Polls so far.
    pub polls: u32,
    /// The longest that a chunk waited on the queue after its turn, in seconds.
    pub longest_wait: u32,
}

impl Sending {
    #[must_use]
    pub fn new(campaign: Campaign) -> Self {
        let chunks = chunks(campaign.recipients, campaign.shards);
        let size = f64::from(campaign.recipients) / f64::from(chunks.max(1));
        let most = (campaign.parts_per_second * SLICE_SECONDS).max(1.0);
        let slices = whole((size / most).ceil());
        Self {
            bucket: Bucket::new(campaign.parts_per_second),
            chunks,
            size,
            slices,
            slice: size / f64::from(slices),
            campaign,
            cut: 0,
            cutting: 0.0,
            granted: 0,
            done: 0,
            began_at: None,
            cut_at: None,
            done_at: None,
            polls: 0,
            longest_wait: 0,
        }
    }

    /// Recipients that were sent.
    #[must_use]
    pub fn dispatched(&self) -> f64 {
        f64::from(self.done) * self.slice
    }

    /// Whether all slices were sent.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.done >= self.chunks * self.slices
    }
}

/// The number of chunks with recipients for an evenly spread audience. Each shard starts its own
/// chunks, as in `shared::chunk::Cutter`.
#[must_use]
pub fn chunks(recipients: u32, shards: u32) -> u32 {
    let most = RECIPIENTS_MOST;
    let (each, over) = (recipients / shards, recipients % shards);
    over * (each + 1).div_ceil(most) + (shards - over) * each.div_ceil(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_senders_chunk_goes_out_in_slices() {
        let slices = |parts_per_second| {
            let campaign =
                Campaign { key: 0, starts: 0, recipients: 3_200, parts_per_second, shards: 32 };
            let sending = Sending::new(campaign);
            (sending.slices, sending.slice)
        };
        assert_eq!(slices(1.0), (10, 10.0));
        assert_eq!(slices(9.0), (2, 50.0));
        assert_eq!(slices(1_000.0), (1, 100.0));
    }

    #[test]
    fn each_shard_has_its_own_chunks() {
        assert_eq!(chunks(0, 32), 0);
        assert_eq!(chunks(10, 32), 10);
        assert_eq!(chunks(3_200, 32), 32);
        assert_eq!(chunks(3_201, 32), 33);
        assert_eq!(chunks(1_000_000, 32), 10_016);
    }
}
