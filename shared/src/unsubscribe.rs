//! Unsubscribes: a register per phone in which the newest preference wins.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::actor::Actor;
use crate::erasure::ErasedHash;
use crate::ids::{CampaignId, OrganizationId};
use crate::message::FailureReason;
use crate::phone::Phone;
use crate::receipt::Delivery;
use crate::time::Timestamp;

/// Where an opt-out came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    Api,
    Import,
    /// The person sent a keyword such as STOP.
    Keyword,
    /// The provider refused the number as opted out, or reported it.
    Provider,
    /// The person was erased. They are not texted unless they ask for it.
    Erasure,
}

impl Source {
    /// Whether the person opted out themselves, rather than someone at the organization for them.
    /// Only the person, or an admin with a reason, can lift such an opt-out.
    #[must_use]
    pub fn is_the_persons_own(self) -> bool {
        match self {
            Self::Keyword | Self::Provider | Self::Erasure => true,
            Self::Api | Self::Import => false,
        }
    }
}

/// A person's preference about one organization's messages. The register keeps the newest one. A
/// resubscription stays as a tombstone, so that an older opt-out that arrives late can't undo it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preference {
    pub organization_id: OrganizationId,
    pub phone: Phone,
    pub subscribed: bool,
    pub changed_at: Timestamp,
    pub source: Source,
    pub campaign_id: Option<CampaignId>,
    /// The keyword or the error code that caused it.
    pub evidence: Option<String>,
    /// Who caused the change, if it was recorded.
    pub changed_by: Option<Actor>,
}

/// The maximum length of what is kept of a text as evidence, in characters.
const MAX_EVIDENCE: usize = 160;

/// What is kept of a text that opts a person out.
#[must_use]
pub fn evidence(text: &str) -> String {
    text.trim().chars().take(MAX_EVIDENCE).collect()
}

/// An unsubscribed phone as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedUnsubscribe {
    /// `None` if the person was erased.
    pub phone: Option<Phone>,
    /// What is kept in place of the phone of an erased person.
    pub hash: Option<ErasedHash>,
    pub unsubscribed_at: Timestamp,
    pub source: Source,
    pub campaign_id: Option<CampaignId>,
    pub evidence: Option<String>,
    pub changed_by: Option<Actor>,
}

impl From<Preference> for ListedUnsubscribe {
    fn from(preference: Preference) -> Self {
        Self {
            phone: Some(preference.phone),
            hash: None,
            unsubscribed_at: preference.changed_at,
            source: preference.source,
            campaign_id: preference.campaign_id,
            evidence: preference.evidence,
            changed_by: preference.changed_by,
        }
    }
}

impl Preference {
    /// The opt-out that a receipt reports, if any.
    #[must_use]
    pub fn told_by(delivery: &Delivery) -> Option<Self> {
        let Delivery { message, to, receipt } = delivery;
        let phone = to.clone().filter(|_| receipt.reason == Some(FailureReason::Unsubscribed));
        phone.map(|phone| Self {
            organization_id: message.organization_id,
            phone,
            subscribed: false,
            changed_at: receipt.at,
            source: Source::Provider,
            campaign_id: message.campaign(),
            evidence: receipt.code.clone(),
            changed_by: Some(Actor::System),
        })
    }
}
