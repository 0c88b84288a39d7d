//! Asking the provider about messages whose fate is not known.
//!
//! A look-up only raises a status: that the provider does not find a message proves nothing, and
//! one of several candidates settles nothing.

use futures::stream::{self, StreamExt};
use infra::clock;
use infra::gateway::twilio::Found;
use infra::table::ReceiptApplied;
use shared::campaign::{Broadcast, Campaign};
use shared::message::{Counts, Kind, Message, Status};
use shared::receipt::{Delivery, MessageRef, Receipt};
use shared::time::Timestamp;

use crate::App;

/// One poll asks about so many messages; the next polls ask about the rest.
const ASKED_MOST: usize = 500;
const AT_ONCE: usize = 8;

/// Whether the provider may know more of a message than Volley does.
pub(crate) fn is_open(message: &Message, now: Timestamp, silent_seconds: i64) -> bool {
    match message.status() {
        Status::Unknown => true,
        Status::Sent => now >= message.updated_at().plus_seconds(silent_seconds),
        Status::Pending | Status::Delivered | Status::Failed => false,
    }
}

/// Asks about open messages, writes what is learnt, and counts them all as they are then.
pub(crate) async fn settle(
    app: &App,
    campaign: &Campaign,
    broadcast: &Broadcast,
    open: Vec<Message>,
) -> Counts {
    let mut counts = Counts::default();
    for message in open.iter().skip(ASKED_MOST) {
        counts.add(message.status());
    }
    let asked: Vec<(Message, Option<Receipt>)> = stream::iter(open.into_iter().take(ASKED_MOST))
        .map(|message| async move {
            let learnt = ask(app, campaign, broadcast, &message).await.unwrap_or_else(|error| {
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

/// Writes what was learnt; what could not be written counts as it was.
async fn write(app: &App, broadcast: &Broadcast, learnt: Vec<(Message, Receipt)>) -> Counts {
    let deliveries: Vec<(Delivery, u16)> = learnt
        .iter()
        .map(|(message, receipt)| (delivery(message, receipt.clone()), broadcast.shards))
        .collect();
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

fn delivery(message: &Message, receipt: Receipt) -> Delivery {
    let reference = MessageRef {
        organization_id: message.organization_id,
        campaign_id: message.campaign_id,
        message_id: message.id,
        kind: Kind::Campaign,
    };
    Delivery { message: reference, to: message.to.clone(), receipt }
}

async fn ask(
    app: &App,
    campaign: &Campaign,
    broadcast: &Broadcast,
    message: &Message,
) -> anyhow::Result<Option<Receipt>> {
    let now = clock::now();
    let receipt: Option<Receipt> = match (message.provider_id(), &message.claim) {
        (Some(id), _) => app.gateway.fetch(id, now).await?,
        (None, Some(claim)) => {
            let body = campaign.body.as_deref().unwrap_or_default();
            let (from, to) = (&broadcast.sender, &message.to);
            match app.gateway.search(from, to, body, claim.at, now).await? {
                Found::One(receipt) => Some(receipt),
                Found::None | Found::Several => None,
            }
        }
        (None, None) => None,
    };
    Ok(receipt.filter(|receipt| receipt.status.rank() > message.status().rank()))
}
