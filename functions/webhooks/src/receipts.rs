//! Applying receipts: those of one message are folded into one write, and many writes share a
//! request.

use std::collections::HashMap;

use infra::batch::{self, BatchResponse, Parsed, SqsEvent};
use infra::clock;
use infra::gateway::aws::{Event, Inbound};
use infra::table::ReceiptApplied;
use serde::Deserialize;
use serde_json::Value;
use shared::receipt::{Delivery, MessageRef, Receipt, fold};
use shared::unsubscribe::Preference;

use crate::organizations::REMEMBERED;
use crate::{App, inbound};

/// What lies on the queues: callbacks that were taken, and events that AWS published.
#[derive(Deserialize)]
#[serde(try_from = "Value")]
enum Body {
    Receipt(Delivery),
    Inbound(Inbound),
    Silent,
}

impl TryFrom<Value> for Body {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        if let (Some(_), Some(delivery)) = (value.get("v"), value.get("delivery")) {
            let delivery = Delivery::deserialize(delivery);
            return delivery.map(Self::Receipt).map_err(|error| error.to_string());
        }
        match Event::read(&value, clock::now()) {
            Some(Event::Receipt(delivery)) => Ok(Self::Receipt(delivery)),
            Some(Event::Inbound(inbound)) => Ok(Self::Inbound(inbound)),
            Some(Event::Silent) => Ok(Self::Silent),
            None => Err("neither a receipt nor an event".to_owned()),
        }
    }
}

/// A receipt with the queue's id of it.
struct Queued {
    id: String,
    delivery: Delivery,
}

/// Receipts that came together about one message, under one of the provider's ids.
struct Folded {
    delivery: Delivery,
    /// The queue's ids of the receipts.
    queued: Vec<String>,
}

pub(crate) async fn apply(app: &App, event: SqsEvent) -> BatchResponse {
    let mut response = BatchResponse::default();
    let parsed: Vec<Parsed<Body>> = batch::parse(event, &app.dead_letters, &mut response).await;
    let (mut receipts, mut replies) = (Vec::new(), Vec::new());
    for Parsed { message_id: id, sent_at, body } in parsed {
        match body {
            Body::Receipt(delivery) => receipts.push(Queued { id, delivery }),
            Body::Inbound(inbound) => {
                let at = sent_at.unwrap_or_else(clock::now);
                match inbound::take_published(app, &inbound, at).await {
                    Ok(reply) => replies.extend(reply),
                    Err(error) => {
                        tracing::error!(error = ?error, "failed to take an inbound word");
                        response.fail(id);
                    }
                }
            }
            Body::Silent => {}
        }
    }
    // Only once every word stands.
    inbound::reply(app, replies).await;
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

/// Folds receipts. Those of one message under two of the provider's ids are about two messages, of
/// which one is ours: they come in different rounds, since a request writes an item once.
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
            // None may have been applied: the queue hands all of them out again.
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
            Ok(ReceiptApplied::Early) => park(app, delivery, *shards).await,
            Err(error) => Err(error.into()),
        };
    }
    results
}

/// What comes before a receipt is applied. Answers over how many shards its organisation's
/// messages are spread; `None` if there is no such organisation.
async fn prepare(app: &App, delivery: &Delivery) -> anyhow::Result<Option<u16>> {
    let MessageRef { organization_id, message_id, .. } = delivery.message;
    let found = app.organizations.find(&app.table, organization_id, REMEMBERED).await?;
    let Some(shards) = found.map(|organization| organization.shards) else {
        tracing::warn!(message.id = %message_id, "dropped a receipt of no organisation");
        return Ok(None);
    };
    if let Some(opt_out) = Preference::told_by(delivery) {
        app.table.register(&opt_out, shards).await?;
    }
    Ok(Some(shards))
}

async fn park(app: &App, delivery: &Delivery, shards: u16) -> anyhow::Result<()> {
    tracing::warn!(message.id = %delivery.message.message_id, "parked a receipt");
    Ok(app.table.park(delivery, shards).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Receipts lie on their queue while a new version is deployed, so their written form is a
    /// contract. The second version's is the first's.
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
