//! Applying receipts: those of one message are folded into one write.

use std::collections::HashMap;

use infra::batch::{self, BatchResponse, Parsed, SqsEvent};
use infra::table::ReceiptApplied;
use serde::Deserialize;
use shared::message::FailureReason;
use shared::receipt::{Delivery, MessageRef, fold};
use shared::unsubscribe::{Preference, Source};

use crate::App;

#[derive(Deserialize)]
struct Body {
    delivery: Delivery,
}

pub(crate) async fn apply(app: &App, event: SqsEvent) -> BatchResponse {
    let mut response = BatchResponse::default();
    let parsed: Vec<Parsed<Body>> = batch::parse(event, &app.dead_letters, &mut response).await;
    // Receipts under two of the provider's ids are about two messages, of which one is ours.
    let mut messages: HashMap<(MessageRef, String), Vec<Parsed<Body>>> = HashMap::new();
    for receipt in parsed {
        let delivery = &receipt.body.delivery;
        let key = (delivery.message, delivery.receipt.provider_id.clone());
        messages.entry(key).or_default().push(receipt);
    }
    let applied = messages.into_values().map(|receipts| async move {
        let result = apply_folded(app, &receipts).await;
        (receipts, result)
    });
    for (receipts, result) in futures::future::join_all(applied).await {
        if let Err(error) = result {
            tracing::error!(error = ?error, "failed to apply receipts");
            for receipt in receipts {
                response.fail(receipt.message_id);
            }
        }
    }
    response
}

async fn apply_folded(app: &App, receipts: &[Parsed<Body>]) -> anyhow::Result<()> {
    let folded = fold(receipts.iter().map(|receipt| receipt.body.delivery.receipt.clone()));
    let Some((first, receipt)) = receipts.first().zip(folded) else {
        return Ok(());
    };
    let delivery = Delivery { receipt, ..first.body.delivery.clone() };
    let MessageRef { organization_id, message_id, .. } = delivery.message;
    let Some(shards) = app.shards(organization_id).await? else {
        tracing::warn!(message.id = %message_id, "dropped a receipt of no organisation");
        return Ok(());
    };
    if delivery.receipt.reason == Some(FailureReason::Unsubscribed) {
        suppress(app, &delivery, shards).await?;
    }
    if app.table.apply_receipt(&delivery, shards).await? == ReceiptApplied::Parked {
        tracing::warn!(message.id = %message_id, "parked a receipt");
    }
    Ok(())
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
