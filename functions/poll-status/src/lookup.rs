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
use shared::message::{Message, Status};
use shared::receipt::{Channel, Delivery, Receipt};
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
    asked: Vec<Message>,
}

impl Sample {
    pub(crate) fn new(poll: u32) -> Self {
        Self { poll, asked: Vec::new() }
    }

    /// Adds an open message. Returns those that this poll doesn't look up.
    pub(crate) fn push(&mut self, message: Message) -> Vec<Message> {
        self.asked.push(message);
        if self.asked.len() >= 2 * MAX_LOOK_UPS { self.cut() } else { Vec::new() }
    }

    /// The messages to look up, and others that were kept until now.
    pub(crate) fn into_asked(mut self) -> (Vec<MessageId>, Vec<Message>) {
        let left = self.cut();
        (self.asked.into_iter().map(|message| message.id).collect(), left)
    }

    /// Keeps the messages that most need a look-up: unknown ones first, then a different selection
    /// in each poll. Ids are random, and each poll orders them by other bits.
    fn cut(&mut self) -> Vec<Message> {
        let poll = self.poll;
        self.asked.sort_by_key(|message| {
            let bits = message.id.0.as_u128().rotate_left(8 * (poll % 16));
            (message.status() == Status::Sent, bits)
        });
        self.asked.split_off(MAX_LOOK_UPS.min(self.asked.len()))
    }
}

/// Whether the provider may know more than Volley about a message.
pub(crate) fn is_open(message: &Message, now: Timestamp, silent_seconds: i64) -> bool {
    match message.status() {
        Status::Unknown => true,
        Status::Sent => now >= message.updated_at().plus_seconds(silent_seconds),
        Status::Pending | Status::Delivered | Status::Failed => false,
    }
}

/// Looks up open messages, writes the results, and returns all of them with what was written.
pub(crate) async fn settle(
    app: &App,
    campaign: &Campaign,
    broadcast: &Broadcast,
    open: Vec<Message>,
) -> Vec<Message> {
    let gateway = match app.gateways.of(&broadcast.sender).await {
        Ok(gateway) => gateway,
        Err(error) => {
            tracing::warn!(error = ?anyhow::Error::from(error), "looked no message up");
            return open;
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
    let (mut settled, mut learnt) = (Vec::new(), Vec::new());
    for (message, receipt) in asked {
        match receipt {
            Some(receipt) => learnt.push((message, receipt)),
            None => settled.push(message),
        }
    }
    settled.extend(write(app, broadcast, learnt).await);
    settled
}

/// Writes the results. A message whose result can't be written stays as it was.
async fn write(app: &App, broadcast: &Broadcast, learnt: Vec<(Message, Receipt)>) -> Vec<Message> {
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
            return learnt.into_iter().map(|(message, _)| message).collect();
        }
    }
    let written = app.table.apply_receipts(&deliveries, Channel::LookUp).await.unwrap_or_else(|error| {
        tracing::warn!(error = ?anyhow::Error::from(error), "failed to write what was looked up");
        Vec::new()
    });
    let settled = learnt.into_iter().enumerate().map(|(place, (message, receipt))| {
        let is_written =
            matches!(written.get(place), Some(Ok(ReceiptApplied::Done | ReceiptApplied::Known)));
        let receipt = if is_written { Some(receipt) } else { message.receipt };
        Message { receipt, ..message }
    });
    settled.collect()
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

    use shared::ids::{CampaignId, OrganizationId};
    use shared::phone::Phone;
    use uuid::Uuid;

    use super::*;

    /// The messages that a poll asks about, and the number of the others.
    fn asked(poll: u32) -> (Vec<MessageId>, usize) {
        let (mut sample, mut left) = (Sample::new(poll), 0);
        let phone = Phone::from_e164("+14155550123").expect("valid");
        for number in 0..1_000_u32 {
            let id = MessageId(Uuid::new_v5(&Uuid::nil(), &number.to_be_bytes()));
            let pending = Message::pending(
                OrganizationId(Uuid::nil()),
                CampaignId(Uuid::nil()),
                id,
                phone.clone(),
                Timestamp::EPOCH,
            );
            let unknown_at = Some(Timestamp::EPOCH);
            left += sample.push(Message { unknown_at, ..pending }).len();
        }
        let (asked, rest) = sample.into_asked();
        (asked, left + rest.len())
    }

    #[test]
    fn a_poll_asks_about_a_few_and_counts_the_rest() {
        let (asked, left) = asked(0);
        assert_eq!(asked.len(), MAX_LOOK_UPS);
        assert_eq!(left, 1_000 - MAX_LOOK_UPS);
    }

    #[test]
    fn each_poll_asks_about_others() {
        let ids = |poll| asked(poll).0.into_iter().collect::<HashSet<_>>();
        assert!(ids(0).intersection(&ids(1)).count() < MAX_LOOK_UPS / 2);
    }
}
