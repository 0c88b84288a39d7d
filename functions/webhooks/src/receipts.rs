//! Handles what is on the queues. Receipts of one message are combined into one write, and many
//! writes share a request.

mod body;

use std::collections::HashMap;

use infra::batch::{self, BatchResponse, Parsed, SqsEvent};
use infra::table::{ReceiptApplied, TableError};
use infra::trace::Scope;
use infra::{clock, metrics};
use shared::message::{FailureReason, Kind};
use shared::receipt::{Channel, Delivery, MessageRef, Receipt, fold};
use shared::shard::Shards;
use shared::time::Timestamp;
use shared::unsubscribe::Preference;

use crate::callbacks::{self, Retaken};
use crate::organizations::REMEMBERED;
use crate::{App, confirm, inbound};
use body::{Body, Content};

/// A receipt with its queue message's id.
struct Queued<'a> {
    id: String,
    delivery: Delivery,
    scope: Scope<'a>,
}

/// Receipts of one batch about the same message and provider id.
struct Folded<'a> {
    delivery: Delivery,
    /// The ids of the receipts' queue messages.
    queued: Vec<String>,
    /// Where the first of them belongs. They differ only if the message was handed over twice.
    scope: Scope<'a>,
}

pub(crate) async fn apply(app: &App, event: SqsEvent, request_id: &str) -> BatchResponse {
    let mut response = BatchResponse::default();
    let parsed: Vec<Parsed<Body>> = batch::parse(event, &app.dead_letters, &mut response).await;
    let (mut receipts, mut replies) = (Vec::new(), Vec::new());
    for Parsed { message_id: id, sent_at, body } in parsed {
        let scope = body.scope(request_id);
        match scope.run(take(app, body.content, sent_at)).await {
            Some(Retaken::Receipt(delivery)) => receipts.push(Queued { id, delivery, scope }),
            Some(Retaken::Reply(reply)) => replies.extend(reply.map(|reply| (scope, reply))),
            Some(Retaken::Nothing) => {}
            None => response.fail(id),
        }
    }
    // Only once everything that people sent is stored.
    confirm::send_replies(app, replies).await;
    for round in rounds(receipts) {
        let results = apply_round(app, &round).await;
        let applied = round.iter().zip(&results).filter(|(_, result)| result.is_ok());
        let receipts =
            applied.map(|(Folded { delivery: Delivery { receipt, .. }, .. }, _)| receipt);
        let ends = receipts.map(|receipt| (receipt.status, receipt.reason));
        metrics::count_receipts(ends, clock::now());
        for (folded, result) in round.into_iter().zip(results) {
            if let Err(error) = result {
                let log = || tracing::error!(error = ?error, "failed to apply receipts");
                folded.scope.log(log);
                for id in folded.queued {
                    response.fail(id);
                }
            }
        }
    }
    response.retry_soon(&app.dead_letters).await;
    response
}

/// Handles a message of the queue, except that a receipt is only returned: many share a request.
/// Returns `None` if that failed.
async fn take(app: &App, content: Content, sent_at: Option<Timestamp>) -> Option<Retaken> {
    let taken = match content {
        Content::Receipt(delivery) => Ok(Retaken::Receipt(delivery)),
        Content::Webhook(webhook) => {
            callbacks::retake(app, &webhook.request, webhook.received_at).await
        }
        Content::Inbound(inbound) => {
            let at = sent_at.unwrap_or_else(clock::now);
            inbound::hear_event(app, &inbound, at).await.map(Retaken::Reply)
        }
        Content::Ignored => Ok(Retaken::Nothing),
    };
    let log = |error: &anyhow::Error| {
        tracing::error!(error = ?error, "failed to take a message of the queue");
    };
    taken.inspect_err(log).ok()
}

