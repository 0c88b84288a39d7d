//! Handles what is on the queues. Receipts of one message are combined into one write, and many
//! writes share a request.

use std::collections::HashMap;

use infra::batch::{self, BatchResponse, Parsed, SqsEvent};
use infra::clock;
use infra::gateway::{Inbound, ProviderEvent, read_queued};
use infra::table::ReceiptApplied;
use serde::Deserialize;
use serde_json::Value;
use shared::message::{FailureReason, Kind};
use shared::receipt::{Delivery, MessageRef, Receipt, fold};
use shared::time::Timestamp;
use shared::unsubscribe::Preference;

use crate::callbacks::{self, Retaken};
use crate::http::Request;
use crate::organizations::REMEMBERED;
use crate::{App, inbound};

/// Callbacks that were accepted, webhooks that could not be handled at first, and events that a
/// provider published.
#[derive(Deserialize)]
#[serde(try_from = "Value")]
enum Body {
    Receipt(Delivery),
    Webhook(Box<Webhook>),
    Inbound(Inbound),
    Ignored,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Webhook {
    request: Request,
    received_at: Timestamp,
}

impl TryFrom<Value> for Body {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        if value.get("v").is_some() {
            if let Some(delivery) = value.get("delivery") {
                let delivery = Delivery::deserialize(delivery);
                return delivery.map(Self::Receipt).map_err(|error| error.to_string());
            }
            if let Some(webhook) = value.get("webhook") {
                let webhook = Webhook::deserialize(webhook).map(Box::new);
                return webhook.map(Self::Webhook).map_err(|error| error.to_string());
            }
        }
        match read_queued(&value, clock::now()) {
            Some(ProviderEvent::Receipt(delivery)) => Ok(Self::Receipt(delivery)),
            Some(ProviderEvent::Inbound(inbound)) => Ok(Self::Inbound(inbound)),
            Some(ProviderEvent::Ignored) => Ok(Self::Ignored),
            None => Err("neither a receipt nor an event".to_owned()),
        }
    }
}

/// A receipt with its queue message's id.
struct Queued {
    id: String,
    delivery: Delivery,
}

/// Receipts of one batch about the same message and provider id.
struct Folded {
    delivery: Delivery,
    /// The ids of the receipts' queue messages.
    queued: Vec<String>,
}

pub(crate) async fn apply(app: &App, event: SqsEvent) -> BatchResponse {
    let mut response = BatchResponse::default();
    let parsed: Vec<Parsed<Body>> = batch::parse(event, &app.dead_letters, &mut response).await;
    let (mut receipts, mut replies) = (Vec::new(), Vec::new());
    for Parsed { message_id: id, sent_at, body } in parsed {
        let taken = match body {
            Body::Receipt(delivery) => Ok(Retaken::Receipt(delivery)),
            Body::Webhook(webhook) => {
                callbacks::retake(app, &webhook.request, webhook.received_at).await
            }
            Body::Inbound(inbound) => {
                let at = sent_at.unwrap_or_else(clock::now);
                inbound::hear_event(app, &inbound, at).await.map(Retaken::Reply)
            }
            Body::Ignored => Ok(Retaken::Nothing),
        };
        match taken {
            Ok(Retaken::Receipt(delivery)) => receipts.push(Queued { id, delivery }),
            Ok(Retaken::Reply(reply)) => replies.extend(reply),
            Ok(Retaken::Nothing) => {}
            Err(error) => {
                tracing::error!(error = ?error, "failed to take a message of the queue");
                response.fail(id);
            }
        }
    }
    // Only once everything that people sent is stored.
    inbound::send_replies(app, replies).await;
    for round in rounds(receipts) {
        let results = apply_round(app, &round).await;
        for (folded, result) in round.into_iter().zip(results) {
            if let Err(error) = result {
                let id = folded.delivery.message.message_id;
                tracing::error!(message.id = %id, error = ?error, "failed to apply receipts");
                for id in folded.queued {
                    response.fail(id);
                }
            }
        }
    }
    response.retry_soon(&app.dead_letters).await;
    response
}

/// Groups receipts into rounds. Receipts of one message with two provider ids are about two
/// messages, only one of which is ours. They are in different rounds, because a request can write
/// an item only once.
fn rounds(queued: Vec<Queued>) -> Vec<Vec<Folded>> {
    let mut groups: HashMap<MessageRef, HashMap<String, Vec<Queued>>> = HashMap::new();
    for receipt in queued {
        let Delivery { message, receipt: Receipt { provider_id, .. }, .. } = &receipt.delivery;
        let of_message = groups.entry(*message).or_default();
        of_message.entry(provider_id.clone()).or_default().push(receipt);
    }
    let mut rounds: Vec<Vec<Folded>> = Vec::new();
    for of_message in groups.into_values() {
        for (round, receipts) in of_message.into_values().enumerate() {
            if rounds.len() == round {
                rounds.push(Vec::new());
            }
            rounds[round].extend(folded(receipts));
        }
    }
    rounds
}

