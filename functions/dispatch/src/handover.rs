//! Sends one message: claim, gateway, outcome.
//!
//! The claim comes first and is written once. Then there is a single request to the provider, and
//! its result is written on the condition that the claim still has this worker's token. If the
//! worker dies in between, no one else can use its claim. Once the claim is too old for its worker
//! to be alive, the message is marked unknown, and is never sent again.

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

/// The result of one message for this worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Member {
    Settled {
        by_this_worker: bool,
    },
    /// Settled by this worker as `unknown`: the provider's response was ambiguous.
    Unknown,
    /// Given back: the provider's responses to other messages were ambiguous.
    Silent,
    /// Given back: the provider was unreachable.
    Unreachable,
    /// Given back: the provider asked to wait.
    Throttled {
        retry_after: Duration,
    },
    /// Given back: the provider currently accepts no message of this campaign.
    Halted(Halt),
    /// Another worker may be sending it until then.
    Busy {
        until: Timestamp,
    },
}

const SETTLED_BEFORE: Member = Member::Settled { by_this_worker: false };

/// What to send, from which sender, through which gateway, and the number of the messages' shards.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
    pub(crate) gateway: &'a dyn Gateway,
    pub(crate) from: &'a Sender,
    pub(crate) body: &'a str,
    pub(crate) shards: u16,
    /// Whether to ask the provider without sending.
    pub(crate) is_dry_run: bool,
}

/// A claim token and when it was requested. It is valid for a limited time.
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

/// The result of sending a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Handed {
    /// To be written before the message counts as settled.
    Learnt(Settlement),
    /// Nothing is left to write.
    Counted(Member),
}

/// What remains to be done after a claim: send the message if `None`, or else only count it.
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
            // If not, another worker was sending it after all, and may even have given its claim
            // back.
            Some(if marked { SETTLED_BEFORE } else { Member::Busy { until: now } })
        }
    })
}

/// Sends a message that this worker has claimed. If the provider asked another of the chunk's
/// messages to wait, this one shares that result without a request.
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
        // This worker was too slow, which says nothing about the provider.
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
            // The provider certainly doesn't have the message, whether or not this succeeds.
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

/// Gives a claim back, unless something was recorded about its message in the meantime.
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

/// Registers an opt-out that the provider reported, so that no campaign tries the phone again.
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
