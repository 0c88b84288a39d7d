//! The second phase: sends a claimed message.
//!
//! There is a single request to the provider after a claim. Unless the provider certainly doesn't
//! have the message, it is never sent again.

use infra::clock;
use infra::gateway::{Gateway, Handover, Outgoing, Refusal};
use infra::table::Settlement;
use shared::actor::Actor;
use shared::body::Body;
use shared::message::{FailureReason, Message, Outcome};
use shared::sender::Sender;
use shared::shard::Shards;
use shared::unsubscribe::{Preference, Source};

use crate::App;
use crate::claim::{Claim, Claimed};
use crate::settle::{GivenBack, Settled};
use crate::watch::Watch;

/// A member of a chunk after this phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answered {
    /// The outcome, to be written before the message counts as settled.
    Outcome(Settlement),
    /// Nothing is left to write.
    Closed(Settled),
}

/// What to send, from which sender, through which gateway, and the number of the messages' shards.
#[derive(Clone, Copy)]
pub(crate) struct Outbound<'a> {
    pub(crate) gateway: &'a dyn Gateway,
    pub(crate) from: &'a Sender,
    pub(crate) body: &'a Body,
    pub(crate) shards: Shards,
    /// Whether to ask the provider without sending.
    pub(crate) is_dry_run: bool,
}

/// Sends a member of a chunk if this worker won its claim. If the provider's responses to others
/// mean that it would not be sent now, gives its claim back without a request.
pub(crate) async fn send_member(
    app: &App,
    claimed: Claimed,
    outbound: &Outbound<'_>,
    watch: &Watch,
) -> Answered {
    let claim = match claimed {
        Claimed::Closed(settled) => return Answered::Closed(settled),
        Claimed::Won(claim) => claim,
    };
    let answered = match watch.ask() {
        Err(reason) => give_back(app, &claim, outbound.shards, reason.into()).await,
        Ok(place) => {
            let answered = send_claimed(app, &claim, outbound).await;
            if let Ok(answered) = &answered {
                watch.hear(place, answered);
            }
            answered
        }
    };
    answered.unwrap_or_else(|error| {
        let id = claim.message.id;
        tracing::error!(message.id = %id, error = ?error, "failed to send a message");
        Answered::Closed(Settled::unclear(app))
    })
}

/// Sends a message that this worker has claimed.
pub(crate) async fn send_claimed(
    app: &App,
    claim: &Claim,
    outbound: &Outbound<'_>,
) -> anyhow::Result<Answered> {
    let Claim { recipient, message, token } = claim;
    let give_back = |reason| give_back(app, claim, outbound.shards, reason);
    if token.since.elapsed() > app.handover_within {
        // This worker was too slow, which says nothing about the provider.
        return give_back(Settled::Busy { until: clock::now() }).await;
    }
    let reference = message.reference();
    let Some(text) = outbound.body.text_for(recipient) else {
        // The chunk's texts were checked before any of them was claimed.
        anyhow::bail!("a message's text differs from the one that was frozen");
    };
    let Some(to) = &message.to else {
        // Erased members are never claimed, and a claim keeps what it was made with.
        anyhow::bail!("a message that is to be sent has no phone");
    };
    let outgoing = Outgoing { message: Some(reference), from: outbound.from, to, body: &text };
    let answer = if outbound.is_dry_run {
        outbound.gateway.check(&outgoing).await
    } else {
        outbound.gateway.hand_over(&outgoing).await
    };
    tracing::info!(message.id = %message.id, ?answer, "handed a message over");
    let outcome = match answer {
        Handover::Accepted(provider_id) => Outcome::Accepted { provider_id, at: clock::now() },
        Handover::Refused(refusal) => {
            // The provider certainly doesn't have the message, whether or not this succeeds.
            if refusal.reason == FailureReason::Unsubscribed
                && let Err(error) = suppress(app, message, &refusal, outbound.shards).await
            {
                tracing::error!(message.id = %message.id, error = ?error, "failed to keep an opt-out");
            }
            let Refusal { reason, code } = refusal;
            Outcome::Failed { reason, code, at: clock::now() }
        }
        Handover::Ambiguous => {
            let now = clock::now();
            app.table.mark_unknown(&reference, outbound.shards, &token.text, now).await?;
            return Ok(Answered::Closed(Settled::Unknown));
        }
        Handover::Throttled { retry_after } => {
            let retry_after = retry_after.unwrap_or_default();
            return give_back(GivenBack::Throttled { retry_after }.into()).await;
        }
        Handover::Halted(halt) => return give_back(GivenBack::Halted(halt).into()).await,
        Handover::Unreachable => return give_back(GivenBack::Unreachable.into()).await,
    };
    let token = token.text.clone();
    Ok(Answered::Outcome(Settlement { message: reference, token, outcome }))
}

/// Gives a claim back, unless something was recorded about its message in the meantime.
async fn give_back(
    app: &App,
    claim: &Claim,
    shards: Shards,
    reason: Settled,
) -> anyhow::Result<Answered> {
    let reference = claim.message.reference();
    let is_released = app.table.release(&reference, shards, &claim.token.text).await?;
    Ok(Answered::Closed(if is_released { reason } else { Settled::Before }))
}

/// Registers an opt-out that the provider reported, so that no campaign tries the phone again.
async fn suppress(
    app: &App,
    message: &Message,
    refusal: &Refusal,
    shards: Shards,
) -> anyhow::Result<()> {
    let Some(phone) = message.to.clone() else { return Ok(()) };
    let preference = Preference {
        organization_id: message.organization_id,
        phone,
        subscribed: false,
        changed_at: clock::now(),
        source: Source::Provider,
        campaign_id: message.reference().campaign(),
        evidence: refusal.code.clone(),
        changed_by: Some(Actor::System),
    };
    app.table.register(&preference, shards).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
