//! The first phase: claims messages.
//!
//! A claim creates the message's item on the condition that none exists, so only one worker wins
//! it. It is written once. If the worker dies after that, no one else can use its claim. Once the
//! claim is too old for its worker to be alive, the message is marked `unknown`, and is never sent
//! again.

use std::collections::HashSet;
use std::time::Instant;

use infra::clock;
use infra::table::{self, Claiming};
use shared::message::{FailureReason, Found, Message};
use shared::phone::Phone;
use shared::recipient::Recipient;
use shared::shard::Shards;

use crate::App;
use crate::pausing::Underway;
use crate::settle::{GivenBack, Settled};

/// A member of a chunk after this phase.
pub(crate) enum Claimed {
    /// This worker alone may send it.
    Won(Box<Claim>),
    /// Nothing is left to send.
    Closed(Settled),
}

/// The sole right to send a message, for a limited time.
pub(crate) struct Claim {
    pub(crate) recipient: Recipient,
    pub(crate) message: Message,
    pub(crate) token: Token,
}

/// Identifies a worker's claims, and records when it began to write them.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) since: Instant,
}

impl Token {
    pub(crate) fn new() -> Self {
        Self { text: clock::token(), since: Instant::now() }
    }
}

/// The recipients of a slice who must not be texted any more.
pub(crate) struct Barred {
    /// Those who have unsubscribed since the fan-out.
    pub(crate) unsubscribed: HashSet<Phone>,
    /// Those whom an earlier campaign of the same text has reached, or may have.
    pub(crate) reached: HashSet<Phone>,
}

impl Barred {
    fn reason(&self, phone: &Phone) -> Option<FailureReason> {
        if self.unsubscribed.contains(phone) {
            Some(FailureReason::Unsubscribed)
        } else if self.reached.contains(phone) {
            Some(FailureReason::AlreadyReached)
        } else {
            None
        }
    }
}

/// Closes a whole batch without claiming it, because the provider would accept none of it.
pub(crate) fn give_back_batch(recipients: &[Recipient], reason: GivenBack) -> Vec<Claimed> {
    recipients.iter().map(|_| Claimed::Closed(Settled::GivenBack(reason))).collect()
}

/// Claims the messages to a batch of recipients in one request. Those to recipients who must not be
/// texted any more fail at once.
pub(crate) async fn claim_batch(
    app: &App,
    Underway { campaign, broadcast, epoch: _ }: &Underway<'_>,
    recipients: &[Recipient],
    barred: &Barred,
) -> Vec<Claimed> {
    let shards = broadcast.shards;
    let token = Token::new();
    let claims: Vec<(Message, Claiming)> = recipients
        .iter()
        .map(|recipient| {
            let claiming = match recipient.phone().map(|phone| barred.reason(phone)) {
                None => Claiming::Fail { reason: FailureReason::Erased },
                Some(Some(reason)) => Claiming::Fail { reason },
                Some(None) => Claiming::HandOver { token: token.text.clone() },
            };
            (campaign.pending_message(broadcast, recipient), claiming)
        })
        .collect();
    let written = match app.table.claim_all(&claims, shards, clock::now()).await {
        Ok(written) => written,
        Err(error) => {
            tracing::error!(error = ?anyhow::Error::from(error), "failed to claim a batch");
            return claims.iter().map(|_| Claimed::Closed(Settled::unclear(app))).collect();
        }
    };
    let mut claimed = Vec::with_capacity(claims.len());
    for ((recipient, (message, claiming)), written) in recipients.iter().zip(claims).zip(written) {
        let closed = match written {
            Ok(written) => close(app, &written, &claiming, shards).await,
            Err(error) => Err(error.into()),
        };
        claimed.push(match closed {
            Ok(None) => {
                let (recipient, token) = (recipient.clone(), token.clone());
                Claimed::Won(Box::new(Claim { recipient, message, token }))
            }
            Ok(Some(settled)) => Claimed::Closed(settled),
            Err(error) => {
                tracing::error!(message.id = %message.id, error = ?error, "failed to claim");
                Claimed::Closed(Settled::unclear(app))
            }
        });
    }
    claimed
}

/// How the written item closes a member; `None` if this worker has to send it.
async fn close(
    app: &App,
    written: &table::Claimed,
    claiming: &Claiming,
    shards: Shards,
) -> anyhow::Result<Option<Settled>> {
    match (claiming, written) {
        (Claiming::Fail { .. } | Claiming::Unknown, table::Claimed::Won) => {
            Ok(Some(Settled::ByThisWorker))
        }
        // No claim has an empty token, so an existing one belongs to another worker.
        (Claiming::Fail { .. } | Claiming::Unknown, table::Claimed::Exists(_)) => {
            close_existing(app, written, "", shards).await
        }
        (Claiming::HandOver { token }, _) => close_existing(app, written, token, shards).await,
    }
}

/// How a message that existed before its claim is closed; `None` if the claim is this worker's.
pub(crate) async fn close_existing(
    app: &App,
    written: &table::Claimed,
    token: &str,
    shards: Shards,
) -> anyhow::Result<Option<Settled>> {
    let table::Claimed::Exists(found) = written else {
        return Ok(None);
    };
    let now = clock::now();
    Ok(match found.found_by(token, now, app.claim_seconds) {
        Found::Own => None,
        Found::Settled => Some(Settled::Before),
        Found::Busy { until } => Some(Settled::Busy { until }),
        Found::Abandoned => {
            let Some(claim) = &found.claim else { return Ok(Some(Settled::Before)) };
            let marked =
                app.table.mark_unknown(&found.reference(), shards, &claim.token, now).await?;
            // If not, its worker is alive after all, and may even have given the claim back.
            Some(if marked { Settled::Before } else { Settled::Busy { until: now } })
        }
    })
}
