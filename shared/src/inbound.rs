//! Texts that people write, and what was done with them.
//!
//! A text without a keyword that may revoke consent is flagged until a person at the organization
//! suppresses its phone or dismisses the flag. The law gives ten business days for that.

mod due;

pub use due::{due_on, plus_business_days};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use strum::VariantArray;
use uuid::Uuid;

use crate::actor::Actor;
use crate::ids::{CampaignId, InboundId, OrganizationId};
use crate::keyword::Keyword;
use crate::phone::Phone;
use crate::time::Timestamp;

/// The maximum length of a text that is kept, in characters. The rest is cut off. Source: Twilio's
/// limit of a message's `Body`.
pub const MAX_TEXT: usize = 1_600;

/// A text from a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboundMessage {
    pub id: InboundId,
    pub organization_id: OrganizationId,
    pub from: Phone,
    /// The addresses that it was sent to, most specific first.
    pub to: Vec<String>,
    pub text: String,
    pub received_at: Timestamp,
    /// The campaign that the person may be replying to, if one is known.
    pub campaign_id: Option<CampaignId>,
    /// The keyword that took effect, if any.
    pub keyword: Option<Keyword>,
    /// The last day on which a flagged text must be dealt with. `None` if it is not flagged.
    pub due_on: Option<NaiveDate>,
    /// What a person at the organization decided about the text.
    pub decision: Option<Decision>,
}

/// What someone at the organization decided about a text, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub verdict: Verdict,
    pub at: Timestamp,
    pub by: Actor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The text opts its phone out.
    Suppressed,
    /// The text does not opt its phone out.
    Dismissed,
}

/// Why a flag can't be dismissed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotDismiss {
    #[error("the message is not flagged, so there is nothing to dismiss")]
    NotFlagged,
    #[error("the phone was suppressed because of this message; lift its unsubscribe instead")]
    Suppressed,
}

/// What names a text among an organization's, regardless of when it is delivered: the provider's id of
/// it. Without one, only the same text of the same person at the same time is the same message.
#[must_use]
pub fn name(
    organization: OrganizationId,
    provider_id: Option<&str>,
    (from, text, received_at): (&Phone, &str, Timestamp),
) -> Uuid {
    let named = match provider_id {
        Some(id) => format!("id {id}"),
        None => format!("text {from} {received_at} {text}"),
    };
    Uuid::new_v5(&organization.0, named.as_bytes())
}

impl InboundMessage {
    /// Whether it is flagged and no one has decided yet.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.due_on.is_some() && self.decision.is_none()
    }

    /// The message once its phone was suppressed because of it. This takes precedence over an earlier
    /// dismissal: a lost subscriber costs less than a text to someone who refused. `None` if it was
    /// suppressed before, which stays.
    #[must_use]
    pub fn suppressed(&self, by: Actor, at: Timestamp) -> Option<Self> {
        if self.verdict() == Some(Verdict::Suppressed) {
            return None;
        }
        Some(self.decided(Verdict::Suppressed, by, at))
    }

    /// The message once its flag is dismissed, or `None` if it was dismissed before, which stays.
    pub fn dismissed(&self, by: Actor, at: Timestamp) -> Result<Option<Self>, CannotDismiss> {
        match (self.verdict(), self.due_on) {
            (Some(Verdict::Suppressed), _) => Err(CannotDismiss::Suppressed),
            (Some(Verdict::Dismissed), _) => Ok(None),
            (None, None) => Err(CannotDismiss::NotFlagged),
            (None, Some(_)) => Ok(Some(self.decided(Verdict::Dismissed, by, at))),
        }
    }

    fn verdict(&self) -> Option<Verdict> {
        self.decision.as_ref().map(|decision| decision.verdict)
    }

    fn decided(&self, verdict: Verdict, by: Actor, at: Timestamp) -> Self {
        Self { decision: Some(Decision { verdict, at, by }), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(is_flagged: bool) -> InboundMessage {
        let organization_id = OrganizationId(Uuid::from_u128(1));
        InboundMessage {
            id: InboundId(Uuid::from_u128(2)),
            organization_id,
            from: Phone::from_e164("+14155550123").expect("valid"),
            to: vec!["+14155550100".to_owned()],
            text: "wrong number".to_owned(),
            received_at: Timestamp::EPOCH,
            campaign_id: None,
            keyword: None,
            due_on: is_flagged.then(|| due_on(NaiveDate::default())),
            decision: None,
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::EPOCH.plus_seconds(seconds)
    }

    #[test]
    fn a_flag_is_settled_once() {
        let flagged = message(true);
        assert!(flagged.is_open());
        let dismissed = flagged.dismissed(Actor::System, at(1)).expect("may").expect("a change");
        assert!(!dismissed.is_open());
        assert_eq!(dismissed.dismissed(Actor::Deployment, at(2)), Ok(None));
        // Suppressing is never too late.
        let suppressed = dismissed.suppressed(Actor::System, at(3)).expect("a change");
        assert_eq!(suppressed.decision.as_ref().map(|it| it.at), Some(at(3)));
        assert_eq!(suppressed.suppressed(Actor::Deployment, at(4)), None);
        assert_eq!(suppressed.dismissed(Actor::System, at(5)), Err(CannotDismiss::Suppressed));
    }

    #[test]
    fn any_text_may_suppress_but_only_a_flag_is_dismissed() {
        let plain = message(false);
        assert!(!plain.is_open());
        assert_eq!(plain.dismissed(Actor::System, at(1)), Err(CannotDismiss::NotFlagged));
        assert!(plain.suppressed(Actor::System, at(1)).is_some());
    }

    #[test]
    fn a_text_is_named_by_the_providers_id() {
        let from = Phone::from_e164("+14155550123").expect("valid");
        let [first, second] = [1, 2].map(|id| OrganizationId(Uuid::from_u128(id)));
        let of = |organization, id, seconds| name(organization, id, (&from, "Hi", at(seconds)));
        assert_eq!(of(first, Some("SM1"), 1), of(first, Some("SM1"), 9));
        assert_ne!(of(first, Some("SM1"), 1), of(first, Some("SM2"), 1));
        assert_ne!(of(first, Some("SM1"), 1), of(second, Some("SM1"), 1));
        assert_eq!(of(first, None, 1), of(first, None, 1));
        assert_ne!(of(first, None, 1), of(first, None, 9));
    }
}
