//! Handing one message over: claim, gateway, outcome.
//!
//! The claim comes first and is written once. After it there is one request to the provider, and
//! what came of it is written on the claim's token. A worker that dies in between leaves a claim
//! that nobody else may use: once it is too old for any worker to be behind it, the message is
//! known to be unknown, and is never sent again.

use std::time::{Duration, Instant};

use infra::clock;
use infra::gateway::{Handover, Outgoing, Refusal};
use infra::table::Claimed;
use shared::message::{FailureReason, Found, Kind, Message, Outcome};
use shared::phone::Phone;
use shared::receipt::MessageRef;
use shared::unsubscribe::{Preference, Source};

use crate::App;

/// What became of one message in this worker's hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Member {
    Settled,
    /// Given back: the provider was out of reach.
    Unreachable,
    /// Given back: the provider asked to wait.
    Throttled {
        retry_after: Duration,
    },
    /// In another worker's hands until then.
    Busy {
        until: shared::time::Timestamp,
    },
}

/// What is sent, by whom, and over how many shards its messages are spread.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
    pub(crate) from: &'a Phone,
    pub(crate) body: &'a str,
    pub(crate) shards: u16,
}

/// Settles a message to somebody who has unsubscribed since the fan-out.
pub(crate) async fn skip(app: &App, message: &Message, text: &Text<'_>) -> anyhow::Result<Member> {
    let (reason, now) = (FailureReason::Unsubscribed, clock::now());
    match app.table.fail_unclaimed(message, text.shards, reason, now).await? {
        Claimed::Won => Ok(Member::Settled),
        Claimed::Exists(found) => Ok(match judge(app, &found, "", text).await? {
            Judged::Mine => Member::Settled,
            Judged::Not(member) => member,
        }),
    }
}

pub(crate) async fn send(app: &App, message: &Message, text: &Text<'_>) -> anyhow::Result<Member> {
    let token = clock::token();
    let started = Instant::now();
    let claimed = match message.kind {
        Kind::Campaign => app.table.claim(message, text.shards, &token, clock::now()).await?,
        Kind::Test => app.table.claim_test(message, &token, clock::now()).await?,
    };
    if let Claimed::Exists(found) = claimed {
        match judge(app, &found, &token, text).await? {
            Judged::Mine => {}
            Judged::Not(member) => return Ok(member),
        }
    }
    let reference = reference(message);
    if started.elapsed() > app.handover_within {
        return give_back(app, &reference, text, &token, Member::Unreachable).await;
    }
    let outgoing =
        Outgoing { message: reference, from: text.from, to: &message.to, body: text.body };
    match app.gateway.hand_over(&outgoing).await {
        Handover::Accepted(provider_id) => {
            let outcome = Outcome::Accepted { provider_id, at: clock::now() };
            app.table.settle(&reference, text.shards, &token, &outcome).await?;
            Ok(Member::Settled)
        }
        Handover::Refused(refusal) => {
            if refusal.reason == FailureReason::Unsubscribed {
                suppress(app, message, &refusal, text).await?;
            }
            let Refusal { reason, code } = refusal;
            let outcome = Outcome::Failed { reason, code, at: clock::now() };
            app.table.settle(&reference, text.shards, &token, &outcome).await?;
            Ok(Member::Settled)
        }
        Handover::Ambiguous => {
            app.table.mark_unknown(&reference, text.shards, &token, clock::now()).await?;
            Ok(Member::Settled)
        }
        Handover::Throttled { retry_after } => {
            let retry_after = retry_after.unwrap_or_default();
            let member = Member::Throttled { retry_after };
            give_back(app, &reference, text, &token, member).await
        }
        Handover::Unreachable => {
            give_back(app, &reference, text, &token, Member::Unreachable).await
        }
    }
}

/// Settles a test that could not be handed over for too long.
pub(crate) async fn give_up(app: &App, message: &Message, text: &Text<'_>) -> anyhow::Result<()> {
    let (token, now) = (clock::token(), clock::now());
    match app.table.claim_test(message, &token, now).await? {
        Claimed::Won => {
            let reason = FailureReason::ProviderError;
            let outcome = Outcome::Failed { reason, code: None, at: now };
            app.table.settle(&reference(message), text.shards, &token, &outcome).await?;
        }
        Claimed::Exists(found) => {
            judge(app, &found, &token, text).await?;
        }
    }
    Ok(())
}

/// Whether an existing message is this worker's own, or else what it counts as.
enum Judged {
    Mine,
    Not(Member),
}

async fn judge(app: &App, found: &Message, token: &str, text: &Text<'_>) -> anyhow::Result<Judged> {
    let now = clock::now();
    Ok(match found.found_by(token, now, app.claim_seconds) {
        Found::Own => Judged::Mine,
        Found::Settled => Judged::Not(Member::Settled),
        Found::Busy { until } => Judged::Not(Member::Busy { until }),
        Found::Abandoned => {
            if let Some(claim) = &found.claim {
                let reference = reference(found);
                app.table.mark_unknown(&reference, text.shards, &claim.token, now).await?;
            }
            Judged::Not(Member::Settled)
        }
    })
}

/// Gives a claim back; where something was said of the message meanwhile, that stands.
async fn give_back(
    app: &App,
    message: &MessageRef,
    text: &Text<'_>,
    token: &str,
    member: Member,
) -> anyhow::Result<Member> {
    let released = app.table.release(message, text.shards, token).await?;
    Ok(if released { member } else { Member::Settled })
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
    };
    app.table.register(&preference, text.shards).await?;
    Ok(())
}

fn reference(message: &Message) -> MessageRef {
    MessageRef {
        organization_id: message.organization_id,
        campaign_id: message.campaign_id,
        message_id: message.id,
        kind: message.kind,
    }
}
