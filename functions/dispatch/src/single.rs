//! Dispatches a test or a reply to one phone, which need not be a contact's. A person who has opted
//! out gets a test only if the caller confirmed that, and never a reply.

use std::sync::Arc;

use infra::clock;
use infra::gateway::Gateway;
use infra::table::{Settlement, SingleMessage};
use shared::body::Body;
use shared::job::DispatchJob;
use shared::message::{FailureReason, Message, Outcome, Status};
use shared::organization::Organization;
use shared::pace::Pace;
use shared::receipt::MessageRef;
use shared::recipient::Recipient;
use shared::sender::Sender;
use shared::time::Timestamp;

use crate::App;
use crate::claim::{self, Claim, Token};
use crate::send::{self, Answered, Outbound};
use crate::settle::{GivenBack, Settled};
use crate::single_end;

const RETRY_SECONDS: u32 = 10;
/// After this time a message fails, because its sender is waiting for the text.
const GIVEN_UP_SECONDS: i64 = 300;

pub(crate) async fn dispatch(app: &App, message: &MessageRef) -> anyhow::Result<()> {
    let Some(sent) = app.table.single_message(message).await? else {
        return Ok(());
    };
    let Some(organization) = app.table.organization(message.organization_id).await? else {
        return Ok(());
    };
    if sent.message.status() == Status::Unknown {
        single_end::look_up(app, &sent, organization.shards).await?;
        return single_end::finish(app, &sent.message, organization.shards).await;
    }
    let settled = send_single(app, &organization, &sent).await?;
    let Some(wait) = wait_seconds(settled, clock::now())? else {
        return single_end::finish(app, &sent.message, organization.shards).await;
    };
    Ok(app.queues.send(&DispatchJob::of_single(message).into(), wait).await?)
}

/// Claims, sends and settles a message.
async fn send_single(
    app: &App,
    organization: &Organization,
    single: &SingleMessage,
) -> anyhow::Result<Settled> {
    let refusal = refusal(app, organization, single).await?;
    let is_halted = app.halts.of(&app.table, organization.id).await?.is_halted;
    let gateway = gateway_of(app, single).await?.filter(|_| !is_halted);
    let SingleMessage { message, from, body, is_dry_run, .. } = single;
    let (token, shards, is_dry_run) = (Token::new(), organization.shards, *is_dry_run);
    let written = app.table.claim_single(message, &token.text, clock::now()).await?;
    let closed = claim::close_existing(app, &written, &token.text, shards).await?;
    let claim = Claim { recipient: message.recipient(), message: message.clone(), token };
    let answered = match closed {
        Some(settled) => Answered::Closed(settled),
        None => match (refusal, gateway.filter(|_| !is_too_late(message))) {
            (Some(reason), _) => Answered::Outcome(failed(&claim, reason)),
            (None, Some(gateway)) => {
                let gateway = gateway.as_ref();
                let outbound = Outbound { gateway, from, body, shards, is_dry_run };
                send::send_claimed(app, &claim, &outbound).await?
            }
            (None, None) => Answered::Outcome(failed(&claim, FailureReason::ProviderError)),
        },
    };
    Ok(match answered {
        Answered::Closed(settled) => settled,
        Answered::Outcome(settlement) => {
            if settlement.outcome.failure().is_none() && !is_dry_run {
                go_ahead(app, from, body, &claim.recipient).await;
            }
            let written = app.table.settle_all(&[settlement], shards).await?;
            written.into_iter().collect::<Result<Vec<bool>, _>>()?;
            Settled::ByThisWorker
        }
    })
}

/// The message's gateway; `None` if the message is to fail without one.
async fn gateway_of(app: &App, single: &SingleMessage) -> anyhow::Result<Option<Arc<dyn Gateway>>> {
    let id = single.message.id;
    match app.gateways.of(&single.from).await {
        Ok(gateway) => Ok(Some(gateway)),
        Err(error) if error.is_permanent() => {
            tracing::error!(message.id = %id, error = ?anyhow::Error::from(error), "no gateway");
            Ok(None)
        }
        Err(_) if is_too_late(&single.message) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// How long a message waits for its next attempt; `None` if it has ended.
fn wait_seconds(settled: Settled, now: Timestamp) -> anyhow::Result<Option<u32>> {
    Ok(match settled {
        Settled::ByThisWorker | Settled::Before | Settled::Unknown => None,
        Settled::GivenBack(GivenBack::Unreachable | GivenBack::Silent | GivenBack::Halted(_)) => {
            Some(RETRY_SECONDS)
        }
        Settled::GivenBack(GivenBack::Throttled { retry_after }) => {
            Some(u32::try_from(retry_after.as_secs())?.clamp(RETRY_SECONDS, 900))
        }
        Settled::Busy { until } => {
            let seconds = until.since(now).num_seconds().clamp(0, 900);
            Some(u32::try_from(seconds)? + 1)
        }
    })
}

/// Lets a message go ahead of campaigns, because its sender is waiting for the text. Campaigns' turns
/// come after it.
async fn go_ahead(app: &App, from: &Sender, body: &Body, recipient: &Recipient) {
    let (parts, now) = (body.parts_for(recipient).into(), clock::now());
    let count = |pace: Pace| (pace.ahead_of_all(parts, from.parts_per_second, now), ());
    if let Err(error) = app.table.update_pace(&from.phone, count).await {
        tracing::warn!(error = ?anyhow::Error::from(error), "did not count a message in its sender's pace");
    }
}

/// Why the message may not be sent: the person was erased or, unless the caller confirmed it, has
/// opted out.
async fn refusal(
    app: &App,
    organization: &Organization,
    single: &SingleMessage,
) -> anyhow::Result<Option<FailureReason>> {
    let Some(to) = &single.message.to else { return Ok(Some(FailureReason::Erased)) };
    if single.is_confirmed || single.is_dry_run {
        return Ok(None);
    }
    let opted_out = app.table.unsubscribe(organization, to).await?;
    Ok(opted_out.map(|_| FailureReason::Unsubscribed))
}

fn failed(claim: &Claim, reason: FailureReason) -> Settlement {
    let outcome = Outcome::Failed { reason, code: None, at: clock::now() };
    let token = claim.token.text.clone();
    Settlement { message: claim.message.reference(), token, outcome }
}

fn is_too_late(message: &Message) -> bool {
    clock::now() >= message.created_at.plus_seconds(GIVEN_UP_SECONDS)
}