/// Groups receipts into rounds. Receipts of one message with two provider ids are about two
/// messages, only one of which is ours. They are in different rounds, because a request can write
/// an item only once.
fn rounds(queued: Vec<Queued<'_>>) -> Vec<Vec<Folded<'_>>> {
    let mut groups: HashMap<MessageRef, HashMap<String, Vec<Queued<'_>>>> = HashMap::new();
    for receipt in queued {
        let Delivery { message, receipt: Receipt { provider_id, .. }, .. } = &receipt.delivery;
        let of_message = groups.entry(*message).or_default();
        of_message.entry(provider_id.clone()).or_default().push(receipt);
    }
    let mut rounds: Vec<Vec<Folded<'_>>> = Vec::new();
    for of_message in groups.into_values() {
        for (round, folded) in of_message.into_values().flat_map(folded).enumerate() {
            if rounds.len() == round {
                rounds.push(Vec::new());
            }
            rounds[round].push(folded);
        }
    }
    rounds
}

/// The receipt that counts, followed by one that contradicts it, which is recorded too.
fn folded(receipts: Vec<Queued<'_>>) -> Vec<Folded<'_>> {
    let best = fold(receipts.iter().map(|receipt| receipt.delivery.receipt.clone()));
    let Some(best) = best else { return Vec::new() };
    let (contrary, others): (Vec<_>, Vec<_>) =
        receipts.into_iter().partition(|it| it.delivery.receipt.contradicts(&best));
    let contradiction = contrary.first().map(|it| it.delivery.receipt.clone());
    let folded = [(Some(best), others), (contradiction, contrary)];
    folded.into_iter().filter_map(|(receipt, queued)| fold_into(receipt?, queued)).collect()
}

fn fold_into(receipt: Receipt, queued: Vec<Queued<'_>>) -> Option<Folded<'_>> {
    let first = queued.first()?;
    let delivery = Delivery { receipt, ..first.delivery.clone() };
    let scope = first.scope.clone();
    Some(Folded { delivery, queued: queued.into_iter().map(|it| it.id).collect(), scope })
}

async fn apply_round(app: &App, round: &[Folded<'_>]) -> Vec<anyhow::Result<()>> {
    let mut results: Vec<anyhow::Result<()>> = round.iter().map(|_| Ok(())).collect();
    let mut known = Vec::new();
    for (place, folded) in round.iter().enumerate() {
        match folded.scope.run(prepare(app, &folded.delivery)).await {
            Ok(Some(shards)) => known.push((place, (folded.delivery.clone(), shards))),
            Ok(None) => {}
            Err(error) => results[place] = Err(error),
        }
    }
    let (places, deliveries): (Vec<usize>, Vec<(Delivery, Shards)>) = known.into_iter().unzip();
    let applied = match app.table.apply_receipts(&deliveries, Channel::Callback).await {
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
        let conclude = conclude(app, applied, delivery, *shards);
        results[place] = round[place].scope.run(conclude).await;
    }
    results
}

/// Does what is left after a receipt's write.
async fn conclude(
    app: &App,
    applied: Result<ReceiptApplied, TableError>,
    delivery: &Delivery,
    shards: Shards,
) -> anyhow::Result<()> {
    match applied? {
        ReceiptApplied::Done | ReceiptApplied::Known => {
            tracing::info!(status = ?delivery.receipt.status, "applied a receipt");
        }
        ReceiptApplied::Foreign => {
            tracing::warn!("dropped a receipt of another organization's message");
        }
        ReceiptApplied::Early => {
            tracing::warn!("parked a receipt");
            app.table.park(delivery, shards).await?;
        }
    }
    Ok(())
}

/// Registers the receipt's opt-out before it is applied. Returns the number of shards of its
/// organization's messages, or `None` if there is no such organization.
async fn prepare(app: &App, delivery: &Delivery) -> anyhow::Result<Option<Shards>> {
    let organization_id = delivery.message.organization_id;
    let found = app.organizations.find(&app.table, organization_id, REMEMBERED).await?;
    let Some(shards) = found.map(|organization| organization.shards) else {
        tracing::warn!("dropped a receipt of no organization");
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
    shards: Shards,
) -> anyhow::Result<Option<Preference>> {
    if delivery.to.is_some() || delivery.receipt.reason != Some(FailureReason::Unsubscribed) {
        return Ok(Preference::told_by(delivery));
    }
    let MessageRef { organization_id, campaign_id, message_id, kind } = delivery.message;
    let message = match kind {
        Kind::Campaign => {
            app.table.message(organization_id, campaign_id, message_id, shards).await?
        }
        Kind::Test | Kind::Reply => {
            let single = app.table.single_message(&delivery.message).await?;
            single.map(|single| single.message)
        }
    };
    let to = message.and_then(|message| message.to);
    Ok(Preference::told_by(&Delivery { to, ..delivery.clone() }))
}
