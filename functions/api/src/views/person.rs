use infra::table::RegisterEntry;
use serde::Serialize;
use shared::erasure::{Erasure, Status};
use shared::phone::Phone;
use shared::unsubscribe::{Preference, Source};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ChangedByView, ContactView, InboundView, MessageView, Time, labels};

/// What is known of a person, by their phone.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Person)]
pub(crate) struct PersonView {
    /// Every form of the phone. They are one phone to Volley.
    #[schema(value_type = Vec<String>, example = json!(["+5215512345678", "+525512345678"]))]
    pub(crate) phones: Vec<Phone>,
    /// The contacts with this phone.
    pub(crate) contacts: Vec<ContactView>,
    /// What the register of unsubscribes holds: one entry for each form that it knows.
    pub(crate) preferences: Vec<PreferenceView>,
    /// The newest 100 texts from the phone, newest first.
    pub(crate) inbound: Vec<InboundView>,
    /// Messages and test messages, newest campaign first. A message that Volley has not begun to send is
    /// not among them.
    pub(crate) messages: Vec<MessageView>,
    /// The last erasure of the person; null without one.
    #[schema(required = true)]
    pub(crate) erasure: Option<ErasureView>,
    /// The cursor of the next page of messages; null on the last page. A page may be short, or even
    /// empty, without being the last.
    #[schema(required = true)]
    pub(crate) next_cursor: Option<String>,
}

/// The erasure of a person.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Erasure)]
pub(crate) struct ErasureView {
    /// What is kept in place of the phone: the name of a key, and a hash that can't be computed without the key.
    erased_hash: String,
    #[schema(value_type = labels::ErasureStatus)]
    status: Status,
    requested_by: ChangedByView,
    requested_at: Time,
    /// When everything was erased; null until then.
    #[schema(required = true)]
    done_at: Option<Time>,
}

impl From<&Erasure> for ErasureView {
    fn from(erasure: &Erasure) -> Self {
        Self {
            erased_hash: erasure.hash.to_string(),
            status: erasure.status(),
            requested_by: (&erasure.requested_by).into(),
            requested_at: erasure.requested_at.into(),
            done_at: erasure.done_at().map(Time),
        }
    }
}

/// Whether a person wants messages, and how that is known.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Preference)]
pub(crate) struct PreferenceView {
    #[schema(value_type = String, example = "+14155550123")]
    phone: Phone,
    /// False if the phone is unsubscribed.
    subscribed: bool,
    changed_at: Time,
    #[schema(value_type = labels::UnsubscribeSource)]
    source: Source,
    #[schema(required = true)]
    campaign_id: Option<Uuid>,
    /// The keyword, provider code, import row or reason behind the change.
    #[schema(required = true)]
    evidence: Option<String>,
    #[schema(required = true)]
    changed_by: Option<ChangedByView>,
    /// The opt-out that an admin lifted by this change.
    #[schema(required = true)]
    lifted: Option<LiftedOptOutView>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LiftedOptOut)]
pub(crate) struct LiftedOptOutView {
    unsubscribed_at: Time,
    #[schema(value_type = labels::UnsubscribeSource)]
    source: Source,
    #[schema(required = true)]
    campaign_id: Option<Uuid>,
    #[schema(required = true)]
    evidence: Option<String>,
}

impl From<RegisterEntry> for PreferenceView {
    fn from(RegisterEntry { newest, lifted }: RegisterEntry) -> Self {
        Self {
            phone: newest.phone,
            subscribed: newest.subscribed,
            changed_at: newest.changed_at.into(),
            source: newest.source,
            campaign_id: newest.campaign_id.map(|id| id.0),
            evidence: newest.evidence,
            changed_by: newest.changed_by.as_ref().map(ChangedByView::from),
            lifted: lifted.map(LiftedOptOutView::from),
        }
    }
}

impl From<Preference> for LiftedOptOutView {
    fn from(lifted: Preference) -> Self {
        Self {
            unsubscribed_at: lifted.changed_at.into(),
            source: lifted.source,
            campaign_id: lifted.campaign_id.map(|id| id.0),
            evidence: lifted.evidence,
        }
    }
}
