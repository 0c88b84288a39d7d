//! The members of a chunk: claimed, sent and settled as one stream.
//!
//! Claims are written in batches. The messages of a batch are sent concurrently, and their results
//! are written as they arrive, many per request. A batch is claimed only when the previous one is
//! being sent, so that no claim waits long.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::pin::pin;
use std::time::Duration;

use futures::stream::{self, StreamExt};
use infra::clock;
use infra::gateway::Halt;
use infra::table::{Claimed, Claiming, Settlement};
use shared::breaker::{Answers, Place, Recent, Window};
use shared::campaign::Campaign;
use shared::chunk_state::Tally;
use shared::message::{FailureReason, Message};
use shared::phone::Phone;

use crate::App;
use crate::handover::{self, Handed, Member, Right, Text};

/// Outcomes per request.
const BATCH: usize = 25;
/// How long an outcome waits to be written together with others.
const LINGER: Duration = Duration::from_millis(100);
const WRITES_AT_ONCE: usize = 4;

/// A member after its claim.
enum Step {
    HandOver(Box<Message>, Right),
    Counted(Member),
}

/// The results of the members.
pub(crate) struct HandedOver {
    pub(crate) tally: Tally,
    /// Why sending ended early, if it did.
    pub(crate) ended: Option<Ended>,
}

/// Why a worker stops sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The provider currently accepts no message.
    Halted(Halt),
    /// Its responses are ambiguous, so each further message would become `unknown`.
    Silent,
}

/// What the provider's responses mean for the messages that follow.
#[derive(Default)]
struct Told {
    /// The result of all that follow, if they are not to be sent.
    member: Option<Member>,
    answers: Answers,
    /// Messages in a row that did not reach the provider.
    unreached: u32,
}

/// After this many messages in a row that do not reach the provider, the rest is not tried.
const MAX_UNREACHED_IN_A_ROW: u32 = 3;

impl Told {
    fn hear(&mut self, place: Place, handed: &Handed) {
        let (is_answer, is_ambiguous) = match handed {
            Handed::Learnt(_) | Handed::Counted(Member::Throttled { .. } | Member::Halted(_)) => {
                (true, false)
            }
            Handed::Counted(Member::Unknown) => (true, true),
            Handed::Counted(
                Member::Unreachable | Member::Silent | Member::Busy { .. } | Member::Settled { .. },
            ) => (false, false),
        };
        if is_answer {
            self.answers.hear(place, is_ambiguous);
            self.unreached = 0;
        }
        match handed {
            // What a person has to fix takes precedence over what passes by itself.
            Handed::Counted(halted @ Member::Halted(_)) => self.member = Some(*halted),
            Handed::Counted(Member::Unknown) if self.answers.recent().trips() => {
                if !matches!(self.member, Some(Member::Halted(_))) {
                    self.member = Some(Member::Silent);
                }
            }
            Handed::Counted(throttled @ Member::Throttled { .. }) => {
                self.member = self.member.or(Some(*throttled));
            }
            Handed::Counted(Member::Unreachable) => {
                self.unreached += 1;
                if self.unreached >= MAX_UNREACHED_IN_A_ROW {
                    self.member = self.member.or(Some(Member::Unreachable));
                }
            }
            Handed::Counted(
                Member::Unknown | Member::Silent | Member::Busy { .. } | Member::Settled { .. },
            )
            | Handed::Learnt(_) => {}
        }
    }
}

pub(crate) async fn hand_over(
    app: &App,
    campaign: &Campaign,
    text: Text<'_>,
    recipients: &[Phone],
    unsubscribed: &HashSet<Phone>,
    recent: Recent,
) -> HandedOver {
    let text = &text;
    let told = &RefCell::new(Told { answers: Answers::after(recent), ..Told::default() });
    let window = &Cell::new(Window::default());
    // Claim as many per request as are sent concurrently.
    let at_once = text.from.at_once();
    let handed = stream::iter(recipients.chunks(at_once))
        .then(|batch| {
            let messages = batch.iter().map(|phone| {
                let message = campaign.pending_message(phone);
                (message, unsubscribed.contains(phone))
            });
            claim(app, messages.collect(), text, told)
        })
        .flat_map(stream::iter)
        .map(|step| take(app, step, text, told))
        .buffer_unordered(at_once);
    let batches = tokio_stream::StreamExt::chunks_timeout(handed, BATCH, LINGER);
    let mut members = pin!(
        batches.map(|handed| settle(app, handed, text, window)).buffer_unordered(WRITES_AT_ONCE)
    );
    let mut tally = Tally::default();
    while let Some(members) = members.next().await {
        for member in members {
            count(&mut tally, member);
        }
    }
    let told = told.borrow();
    let ended = match told.member {
        Some(Member::Halted(halt)) => Some(Ended::Halted(halt)),
        Some(Member::Silent) => Some(Ended::Silent),
        Some(
            Member::Unreachable
            | Member::Throttled { .. }
            | Member::Busy { .. }
            | Member::Settled { .. }
            | Member::Unknown,
        )
        | None => None,
    };
    (tally.heard, tally.recent) = (window.get(), told.answers.recent());
    HandedOver { tally, ended }
}

