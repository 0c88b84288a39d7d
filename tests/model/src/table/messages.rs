//! Like `infra::table::claims`: claiming a message creates it.

use shared::message::{Claim, FailureReason, Message, Outcome};
use shared::phone::Phone;
use shared::time::Timestamp;

use super::{Rules, Table};
use crate::kept::Kept;
use crate::protocol;

/// What is written if there is no message yet.
#[derive(Clone, Debug)]
pub enum Claiming {
    HandOver { token: String },
    Fail { reason: FailureReason },
}

fn is_claimed_by(message: &Message, token: &str) -> bool {
    message.claim.as_ref().is_some_and(|claim| claim.token == token)
}

impl Table {
    /// Creates a message, or returns the existing one.
    pub fn claim(
        &mut self,
        message: &Message,
        claiming: Claiming,
        now: Timestamp,
        rules: Rules,
    ) -> Option<Kept<Message>> {
        if let Some(existing) = self.messages.get(protocol::texted(message))
            && rules != Rules::ClaimsOverwrite
        {
            return Some(existing.clone());
        }
        let created = Message { created_at: now, ..message.clone() };
        let created = match claiming {
            Claiming::HandOver { token } => {
                Message { claim: Some(Claim { token, at: now }), ..created }
            }
            Claiming::Fail { reason } => {
                let outcome = Outcome::Failed { reason, code: None, at: now };
                Message { outcome: Some(outcome), ..created }
            }
        };
        self.messages.insert(protocol::texted(message).clone(), Kept::new(created));
        None
    }

    /// Returns `false` if the message already has an outcome.
    pub fn settle(&mut self, phone: &Phone, token: &str, outcome: Outcome) -> bool {
        self.update(phone, |message| {
            let is_open = is_claimed_by(message, token) && message.outcome.is_none();
            is_open.then(|| Message { outcome: Some(outcome), ..message.clone() })
        })
    }

    pub fn mark_unknown(
        &mut self,
        phone: &Phone,
        token: &str,
        now: Timestamp,
        rules: Rules,
    ) -> bool {
        if rules == Rules::AbandonedRetried {
            self.messages.remove(phone);
            return false;
        }
        let is_marked = self.update(phone, |message| {
            let is_open = is_claimed_by(message, token)
                && message.outcome.is_none()
                && message.unknown_at.is_none();
            is_open.then(|| Message { unknown_at: Some(now), ..message.clone() })
        });
        is_marked || rules == Rules::MarksUnasked
    }

    /// Returns `false` if something was recorded about the message in the meantime. A claim that is
    /// gone, or another worker's by now, counts as given back.
    pub fn release(&mut self, phone: &Phone, token: &str, rules: Rules) -> bool {
        let Some(message) = self.messages.get(phone) else { return true };
        let is_own = is_claimed_by(message, token);
        let is_silent =
            message.outcome.is_none() && message.receipt.is_none() && message.unknown_at.is_none();
        if (is_own && is_silent) || rules == Rules::ReleasesAlways {
            self.messages.remove(phone);
            return true;
        }
        !is_own
    }

    pub(super) fn update(
        &mut self,
        phone: &Phone,
        change: impl FnOnce(&Message) -> Option<Message>,
    ) -> bool {
        let Some(message) = self.messages.get_mut(phone) else { return false };
        let Some(after) = change(message) else { return false };
        *message = Kept::new(after);
        true
    }
}