fn folded(receipts: Vec<Queued>) -> Option<Folded> {
    let receipt = fold(receipts.iter().map(|receipt| receipt.delivery.receipt.clone()))?;
    let delivery = Delivery { receipt, ..receipts.first()?.delivery.clone() };
    let queued = receipts.into_iter().map(|receipt| receipt.id).collect();
    Some(Folded { delivery, queued })
}

async fn apply_round(app: &App, round: &[Folded]) -> Vec<anyhow::Result<()>> {
    let mut results: Vec<anyhow::Result<()>> = round.iter().map(|_| Ok(())).collect();
    let mut known = Vec::new();
    for (place, folded) in round.iter().enumerate() {
        match prepare(app, &folded.delivery).await {
            Ok(Some(shards)) => known.push((place, (folded.delivery.clone(), shards))),
            Ok(None) => {}
            Err(error) => results[place] = Err(error),
        }
    }
    let (places, deliveries): (Vec<usize>, Vec<(Delivery, u16)>) = known.into_iter().unzip();
    let applied = match app.table.apply_receipts(&deliveries).await {
        Ok(applied) => applied,
        Err(error) => {
            // Perhaps none was applied, so the queue delivers all of them again.
            let error = std::sync::Arc::new(error);
            for place in places {
                results[place] = Err(error.clone().into());
            }
            return results;
        }
    };
    for ((place, applied), (delivery, shards)) in places.into_iter().zip(applied).zip(&deliveries) {
        results[place] = match applied {
            Ok(ReceiptApplied::Done | ReceiptApplied::Known) => Ok(()),
            Ok(ReceiptApplied::Foreign) => {
                let id = delivery.message.message_id;
                tracing::warn!(message.id = %id, "dropped a receipt of another organization's message");
                Ok(())
            }
            Ok(ReceiptApplied::Early) => park(app, delivery, *shards).await,
            Err(error) => Err(error.into()),
        };
    }
    results
}

/// Registers the receipt's opt-out before it is applied. Returns the number of shards of its
/// organization's messages, or `None` if there is no such organization.
async fn prepare(app: &App, delivery: &Delivery) -> anyhow::Result<Option<u16>> {
    let MessageRef { organization_id, message_id, .. } = delivery.message;
    let found = app.organizations.find(&app.table, organization_id, REMEMBERED).await?;
    let Some(shards) = found.map(|organization| organization.shards) else {
        tracing::warn!(message.id = %message_id, "dropped a receipt of no organization");
        return Ok(None);
    };
    if let Some(opt_out) = opt_out(app, delivery, shards).await? {
        app.table.register(&opt_out, shards).await?;
    }
    Ok(Some(shards))
}

/// The opt-out that a receipt reports, if any. If the provider named no phone, it is the message's.
async fn opt_out(
    app: &App,
    delivery: &Delivery,
    shards: u16,
) -> anyhow::Result<Option<Preference>> {
    if delivery.to.is_some() || delivery.receipt.reason != Some(FailureReason::Unsubscribed) {
        return Ok(Preference::told_by(delivery));
    }
    let MessageRef { organization_id, campaign_id, message_id, kind } = delivery.message;
    let message = match kind {
        Kind::Campaign => {
            app.table.message(organization_id, campaign_id, message_id, shards).await?
        }
        Kind::Test => {
            let test = app.table.test_message(organization_id, campaign_id, message_id).await?;
            test.map(|test| test.message)
        }
    };
    let to = message.map(|message| message.to);
    Ok(Preference::told_by(&Delivery { to, ..delivery.clone() }))
}

async fn park(app: &App, delivery: &Delivery, shards: u16) -> anyhow::Result<()> {
    tracing::warn!(message.id = %delivery.message.message_id, "parked a receipt");
    Ok(app.table.park(delivery, shards).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Receipts stay on their queue during deployments, so their serialized form is a contract. The
    /// second version's is the same as the first's.
    #[test]
    fn what_every_version_wrote_is_understood() {
        for version in 1..=shared::job::VERSION {
            let written = serde_json::json!({
                "v": version,
                "delivery": {
                    "message": {
                        "organization_id": "00000000-0000-0000-0000-000000000001",
                        "campaign_id": "00000000-0000-0000-0000-000000000002",
                        "message_id": "00000000-0000-0000-0000-000000000003",
                        "kind": "campaign",
                    },
                    "to": "+14155550123",
                    "receipt": {
                        "provider_id": "SM1",
                        "status": "failed",
                        "reason": "filtered",
                        "code": "30007",
                        "at": "2026-11-23T09:00:00.000Z",
                    },
                },
            });
            let Ok(Body::Receipt(delivery)) = Body::try_from(written.clone()) else {
                panic!("version {version} is not understood");
            };
            assert_eq!(serde_json::json!(delivery), written["delivery"]);
        }
    }
}
