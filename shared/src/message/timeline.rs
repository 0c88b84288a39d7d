//! What happened to a message, step by step.
//!
//! The steps are read from what the three writers record anyway, so they cost no write. A message
//! has at most six: statuses only rise, and a report that says no more than an earlier one is not
//! recorded. A delivery that contradicts a failure is.

use super::{FailureReason, Message, Outcome, Status};
use crate::receipt::Receipt;
use crate::time::Timestamp;

/// What is known of a message's receipts besides the highest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Heard {
    /// When a callback said that the provider sent the message. A final receipt replaces that one.
    pub sent_at: Option<Timestamp>,
    /// When a receipt said that the provider has delivered the message after all, although it had
    /// failed.
    pub delivered_at: Option<Timestamp>,
    /// The status of the last receipt that was looked up instead of called back.
    pub looked_up: Option<Status>,
}

/// Who reported a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The worker that claimed the message and called the provider.
    Dispatch,
    /// The repair of a claim whose worker never reported an outcome.
    Repair,
    Callback,
    LookUp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub at: Timestamp,
    pub source: Source,
    /// The status that it reports. A claim reports `Pending`.
    pub status: Status,
    pub reason: Option<FailureReason>,
    pub code: Option<String>,
}

impl Step {
    fn new(source: Source, status: Status, at: Timestamp) -> Self {
        Self { at, source, status, reason: None, code: None }
    }
}

impl Message {
    /// The steps, oldest first. Those of different clocks may be out of order by seconds.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        let claim = self.claim.as_ref();
        let claim = claim.map(|claim| Step::new(Source::Dispatch, Status::Pending, claim.at));
        let unknown = self.unknown_at.map(|at| Step::new(Source::Repair, Status::Unknown, at));
        let outcome = self.outcome.as_ref().map(outcome_step);
        let receipt = self.receipt.as_ref().map(|receipt| self.receipt_step(receipt));
        let after_all = self.heard.delivered_at;
        let after_all = after_all.map(|at| Step::new(Source::Callback, Status::Delivered, at));
        let steps = [claim, outcome, unknown, self.replaced_receipt(), receipt, after_all];
        let mut steps: Vec<Step> = steps.into_iter().flatten().collect();
        // Stable, so that steps of one moment stay in the order above.
        steps.sort_by_key(|step| step.at);
        steps
    }

    fn receipt_step(&self, receipt: &Receipt) -> Step {
        let was_looked_up = self.heard.looked_up == Some(receipt.status);
        let source = if was_looked_up { Source::LookUp } else { Source::Callback };
        Step {
            reason: receipt.reason,
            code: receipt.code.clone(),
            ..Step::new(source, receipt.status, receipt.at)
        }
    }

    /// The callback that a final receipt has replaced, if there was one.
    fn replaced_receipt(&self) -> Option<Step> {
        let is_replaced = self.receipt.as_ref().is_some_and(|receipt| receipt.status.is_final());
        let at = self.heard.sent_at.filter(|_| is_replaced)?;
        Some(Step::new(Source::Callback, Status::Sent, at))
    }
}

fn outcome_step(outcome: &Outcome) -> Step {
    match outcome {
        Outcome::Accepted { at, .. } => Step::new(Source::Dispatch, Status::Sent, *at),
        Outcome::Failed { reason, code, at } => Step {
            reason: Some(*reason),
            code: code.clone(),
            ..Step::new(Source::Dispatch, Status::Failed, *at)
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::Claim;
    use super::super::tests::{at, message, receipt};
    use super::*;

    fn steps(message: &Message) -> Vec<(i64, Source, Status)> {
        let steps = message.steps().into_iter();
        steps.map(|step| (step.at.millis() / 1_000, step.source, step.status)).collect()
    }

    #[test]
    fn every_report_is_a_step() {
        let mut message = message();
        assert_eq!(steps(&message), []);
        message.claim = Some(Claim { token: "a".to_owned(), at: at(1) });
        message.unknown_at = Some(at(121));
        message.receipt = Some(receipt(Status::Delivered, 130));
        message.heard = Heard { sent_at: Some(at(125)), ..Heard::default() };
        let claimed = (1, Source::Dispatch, Status::Pending);
        let unknown = (121, Source::Repair, Status::Unknown);
        let sent = (125, Source::Callback, Status::Sent);
        let delivered = (130, Source::Callback, Status::Delivered);
        assert_eq!(steps(&message), [claimed, unknown, sent, delivered]);
        message.outcome = Some(Outcome::Accepted { provider_id: "SM1".to_owned(), at: at(2) });
        message.receipt = Some(receipt(Status::Sent, 125));
        message.heard.looked_up = Some(Status::Sent);
        let accepted = (2, Source::Dispatch, Status::Sent);
        let looked_up = (125, Source::LookUp, Status::Sent);
        assert_eq!(steps(&message), [claimed, accepted, unknown, looked_up]);
    }

    #[test]
    fn a_failure_has_its_reason() {
        let reason = FailureReason::Filtered;
        let outcome = Outcome::Failed { reason, code: Some("30007".to_owned()), at: at(3) };
        let message = Message { outcome: Some(outcome), ..message() };
        let step = message.steps().remove(0);
        assert_eq!((step.reason, step.code.as_deref()), (Some(reason), Some("30007")));
    }
}