/// Claims messages, unless the provider has asked another to wait. Settles those whose recipients
/// have unsubscribed since the fan-out.
async fn claim(
    app: &App,
    messages: Vec<(Message, bool)>,
    text: &Text<'_>,
    told: &RefCell<Told>,
) -> Vec<Step> {
    if let Some(told) = told.borrow().member {
        return messages.iter().map(|_| Step::Counted(told)).collect();
    }
    let right = Right::new();
    let claims: Vec<(Message, Claiming)> = messages
        .into_iter()
        .map(|(message, is_unsubscribed)| {
            let claiming = if is_unsubscribed {
                Claiming::Fail { reason: FailureReason::Unsubscribed }
            } else {
                Claiming::HandOver { token: right.token.clone() }
            };
            (message, claiming)
        })
        .collect();
    let answers = match app.table.claim_all(&claims, text.shards, clock::now()).await {
        Ok(answers) => answers,
        Err(error) => {
            tracing::error!(error = ?anyhow::Error::from(error), "failed to claim a batch");
            return claims.iter().map(|_| Step::Counted(busy(app))).collect();
        }
    };
    let mut steps = Vec::with_capacity(claims.len());
    for ((message, claiming), answer) in claims.into_iter().zip(answers) {
        let left = match answer {
            Ok(claimed) => after_claim(app, &claimed, &claiming, text.shards).await,
            Err(error) => Err(error.into()),
        };
        steps.push(match left {
            Ok(None) => Step::HandOver(Box::new(message), right.clone()),
            Ok(Some(member)) => Step::Counted(member),
            Err(error) => {
                tracing::error!(message.id = %message.id, error = ?error, "failed to claim");
                Step::Counted(busy(app))
            }
        });
    }
    steps
}

async fn after_claim(
    app: &App,
    claimed: &Claimed,
    claiming: &Claiming,
    shards: u16,
) -> anyhow::Result<Option<Member>> {
    match claiming {
        Claiming::HandOver { token } => handover::after_claim(app, claimed, token, shards).await,
        Claiming::Fail { .. } if *claimed == Claimed::Won => {
            Ok(Some(Member::Settled { by_this_worker: true }))
        }
        // No claim has an empty token, so an existing one belongs to another worker.
        Claiming::Fail { .. } => handover::after_claim(app, claimed, "", shards).await,
    }
}

/// The result of a failed write, which may have been written. Only the claim's age decides.
fn busy(app: &App) -> Member {
    Member::Busy { until: clock::now().plus_seconds(app.claim_seconds) }
}

/// Sends a message. The provider's response may also apply to the messages after it.
async fn take(app: &App, step: Step, text: &Text<'_>, told: &RefCell<Told>) -> Handed {
    let (message, right) = match step {
        Step::Counted(member) => return Handed::Counted(member),
        Step::HandOver(message, right) => (message, right),
    };
    let before = told.borrow().member;
    let place = before.is_none().then(|| told.borrow_mut().answers.ask());
    let handed = handover::hand_over(app, &message, &right, text, before).await;
    if let (Ok(handed), Some(place)) = (&handed, place) {
        told.borrow_mut().hear(place, handed);
    }
    handed.unwrap_or_else(|error| {
        tracing::error!(message.id = %message.id, error = ?error, "failed to hand over");
        Handed::Counted(busy(app))
    })
}

/// Writes the results of a batch.
async fn settle(
    app: &App,
    handed: Vec<Handed>,
    text: &Text<'_>,
    window: &Cell<Window>,
) -> Vec<Member> {
    let (mut members, mut settlements): (Vec<Member>, Vec<Settlement>) = Default::default();
    for handed in handed {
        match handed {
            Handed::Counted(member) => {
                if member == Member::Unknown {
                    let mut learnt = window.get();
                    learnt.add_unknown();
                    window.set(learnt);
                }
                members.push(member);
            }
            Handed::Learnt(settlement) => {
                let mut learnt = window.get();
                learnt.add(settlement.outcome.failure());
                window.set(learnt);
                settlements.push(settlement);
            }
        }
    }
    if settlements.is_empty() {
        return members;
    }
    match app.table.settle_all(&settlements, text.shards).await {
        Ok(answers) => members.extend(answers.into_iter().map(|answer| match answer {
            Ok(_) => Member::Settled { by_this_worker: true },
            Err(error) => {
                tracing::error!(error = ?anyhow::Error::from(error), "failed to settle a message");
                busy(app)
            }
        })),
        Err(error) => {
            tracing::error!(error = ?anyhow::Error::from(error), "failed to settle a batch");
            members.extend(settlements.iter().map(|_| busy(app)));
        }
    }
    members
}

fn count(tally: &mut Tally, member: Member) {
    match member {
        Member::Settled { by_this_worker } => tally.settled += u32::from(by_this_worker),
        Member::Unknown => tally.settled += 1,
        Member::Unreachable => tally.unreachable += 1,
        Member::Halted(_) | Member::Silent => tally.halted += 1,
        Member::Throttled { retry_after } => {
            let seconds = u32::try_from(retry_after.as_secs()).unwrap_or(u32::MAX);
            tally.throttled += 1;
            tally.retry_after_seconds = tally.retry_after_seconds.max(seconds.min(900));
        }
        Member::Busy { until } => {
            tally.busy += 1;
            tally.busy_until = tally.busy_until.max(Some(until));
        }
    }
}
