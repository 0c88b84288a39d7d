//! Looks up messages at the provider whose outcome is not known.
//!
//! A look-up only raises a status. If the provider doesn't find a message, that proves nothing, and
//! if it finds several candidates, that settles nothing.

use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt};
use infra::clock;
use infra::gateway::{Gateway, Sought};
use infra::lookup;
use infra::table::ReceiptApplied;
use shared::campaign::{Broadcast, Campaign};
use shared::ids::MessageId;
use shared::message::{Counts, Message, Status};
use shared::receipt::{Delivery, Receipt};
use shared::shard::Shards;
use shared::time::Timestamp;
use shared::unsubscribe::Preference;

use crate::App;

/// How many messages of a shard a poll looks up. Other polls look up others.
const MAX_LOOK_UPS: usize = 16;
const AT_ONCE: usize = 8;
/// The time limit for a poll's look-ups, so that the counts are written in time.
const ASKING_WITHIN: Duration = Duration::from_mins(1);

/// The messages of a shard that this poll looks up, sampled from all open ones.
pub(crate) struct Sample {
    poll: u32,
    asked: Vec<(MessageId, Status)>,
    /// All others, which are counted with their current status.
    pub(crate) left: Counts,
}

impl Sample {
    pub(crate) fn new(poll: u32) -> Self {
        Self { poll, asked: Vec::new(), left: Counts::default() }
    }

    pub(crate) fn push(&mut self, id: MessageId, status: Status) {
        self.asked.push((id, status));
        if self.asked.len() >= 2 * MAX_LOOK_UPS {
            self.cut();
        }
    }

    pub(crate) fn into_asked(mut self) -> (Vec<MessageId>, Counts) {
        self.cut();
        (self.asked.into_iter().map(|(id, _)| id).collect(), self.left)
    }

    /// Keeps the messages that most need a look-up: unknown ones first, then a different selection
    /// in each poll. Ids are random, and each poll orders them by other bits.
    fn cut(&mut self) {
        let poll = self.poll;
        self.asked.sort_by_key(|(id, status)| {
            (*status == Status::Sent, id.0.as_u128().rotate_left(8 * (poll % 16)))
        });
        for (_, status) in self.asked.drain(MAX_LOOK_UPS.min(self.asked.len())..) {
            self.left.add(status);
        }
    }
}

/// Whether the provider may know more than Volley about a message whose last report was at
/// `said_at`.
pub(crate) fn is_open(
    status: Status,
    said_at: Timestamp,
    now: Timestamp,
    silent_seconds: i64,
) -> bool {
    match status {
        Status::Unknown => true,
        Status::Sent => now >= said_at.plus_seconds(silent_seconds),
        Status::Pending | Status::Delivered | Status::Failed => false,
    }
}

/// Looks up open messages, writes the results, and counts all of them with their new statuses.
pub(crate) async fn settle(
    app: &App,
    campaign: &Campaign,
    broadcast: &Broadcast,
    open: Vec<Message>,
) -> Counts {
    let mut counts = Counts::default();
    let gateway = match app.gateways.of(&broadcast.sender).await {
        Ok(gateway) => gateway,
        Err(error) => {
            tracing::warn!(error = ?anyhow::Error::from(error), "looked no message up");
            for message in &open {
                counts.add(message.status());
            }
            return counts;
        }
    };
    let gateway = gateway.as_ref();
    let began = Instant::now();
    let asked: Vec<(Message, Option<Receipt>)> = stream::iter(open)
        .map(|message| async move {
            if began.elapsed() > ASKING_WITHIN {
                return (message, None);
            }
            let learnt = ask(app, gateway, campaign, broadcast, &message);
            let learnt = learnt.await.unwrap_or_else(|error| {
                let error = anyhow::Error::from(error);
                tracing::warn!(message.id = %message.id, error = ?error, "failed to look a message up");
                None
            });
            (message, learnt)
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let mut learnt = Vec::new();
    for (message, receipt) in asked {
        match receipt {
            Some(receipt) => learnt.push((message, receipt)),
            None => counts.add(message.status()),
        }
    }
    counts.merged(write(app, broadcast, learnt).await)
}

/// Writes the results. What can't be written counts with its old status.
async fn write(app: &App, broadcast: &Broadcast, learnt: Vec<(Message, Receipt)>) -> Counts {
    let deliveries: Vec<(Delivery, Shards)> = learnt
        .iter()
        .map(|(message, receipt)| (Delivery::looked_up(message, receipt.clone()), broadcast.shards))
        .collect();
    for (delivery, shards) in &deliveries {
        // An opt-out counts even if only a look-up shows it.
        if let Some(opt_out) = Preference::told_by(delivery)
            && let Err(error) = app.table.register(&opt_out, *shards).await
        {
            tracing::error!(error = ?anyhow::Error::from(error), "failed to keep an opt-out");
            return learnt.iter().fold(Counts::default(), |mut counts, (message, _)| {
                counts.add(message.status());
                counts
            });
        }
    }
    let written = app.table.apply_receipts(&deliveries).await.unwrap_or_else(|error| {
        tracing::warn!(error = ?anyhow::Error::from(error), "failed to write what was looked up");
        Vec::new()
    });
    let mut counts = Counts::default();
    for (place, (message, receipt)) in learnt.iter().enumerate() {
        let is_written =
            matches!(written.get(place), Some(Ok(ReceiptApplied::Done | ReceiptApplied::Known)));
        counts.add(if is_written { receipt.status } else { message.status() });
    }
    counts
}

async fn ask(
    app: &App,
    gateway: &dyn Gateway,
    campaign: &Campaign,
    broadcast: &Broadcast,
    message: &Message,
) -> Result<Option<Receipt>, lookup::Error> {
    let text = message.text.as_deref().unwrap_or_else(|| campaign.body_sent().as_str());
    let sought = Sought { message, from: &broadcast.sender, text, now: clock::now() };
    lookup::look_up(&app.table, gateway, &sought, broadcast.shards).await
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use uuid::Uuid;

    use super::*;

    fn asked(poll: u32) -> (Vec<MessageId>, Counts) {
        let mut sample = Sample::new(poll);
        for number in 0..1_000_u32 {
            let id = Uuid::new_v5(&Uuid::nil(), &number.to_be_bytes());
            sample.push(MessageId(id), Status::Unknown);
        }
        sample.into_asked()
    }

    #[test]
    fn a_poll_asks_about_a_few_and_counts_the_rest() {
        let (asked, left) = asked(0);
        assert_eq!(asked.len(), MAX_LOOK_UPS);
        assert_eq!(left.total(), 1_000 - MAX_LOOK_UPS as u64);
    }

    #[test]
    fn each_poll_asks_about_others() {
        let ids = |poll| asked(poll).0.into_iter().collect::<HashSet<_>>();
        assert!(ids(0).intersection(&ids(1)).count() < MAX_LOOK_UPS / 2);
    }
}
