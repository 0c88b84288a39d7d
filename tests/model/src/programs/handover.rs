//! Like `functions/dispatch/src/claim.rs` and `send.rs`.

use shared::message::{FailureReason, Found, Message, Outcome};
use shared::phone::Phone;
use shared::time::Timestamp;

use crate::ask::{Io, Step};
use crate::protocol::{self, Member};
use crate::request::Handover;
use crate::table::Rules;

const SETTLED_BEFORE: Member = Member::Settled { by_this_worker: false };

/// The result of sending a message.
pub(super) enum Handed {
    /// To be written before the message counts as settled.
    Learnt(Outcome),
    Counted(Member),
}

/// What remains to be done after a claim: send the message if `None`, or else only count it.
pub(super) fn after_claim(
    io: &mut Io<'_>,
    found: Option<&Message>,
    token: &str,
) -> Step<Option<Member>> {
    let Some(found) = found else { return Ok(None) };
    let now = io.now();
    Ok(match protocol::found_by(found, token, now) {
        Found::Own => None,
        Found::Settled => Some(SETTLED_BEFORE),
        Found::Busy { until } => Some(Member::Busy { until }),
        Found::Abandoned => {
            let Some(claim) = &found.claim else { return Ok(Some(SETTLED_BEFORE)) };
            let is_marked = io.mark_unknown(protocol::texted(found), &claim.token, now)?;
            Some(if is_marked { SETTLED_BEFORE } else { Member::Busy { until: now } })
        }
    })
}

/// Sends a message that this worker has claimed since `since`.
pub(super) fn hand_over(
    io: &mut Io<'_>,
    message: &Message,
    token: &str,
    since: Timestamp,
    told: Option<Member>,
) -> Step<Handed> {
    let phone = protocol::texted(message);
    if let Some(told) = told {
        return give_back(io, phone, token, told);
    }
    let now = io.now();
    if now > since.plus_seconds(protocol::HANDOVER_WITHIN) {
        return give_back(io, phone, token, Member::Busy { until: now });
    }
    let until = now.plus_seconds(protocol::GATEWAY);
    let outcome = match io.hand_over(phone, message.text.as_deref(), until)? {
        Handover::Accepted { id } => Outcome::Accepted { provider_id: id, at: io.now() },
        Handover::Refused { opted_out } => {
            if opted_out {
                // The provider has not taken the message, whether or not its opt-out is kept.
                let _is_kept = io.borne(|io| io.register(phone))?;
            }
            let reason =
                if opted_out { FailureReason::Unsubscribed } else { FailureReason::InvalidNumber };
            Outcome::Failed { reason, code: None, at: io.now() }
        }
        Handover::Ambiguous => {
            let now = io.now();
            io.mark_unknown(phone, token, now)?;
            return Ok(Handed::Counted(Member::Unknown));
        }
        Handover::Throttled => return give_back(io, phone, token, Member::Throttled),
        Handover::Halted => return give_back(io, phone, token, Member::Halted),
        Handover::Unreachable if io.rules == Rules::OutageFails => {
            Outcome::Failed { reason: FailureReason::ProviderError, code: None, at: io.now() }
        }
        Handover::Unreachable => return give_back(io, phone, token, Member::Unreachable),
    };
    Ok(Handed::Learnt(outcome))
}

/// Gives a claim back, unless something was recorded about its message in the meantime.
fn give_back(io: &mut Io<'_>, phone: &Phone, token: &str, member: Member) -> Step<Handed> {
    let is_released = io.release(phone, token)?;
    Ok(Handed::Counted(if is_released { member } else { SETTLED_BEFORE }))
}
