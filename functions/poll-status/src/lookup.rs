//! Asking the provider about messages whose fate is not known.
//!
//! A look-up only raises a status: that the provider does not find a message proves nothing, and
//! one of several candidates settles nothing.

use futures::stream::{self, StreamExt};
use infra::clock;
use infra::gateway::twilio::Found;
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
    stream::iter(open.into_iter().take(ASKED_MOST))
        .map(|message| async move {
            match ask(app, campaign, broadcast, &message).await {
                Ok(learnt) => learnt.unwrap_or(message.status()),
                Err(error) => {
                    tracing::warn!(message.id = %message.id, error = ?error, "failed to look a message up");
                    message.status()
                }
            }
        })
        .buffer_unordered(AT_ONCE)
        .fold(counts, |mut counts, status| async move {
            counts.add(status);
            counts
        })
        .await
}

async fn ask(
    app: &App,
    campaign: &Campaign,
    broadcast: &Broadcast,
    message: &Message,
) -> anyhow::Result<Option<Status>> {
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
    let Some(receipt) = receipt.filter(|receipt| receipt.status.rank() > message.status().rank())
    else {
        return Ok(None);
    };
    let status = receipt.status;
    let reference = MessageRef {
        organization_id: message.organization_id,
        campaign_id: message.campaign_id,
        message_id: message.id,
        kind: Kind::Campaign,
    };
    let delivery = Delivery { message: reference, to: message.to.clone(), receipt };
    app.table.try_receipt(&delivery, broadcast.shards).await?;
    Ok(Some(status))
}
