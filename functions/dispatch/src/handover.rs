//! Handing one message over: claim, gateway, outcome.
//!
//! The claim comes first and is written once. After it there is one request to the provider, and
//! what came of it is written on the claim's token. A worker that dies in between leaves a claim
//! that nobody else may use: once it is too old for any worker to be behind it, the message is
//! known to be unknown, and is never sent again.

use std::time::{Duration, Instant};

use infra::clock;
use infra::gateway::{Gateway, Halt, Handover, Outgoing, Refusal};
use infra::table::{Claimed, Settlement};
use shared::actor::Actor;
use shared::message::{FailureReason, Found, Message, Outcome};
use shared::receipt::MessageRef;
use shared::sender::Sender;
use shared::time::Timestamp;
use shared::unsubscribe::{Preference, Source};

use crate::App;

/// What became of one message in this worker's hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Member {
    Settled {
        by_this_worker: bool,
    },
    /// Settled by this worker as `unknown`: the provider's answer was ambiguous.
    Unknown,
    /// Given back: the provider's answers to other messages were ambiguous.
    Silent,
    /// Given back: the provider was out of reach.
    Unreachable,
    /// Given back: the provider asked to wait.
    Throttled {
        retry_after: Duration,
    },
    /// Given back: the provider serves no message of this campaign now.
    Halted(Halt),
    /// In another worker's hands until then.
    Busy {
        until: Timestamp,
    },
}

const SETTLED_BEFORE: Member = Member::Settled { by_this_worker: false };

/// What is sent, by whom and through whom, and over how many shards its messages are spread.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
    pub(crate) gateway: &'a dyn Gateway,
    pub(crate) from: &'a Sender,
    pub(crate) body: &'a str,
    pub(crate) shards: u16,
    /// Whether the provider is only asked if it would send it.
    pub(crate) is_dry_run: bool,
}

/// This worker's right to hand messages over, for a while from when it asked for it.
#[derive(Clone, Debug)]
pub(crate) struct Right {
    pub(crate) token: String,
    pub(crate) since: Instant,
}

impl Right {
    pub(crate) fn new() -> Self {
        Self { token: clock::token(), since: Instant::now() }
    }
}

/// What handing a message over came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Handed {
    /// This is to be written before the message counts as settled.
    Learnt(Settlement),
    /// Nothing is left to write.
    Counted(Member),
}

/// What a claim leaves to do: to hand the message over, or nothing more than to count it.
pub(crate) async fn after_claim(
    app: &App,
    claimed: &Claimed,
    token: &str,
    shards: u16,
) -> anyhow::Result<Option<Member>> {
    let Claimed::Exists(found) = claimed else {
        return Ok(None);
    };
    let now = clock::now();
    Ok(match found.found_by(token, now, app.claim_seconds) {
        Found::Own => None,
        Found::Settled => Some(SETTLED_BEFORE),
        Found::Busy { until } => Some(Member::Busy { until }),
        Found::Abandoned => {
            let Some(claim) = &found.claim else { return Ok(Some(SETTLED_BEFORE)) };
            let marked =
                app.table.mark_unknown(&found.reference(), shards, &claim.token, now).await?;
            // If not, somebody was at it after all, and may even have given the claim back.
            Some(if marked { SETTLED_BEFORE } else { Member::Busy { until: now } })
        }
    })
}

/// Hands over a message that this worker has claimed. Where the provider has told another of the
/// chunk's messages to wait, that is what becomes of this one too, and it is not asked again.
pub(crate) async fn hand_over(
    app: &App,
    message: &Message,
    right: &Right,
    text: &Text<'_>,
    told: Option<Member>,
) -> anyhow::Result<Handed> {
    let (reference, token) = (message.reference(), right.token.as_str());
    let give_back = |member| give_back(app, reference, text, token, member);
    if let Some(told) = told {
        return give_back(told).await;
    }
    if right.since.elapsed() > app.handover_within {
        // This worker was too slow, which says nothing of the provider.
        return give_back(Member::Busy { until: clock::now() }).await;
    }
    let outgoing =
        Outgoing { message: Some(reference), from: text.from, to: &message.to, body: text.body };
    let answer = if text.is_dry_run {
        text.gateway.check(&outgoing).await
    } else {
        text.gateway.hand_over(&outgoing).await
    };
    let outcome = match answer {
        Handover::Accepted(provider_id) => Outcome::Accepted { provider_id, at: clock::now() },
        Handover::Refused(refusal) => {
            // The provider has certainly not taken the message, whether or not this succeeds.
            if refusal.reason == FailureReason::Unsubscribed
                && let Err(error) = suppress(app, message, &refusal, text).await
            {
                tracing::error!(message.id = %message.id, error = ?error, "failed to keep an opt-out");
            }
            let Refusal { reason, code } = refusal;
            Outcome::Failed { reason, code, at: clock::now() }
        }
        Handover::Ambiguous => {
            app.table.mark_unknown(&reference, text.shards, token, clock::now()).await?;
            return Ok(Handed::Counted(Member::Unknown));
        }
        Handover::Throttled { retry_after } => {
            let retry_after = retry_after.unwrap_or_default();
            return give_back(Member::Throttled { retry_after }).await;
        }
        Handover::Halted(halt) => return give_back(Member::Halted(halt)).await,
        Handover::Unreachable => return give_back(Member::Unreachable).await,
    };
    let token = token.to_owned();
    Ok(Handed::Learnt(Settlement { message: reference, token, outcome }))
}

/// Gives a claim back; where something was said of the message meanwhile, that stands.
async fn give_back(
    app: &App,
    message: MessageRef,
    text: &Text<'_>,
    token: &str,
    member: Member,
) -> anyhow::Result<Handed> {
    let released = app.table.release(&message, text.shards, token).await?;
    Ok(Handed::Counted(if released { member } else { SETTLED_BEFORE }))
}

/// Keeps an opt-out that the provider told, so that no campaign tries the number again.
async fn suppress(
    app: &App,
    message: &Message,
    refusal: &Refusal,
    text: &Text<'_>,
) -> anyhow::Result<()> {
    let preference = Preference {
        organization_id: message.organization_id,
        phone: message.to.clone(),
        subscribed: false,
        changed_at: clock::now(),
        source: Source::Provider,
        campaign_id: Some(message.campaign_id),
        evidence: refusal.code.clone(),
        changed_by: Some(Actor::System),
    };
    app.table.register(&preference, text.shards).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
