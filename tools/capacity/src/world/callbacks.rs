//! The provider's callbacks, and their receipts.

use super::World;
use crate::cost::{CALLBACK_REQUESTS, RECEIPT_WRITES, RECEIPTS_AT_ONCE, RECEIPTS_WINDOW};
use crate::pace::{CALLBACK_SECONDS, RECEIPTS_SECONDS};
use crate::quotas::INVOCATIONS_PER_CONCURRENCY;
use crate::table::Kind;

impl World {
    /// Handles the callbacks for what was sent some seconds ago, within the available concurrency.
    pub(super) fn webhooks(&mut self) {
        let partitions = self.table.partitions();
        spread(&mut self.received, partitions);
        let mut arriving = self.handed.pop_front().unwrap_or_default();
        if arriving.is_empty() {
            self.busy.webhooks = 0.0;
            return;
        }
        spread(&mut arriving, partitions);
        let callbacks = arriving.iter().sum::<f64>() * self.settings.callbacks;
        let account = &self.settings.account;
        let invocations = account.concurrency * INVOCATIONS_PER_CONCURRENCY;
        let concurrency = account.concurrency / CALLBACK_SECONDS;
        let taken = callbacks.min(account.http_requests).min(invocations).min(concurrency);
        let ratio = if callbacks > 0.0 { taken / callbacks } else { 0.0 };
        for (received, recipients) in self.received.iter_mut().zip(&arriving) {
            *received += recipients * self.settings.callbacks * ratio;
        }
        self.busy.webhooks = taken * CALLBACK_SECONDS;
        self.outcome.refused += callbacks - taken;
        let peaks = &mut self.outcome.peaks;
        peaks.http = peaks.http.max(callbacks / account.http_requests.min(invocations));
        let usage = &mut self.outcome.usage;
        usage.http_requests += if account.http_requests.is_finite() { taken } else { 0.0 };
        usage.queue_requests += taken * CALLBACK_REQUESTS;
        usage.invocations += taken;
        usage.seconds += self.busy.webhooks;
    }

    /// Writes receipts from their queue.
    pub(super) fn apply_receipts(&mut self) {
        let waiting: f64 = self.received.iter().sum();
        if waiting <= 0.0 {
            self.busy.receipts = 0.0;
            self.receipts.after(false);
            return;
        }
        let busy = self.busy.jobs + self.busy.dispatch + self.busy.webhooks;
        let room = (self.settings.account.concurrency - busy).max(0.0);
        let allowed = self.receipts.concurrency().min(room);
        let held = self.table.waiting(Kind::Receipts) / RECEIPTS_AT_ONCE;
        let free = (allowed - held).max(0.0);
        let taken = waiting.min(free * RECEIPTS_AT_ONCE / RECEIPTS_SECONDS);
        let ratio = taken / waiting;
        for (partition, received) in self.received.iter_mut().enumerate() {
            let units = *received * ratio * RECEIPT_WRITES;
            self.table.write_at(partition, Kind::Receipts, units);
            *received -= *received * ratio;
        }
        let batches = (taken / RECEIPTS_AT_ONCE).max(1.0 / RECEIPTS_WINDOW);
        let seconds = (taken / RECEIPTS_AT_ONCE * RECEIPTS_SECONDS).max(0.05);
        self.busy.receipts = seconds + held.min(allowed);
        self.outcome.usage.invocations += batches;
        self.outcome.usage.seconds += self.busy.receipts;
        self.receipts.after(waiting - taken > RECEIPTS_AT_ONCE);
    }
}

/// Redistributes amounts by partition after the table was split.
fn spread(amounts: &mut Vec<f64>, partitions: usize) {
    while !amounts.is_empty() && amounts.len() < partitions {
        *amounts = amounts.iter().flat_map(|amount| [amount / 2.0, amount / 2.0]).collect();
    }
}
