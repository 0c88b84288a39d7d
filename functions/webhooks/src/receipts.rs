//! Applying receipts: those of one message are folded into one write, and many writes share a
//! request.

use std::collections::HashMap;

use infra::batch::{self, BatchResponse, Parsed, SqsEvent};
use infra::table::ReceiptApplied;
use serde::Deserialize;
use shared::message::FailureReason;
use shared::receipt::{Delivery, MessageRef, Receipt, fold};
use shared::unsubscribe::{Preference, Source};

use crate::App;

#[derive(Deserialize)]
struct Body {
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
    for round in rounds(parsed) {
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
    response
}

/// Folds receipts. Those of one message under two of the provider's ids are about two messages, of
/// which one is ours: they come in different rounds, since a request writes an item once.
fn rounds(parsed: Vec<Parsed<Body>>) -> Vec<Vec<Folded>> {
    let mut groups: HashMap<MessageRef, HashMap<String, Vec<Parsed<Body>>>> = HashMap::new();
    for receipt in parsed {
        let Delivery { message, receipt: Receipt { provider_id, .. }, .. } = &receipt.body.delivery;
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

fn folded(receipts: Vec<Parsed<Body>>) -> Option<Folded> {
    let receipt = fold(receipts.iter().map(|receipt| receipt.body.delivery.receipt.clone()))?;
    let delivery = Delivery { receipt, ..receipts.first()?.body.delivery.clone() };
    let queued = receipts.into_iter().map(|receipt| receipt.message_id).collect();
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
    let Some(shards) = app.shards(organization_id).await? else {
        tracing::warn!(message.id = %message_id, "dropped a receipt of no organisation");
        return Ok(None);
    };
    if delivery.receipt.reason == Some(FailureReason::Unsubscribed) {
        suppress(app, delivery, shards).await?;
    }
    Ok(Some(shards))
}

async fn park(app: &App, delivery: &Delivery, shards: u16) -> anyhow::Result<()> {
    tracing::warn!(message.id = %delivery.message.message_id, "parked a receipt");
    Ok(app.table.park(delivery, shards).await?)
}

/// Keeps an opt-out that the provider told by a receipt.
async fn suppress(app: &App, delivery: &Delivery, shards: u16) -> anyhow::Result<()> {
    let preference = Preference {
        organization_id: delivery.message.organization_id,
        phone: delivery.to.clone(),
        subscribed: false,
        changed_at: delivery.receipt.at,
        source: Source::Provider,
        campaign_id: Some(delivery.message.campaign_id),
        evidence: delivery.receipt.code.clone(),
    };
    app.table.register(&preference, shards).await?;
    Ok(())
}
