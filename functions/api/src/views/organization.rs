use serde::Serialize;
use shared::access::{ApiKey, Role};
use shared::organization::Organization;
use shared::phone::{Phone, Region};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Time, words};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Organization)]
pub(crate) struct OrganizationView {
    id: Uuid,
    name: String,
    #[schema(value_type = String, example = "+14155550123")]
    sender_phone: Phone,
    #[schema(value_type = String, example = "US")]
    default_region: Region,
    created_at: Time,
    updated_at: Time,
}

impl From<&Organization> for OrganizationView {
    fn from(organization: &Organization) -> Self {
        Self {
            id: organization.id.0,
            name: organization.name.clone(),
            sender_phone: organization.sender_phone.clone(),
            default_region: organization.default_region,
            created_at: organization.created_at.into(),
            updated_at: organization.updated_at.into(),
        }
    }
}

#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiKey)]
pub(crate) struct ApiKeyView {
    id: Uuid,
    name: String,
    #[schema(value_type = words::Role)]
    role: Role,
    created_at: Time,
    #[schema(required = true)]
    expires_at: Option<Time>,
}

impl From<&ApiKey> for ApiKeyView {
    fn from(key: &ApiKey) -> Self {
        Self {
            id: key.id.0,
            name: key.name.clone(),
            role: key.role,
            created_at: key.created_at.into(),
            expires_at: key.expires_at.map(Time),
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = ApiKeyCreated)]
pub(crate) struct ApiKeyCreatedView {
    #[serde(flatten)]
    pub(crate) key: ApiKeyView,
    /// Shown in this answer alone; null where an idempotency key answers it again.
    #[schema(required = true)]
    pub(crate) secret: Option<String>,
}
