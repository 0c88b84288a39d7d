//! The busiest hour of a day, by arithmetic: what it needs of each quota.

use crate::account::Account;
use crate::campaign::chunks;
use crate::cost::{
    CAMPAIGN_WRITES, CUT_WRITES, DRAIN_EVERY, DUE_KEYS, DUE_WRITES, HANDOVER_WRITES,
    RECEIPT_WRITES, RECEIPTS_AT_ONCE, SHARDS, SLICE_SECONDS, WORK_WRITES,
};
use crate::mapping::Mapping;
use crate::pace::{CALLBACK_SECONDS, RECEIPTS_SECONDS, chunk_slot};
use crate::quotas::{IN_FLIGHT, INVOCATIONS_PER_CONCURRENCY, PARTITION_WRITES, SCHEDULES_STARTED};

/// The share of a day's messages that is sent in its busiest hour.
pub const BUSIEST_HOUR: f64 = 0.2;
/// Callbacks per recipient: sent, then delivered.
pub const CALLBACKS: f64 = 2.0;

/// A day's messages, of which every tenant sends the same share. In the busiest hour each tenant
/// sends one campaign: at the full hour, or at an equally popular quarter of it. Sending takes that
/// quarter, or as long as a rate of one part per second needs.
#[derive(Clone, Copy, Debug)]
pub struct Day {
    pub tenants: u32,
    pub messages: u32,
}

/// A limit, and the share of it that is needed.
#[derive(Clone, Copy, Debug)]
pub struct Need {
    pub limit: &'static str,
    pub part: f64,
}

impl Day {
    /// Recipients per campaign in the busiest hour.
    #[must_use]
    pub fn each(self) -> f64 {
        f64::from(self.messages) * BUSIEST_HOUR / f64::from(self.tenants)
    }

    /// Times of the hour at which campaigns start. A few tenants use the whole hour.
    #[must_use]
    pub fn rounds(self) -> u32 {
        if self.tenants < 100 { 1 } else { 4 }
    }

    /// The rate of a tenant's sender.
    #[must_use]
    pub fn parts_per_second(self) -> f64 {
        (self.each() * f64::from(self.rounds()) / 3_600.0).max(1.0)
    }

    /// Campaigns that send at the same time. All of a round start within a minute.
    #[must_use]
    pub fn at_once(self) -> f64 {
        let seconds = self.each() / self.parts_per_second();
        f64::from(self.tenants) / f64::from(self.rounds()) * (seconds / 60.0).min(1.0)
    }

    /// Messages in a busy second.
    #[must_use]
    pub fn per_second(self) -> f64 {
        self.at_once() * self.parts_per_second()
    }

    /// Recipients per chunk.
    fn size(self, shards: u32) -> f64 {
        let recipients = whole(self.each());
        f64::from(recipients) / f64::from(chunks(recipients, shards).max(1))
    }

    /// Recipients per slice of a chunk.
    fn slice(self, shards: u32) -> f64 {
        self.size(shards).min(self.parts_per_second() * SLICE_SECONDS)
    }

    /// Write units in a busy second.
    #[must_use]
    pub fn writes(self, shards: u32) -> f64 {
        let each = HANDOVER_WRITES + CALLBACKS * RECEIPT_WRITES;
        let chunk = CUT_WRITES / self.size(shards) + WORK_WRITES / self.slice(shards);
        self.per_second() * (each + chunk)
            + self.at_once() * CAMPAIGN_WRITES / f64::from(DRAIN_EVERY)
    }

    /// A busy second's share of each limit, always in this order.
    #[must_use]
    pub fn needs(self, account: &Account) -> Vec<Need> {
        let rate = self.per_second();
        let callbacks = rate * CALLBACKS;
        let slice = self.slice(SHARDS);
        let dispatch = rate / slice * chunk_slot(slice);
        let receipts = callbacks * RECEIPTS_SECONDS / RECEIPTS_AT_ONCE;
        let functions = dispatch + callbacks * CALLBACK_SECONDS + receipts;
        let writes = self.writes(SHARDS);
        let calls = account.concurrency * INVOCATIONS_PER_CONCURRENCY;
        let starts = f64::from(self.tenants) / f64::from(self.rounds()) / 60.0;
        let need = |limit, part| Need { limit, part };
        vec![
            need("table, warm", writes / account.warm_writes),
            need("table, quota", writes / account.table_units),
            need("one key", writes / self.at_once() / f64::from(SHARDS) / PARTITION_WRITES),
            need("dispatch maximum", dispatch / Mapping::new(account.dispatch).most()),
            need("HTTP API", callbacks / account.http_requests),
            need("Lambda calls", callbacks / calls),
            need("Lambda at once", functions / account.concurrency),
            need("SQS in flight", callbacks * 2.0 * RECEIPTS_SECONDS / IN_FLIGHT),
            need(
                "due keys",
                self.at_once() * DUE_WRITES / f64::from(DRAIN_EVERY) / DUE_KEYS / PARTITION_WRITES,
            ),
            need("Scheduler", starts / SCHEDULES_STARTED),
        ]
    }

    /// The limit with the largest share.
    #[must_use]
    pub fn tightest(self, account: &Account) -> Need {
        let none = Need { limit: "nothing", part: 0.0 };
        let needs = self.needs(account).into_iter();
        needs.fold(none, |best, next| if next.part > best.part { next } else { best })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a campaign has fewer recipients than fit"
)]
pub(crate) fn whole(number: f64) -> u32 {
    number.round().max(1.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(day: Day, limit: &str) -> f64 {
        let needs = day.needs(&Account::as_deployed());
        needs.iter().find(|need| need.limit == limit).map_or(f64::NAN, |need| need.part)
    }

    #[test]
    fn needs_grow_with_what_causes_them() {
        let small = Day { tenants: 100, messages: 100_000_000 };
        let large = Day { messages: 1_000_000_000, ..small };
        for limit in ["dispatch maximum", "HTTP API", "Lambda calls", "Lambda at once"] {
            let grown = part(large, limit) / part(small, limit);
            assert!((grown - 10.0).abs() < 0.1, "{limit} grew {grown} times");
        }
        let many = Day { tenants: 10_000, messages: 1_000_000_000 };
        assert!((part(many, "due keys") / part(large, "due keys") - 100.0).abs() < 1e-6);
        assert!((part(large, "one key") / part(many, "one key") - 100.0).abs() < 1.0);
    }

    #[test]
    fn small_campaigns_need_more_than_their_messages() {
        let few = Day { tenants: 100, messages: 10_000_000 };
        let many = Day { tenants: 10_000, messages: 10_000_000 };
        assert!(
            many.writes(SHARDS) / many.per_second() > 1.2 * few.writes(SHARDS) / few.per_second()
        );
        assert!(part(many, "dispatch maximum") > 2.0 * part(few, "dispatch maximum"));
    }
}
