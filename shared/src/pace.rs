//! How fast a sender's message parts are sent: turns by virtual scheduling.
//!
//! A sender has one bucket for all its campaigns. It holds the time when the sender is free again,
//! once all granted turns are used (the theoretical arrival time of the generic cell rate
//! algorithm, ITU-T I.371). A grant begins at that time, or now if it has passed, and moves it by
//! the time that its parts take. So over any period, no more parts are granted than the rate
//! allows, and nothing has to be counted down.
//!
//! Turns are granted up to [`AHEAD_SECONDS`] ahead. A chunk without a turn stays in the table. It
//! is on no queue, costs nothing and blocks nothing else. Each campaign also has its own such time,
//! at its share of the rate among the campaigns that asked recently, so that the first one can't
//! take everything.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::CampaignId;
use crate::time::Timestamp;

/// How far ahead turns are granted: far enough that a campaign that asks once a minute, sometimes
/// late, never leaves its sender idle.
pub const AHEAD_SECONDS: i64 = 120;
/// A campaign that has not asked for this long loses its share.
const SHARE_SECONDS: i64 = 180;

const MICROS: i64 = 1_000_000;

/// A sender's bucket. Times are in microseconds since 1970, because a fast sender's part takes less
/// than a millisecond.
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

/// The result of asking for a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Its parts may be sent from this time on.
    At(Timestamp),
    /// The sender is busy for as far ahead as turns are granted. Ask again later.
    Later,
}

impl Pace {
    /// Asks for a campaign's turn to send `parts` parts, at the sender's rate. Save the bucket even
    /// if the turn is not granted, because it records who has asked.
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
        // Shares apply only while the sender is busy. A free sender serves any campaign.
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

    /// Counts parts that are sent without a turn, such as a test message's: later turns wait for
    /// them. Any number of parts moves the sender's next turn at most [`AHEAD_SECONDS`] from now,
    /// so that tests can't starve campaigns.
    #[must_use]
    pub fn ahead_of_all(self, parts: u64, rate: u32, now: Timestamp) -> Self {
        let free_at = self.free_at.max(micros(now));
        let last = micros(now) + AHEAD_SECONDS * MICROS;
        Self { free_at: free_at.saturating_add(cost(parts, rate)).min(free_at.max(last)), ..self }
    }

    /// Grants nothing before `until`, because the provider asked to wait.
    #[must_use]
    pub fn not_before(self, until: Timestamp) -> Self {
        Self { free_at: self.free_at.max(micros(until)), ..self }
    }

    /// When a campaign with `parts` parts left will have sent them, as far as the rate allows.
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
