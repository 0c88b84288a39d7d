use serde::Serialize;
use shared::ids::OrganizationId;
use shared::phone::Phone;
use shared::unsubscribe::{ListedUnsubscribe, Preference, Source};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ChangedByView, Time, labels};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Unsubscribe)]
pub(crate) struct UnsubscribeView {
    /// Null in lists if the person was erased.
    #[schema(value_type = Option<String>, required = true, example = "+14155550123")]
    phone: Option<Phone>,
    /// What is kept in place of the phone of a person who was erased: the name of a key, and a hash that can't be
    /// computed without the key.
    #[schema(required = true)]
    erased_hash: Option<String>,
    organization_id: Uuid,
    unsubscribed_at: Time,
    #[schema(value_type = labels::UnsubscribeSource)]
    source: Source,
    #[schema(required = true)]
    campaign_id: Option<Uuid>,
    /// The keyword, provider code, import row or reason behind the change.
    #[schema(required = true)]
    evidence: Option<String>,
    /// Who unsubscribed the phone; `system` if the person did.
    #[schema(required = true)]
    changed_by: Option<ChangedByView>,
}

/// A lifted unsubscribe.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Lift)]
pub(crate) struct LiftView {
    #[schema(value_type = String, example = "+14155550123")]
    phone: Phone,
    organization_id: Uuid,
    lifted_at: Time,
    /// The request's reason, stored as evidence.
    reason: String,
    #[schema(required = true)]
    changed_by: Option<ChangedByView>,
    unsubscribe: UnsubscribeView,
}

impl LiftView {
    pub(crate) fn new(lifted: Preference, subscription: &Preference) -> Self {
        Self {
            phone: subscription.phone.clone(),
            organization_id: subscription.organization_id.0,
            lifted_at: subscription.changed_at.into(),
            reason: subscription.evidence.clone().unwrap_or_default(),
            changed_by: subscription.changed_by.as_ref().map(ChangedByView::from),
            unsubscribe: lifted.into(),
        }
    }
}

impl From<Preference> for UnsubscribeView {
    fn from(preference: Preference) -> Self {
        Self::listed(preference.organization_id, preference.into())
    }
}

impl UnsubscribeView {
    pub(crate) fn listed(organization: OrganizationId, listed: ListedUnsubscribe) -> Self {
        Self {
            phone: listed.phone,
            erased_hash: listed.hash.as_ref().map(ToString::to_string),
            organization_id: organization.0,
            unsubscribed_at: listed.unsubscribed_at.into(),
            source: listed.source,
            campaign_id: listed.campaign_id.map(|id| id.0),
            changed_by: listed.changed_by.as_ref().map(ChangedByView::from),
            evidence: listed.evidence,
        }
    }
}
