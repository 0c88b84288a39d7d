//! Webhooks: an organization's endpoints that get its events, by Standard Webhooks.
//!
//! Source: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>.

mod address;
mod delivery;
mod health;
mod signature;

pub use address::is_public;
pub use delivery::{
    Attempt, Delivery, Failure, KEPT_DAYS as DELIVERIES_KEPT_DAYS, Outcome,
    Status as DeliveryStatus,
};
pub use health::{Begin, Health};
pub use signature::{InvalidSecret, SigningSecret, signature};

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::actor::Actor;
use crate::event::EventType;
use crate::ids::WebhookId;
use crate::time::Timestamp;

/// The maximum number of an organization's webhooks.
pub const MAX_WEBHOOKS: usize = 10;
/// The maximum length of a webhook's URL, in characters.
pub const MAX_URL: usize = 1_000;
/// How long the secret before the newest one signs, too.
const ROTATION_SECONDS: i64 = 86_400;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    pub id: WebhookId,
    pub url: String,
    /// The types of events that it gets. Empty means all, later ones included.
    pub types: BTreeSet<EventType>,
    /// Newest first, at most two.
    pub secrets: Vec<SealedSecret>,
    /// Since when it gets nothing, and why.
    pub disabled: Option<Disabled>,
    pub changed_by: Option<Actor>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A signing secret, encrypted with the deployment's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SealedSecret {
    pub sealed: String,
    /// Until when it signs; `None` for the newest one.
    pub until: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Disabled {
    pub at: Timestamp,
    pub reason: DisabledReason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum DisabledReason {
    /// An admin disabled it.
    ByRequest,
    /// Every delivery failed for three days.
    Failing,
    /// The endpoint responded with 410 (Gone).
    Gone,
}

impl Webhook {
    /// Whether it gets events of this type.
    #[must_use]
    pub fn wants(&self, kind: EventType) -> bool {
        self.disabled.is_none() && self.selects(kind)
    }

    /// Whether events of this type are for it, if it is enabled.
    #[must_use]
    pub fn selects(&self, kind: EventType) -> bool {
        self.types.is_empty() || self.types.contains(&kind)
    }

    /// The secrets that sign now, newest first.
    pub fn signing(&self, now: Timestamp) -> impl Iterator<Item = &SealedSecret> {
        self.secrets.iter().filter(move |secret| secret.until.is_none_or(|until| now < until))
    }

    /// The webhook with a new secret. The one before it signs for another day; an older one no longer
    /// does.
    #[must_use]
    pub fn rotated(self, sealed: String, now: Timestamp) -> Self {
        let newest = self.secrets.into_iter().next();
        let before = newest.map(|secret| SealedSecret {
            until: Some(now.plus_seconds(ROTATION_SECONDS)),
            ..secret
        });
        let secrets = [Some(SealedSecret { sealed, until: None }), before];
        Self { secrets: secrets.into_iter().flatten().collect(), updated_at: now, ..self }
    }

    /// The webhook after it was enabled or disabled. The reason of an earlier end stays.
    #[must_use]
    pub fn enabled(self, is_enabled: bool, now: Timestamp) -> Self {
        let by_request = || Disabled { at: now, reason: DisabledReason::ByRequest };
        let disabled =
            if is_enabled { None } else { Some(self.disabled.clone().unwrap_or_else(by_request)) };
        Self { disabled, ..self }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::EPOCH.plus_seconds(seconds)
    }

    fn webhook() -> Webhook {
        Webhook {
            id: WebhookId(Uuid::nil()),
            url: "https://example.com/volley".to_owned(),
            types: BTreeSet::new(),
            secrets: Vec::new(),
            disabled: None,
            changed_by: None,
            created_at: at(0),
            updated_at: at(0),
        }
    }

    fn signing(webhook: &Webhook, seconds: i64) -> Vec<&str> {
        webhook.signing(at(seconds)).map(|secret| secret.sealed.as_str()).collect()
    }

    #[test]
    fn two_secrets_sign_for_a_day_and_never_three() {
        let first = webhook().rotated("a".to_owned(), at(0));
        assert_eq!(signing(&first, 1_000_000), ["a"]);
        let second = first.rotated("b".to_owned(), at(10));
        assert_eq!(signing(&second, 10), ["b", "a"]);
        assert_eq!(signing(&second, 86_410), ["b"]);
        let third = second.rotated("c".to_owned(), at(20));
        assert_eq!(signing(&third, 20), ["c", "b"]);
    }

    #[test]
    fn a_filter_without_types_lets_all_events_pass() {
        let all = webhook();
        let some = Webhook { types: BTreeSet::from([EventType::CampaignSent]), ..webhook() };
        for kind in EventType::VARIANTS {
            assert!(all.wants(*kind));
            assert_eq!(some.wants(*kind), *kind == EventType::CampaignSent);
        }
        let disabled = all.enabled(false, at(1));
        assert!(!disabled.wants(EventType::CampaignSent));
        let again = disabled.enabled(true, at(2));
        assert!(again.wants(EventType::CampaignSent));
    }
}
