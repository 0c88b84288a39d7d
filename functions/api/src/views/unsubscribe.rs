use serde::Serialize;
use shared::phone::Phone;
use shared::unsubscribe::{Preference, Source};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Time, words};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Unsubscribe)]
pub(crate) struct UnsubscribeView {
    #[schema(value_type = String, example = "+14155550123")]
    phone: Phone,
    organization_id: Uuid,
    unsubscribed_at: Time,
    #[schema(value_type = words::UnsubscribeSource)]
    source: Source,
    #[schema(required = true)]
    campaign_id: Option<Uuid>,
    /// The word or the error code that said so.
    #[schema(required = true)]
    evidence: Option<String>,
}

impl From<Preference> for UnsubscribeView {
    fn from(preference: Preference) -> Self {
        Self {
            phone: preference.phone,
            organization_id: preference.organization_id.0,
            unsubscribed_at: preference.changed_at.into(),
            source: preference.source,
            campaign_id: preference.campaign_id.map(|id| id.0),
            evidence: preference.evidence,
        }
    }
}
