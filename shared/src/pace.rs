//! How fast a sender's message parts leave: turns by virtual scheduling.
//!
//! A sender has one bucket for all campaigns that go out from it. It holds the moment at which the
//! sender is free again once all turns that were granted are used (the theoretical arrival time
//! of the generic cell rate algorithm, ITU-T I.371): a grant begins at that moment, or now if it
//! has passed, and moves it by the time that its parts take. So over any span no more parts are
//! granted than the rate allows, and nothing has to be counted down.
//!
//! Turns are granted up to [`AHEAD_SECONDS`] ahead and no further. What gets none waits where it
//! lies, on no queue, so it costs nothing and stands before nobody. Each campaign has a second such
//! moment of its own, at its share of the rate among the campaigns that asked lately: whoever asks
//! first cannot take it all.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::CampaignId;
use crate::time::Timestamp;

/// How far ahead turns are granted: long enough that a campaign which asks once a minute, and now
/// and then late, never leaves its sender idle.
pub const AHEAD_SECONDS: i64 = 120;
/// A campaign that has not asked for so long has no share any more.
const SHARE_SECONDS: i64 = 180;

const MICROS: i64 = 1_000_000;

/// The bucket of one sender. Moments are in microseconds since 1970, since a fast sender's part
/// takes less than a millisecond.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pace {
    free_at: i64,
    shares: BTreeMap<CampaignId, Share>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Share {
    free_at: i64,
    asked_at: i64,
}

/// What came of asking for a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Its parts may leave from this moment on.
    At(Timestamp),
    /// The sender is taken for as far ahead as turns are granted: ask again later.
    Later,
}

impl Pace {
    /// Asks for a turn of so many parts for a campaign, at the sender's rate. The bucket is to be
    /// kept whatever the answer: it holds who has asked.
    #[must_use]
    pub fn ask(
        mut self,
        campaign: CampaignId,
        parts: u64,
        rate: u32,
        at: Timestamp,
    ) -> (Self, Turn) {
        let now = micros(at);
        self.shares.retain(|_, share| now - share.asked_at < SHARE_SECONDS * MICROS);
        let share = self.shares.entry(campaign).or_insert(Share { free_at: now, asked_at: now });
        share.asked_at = now;
        // A share is of what others want too: a sender that is free serves whoever asks.
        let own = if self.free_at <= now { now } else { share.free_at.max(now) };
        let cost = cost(parts, rate);
        let turn = self.free_at.max(now);
        let last = now + AHEAD_SECONDS * MICROS;
        if turn > last || own > last {
            return (self, Turn::Later);
        }
        self.free_at = turn + cost;
        let asking = i64::try_from(self.shares.len()).unwrap_or(i64::MAX);
        if let Some(share) = self.shares.get_mut(&campaign) {
            share.free_at = own + cost.saturating_mul(asking);
        }
        (self, Turn::At(at.plus_millis((turn - now) / 1_000)))
    }

    /// Counts parts that leave out of turn, as a test message's do: what comes after waits for them.
    /// However many there are, they move the sender's next turn at most [`AHEAD_SECONDS`] from now,
    /// so that tests cannot keep campaigns from their turns.
    #[must_use]
    pub fn ahead_of_all(self, parts: u64, rate: u32, now: Timestamp) -> Self {
        let free_at = self.free_at.max(micros(now));
        let last = micros(now) + AHEAD_SECONDS * MICROS;
        Self { free_at: free_at.saturating_add(cost(parts, rate)).min(free_at.max(last)), ..self }
    }

    /// Grants nothing that begins before `until`: the provider has asked to wait.
    #[must_use]
    pub fn not_before(self, until: Timestamp) -> Self {
        Self { free_at: self.free_at.max(micros(until)), ..self }
    }

    /// When a campaign with so many parts left has handed them over, as far as the rate goes.
    #[must_use]
    pub fn finish_at(&self, parts: u64, rate: u32, at: Timestamp) -> Timestamp {
        let now = micros(at);
        let recent = |share: &&Share| now - share.asked_at < SHARE_SECONDS * MICROS;
        let asking = i64::try_from(self.shares.values().filter(recent).count()).unwrap_or(1);
        let left = cost(parts, rate).saturating_mul(asking.max(1));
        at.plus_millis((self.free_at.max(now) - now).saturating_add(left) / 1_000)
    }
}

/// How long parts take at a rate, in microseconds.
#[must_use]
pub fn cost(parts: u64, rate: u32) -> i64 {
    let micros = u128::from(parts) * 1_000_000 / u128::from(rate.max(1));
    i64::try_from(micros).unwrap_or(i64::MAX / 4)
}

fn micros(moment: Timestamp) -> i64 {
    moment.millis() * 1_000
}

#[cfg(test)]
mod tests;
