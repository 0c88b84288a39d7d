use serde::Serialize;
use shared::access::{ApiKey, Role};
use shared::organization::Organization;
use utoipa::ToSchema;
use uuid::Uuid;

use super::labels;

/// The caller of a request.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Me)]
pub(crate) struct MeView {
    /// `key` is an organization's API key, `deployment` the deployment's admin key.
    #[schema(value_type = labels::ActorKind)]
    kind: &'static str,
    /// The key's ID; null for the deployment's admin key.
    #[schema(required = true)]
    id: Option<Uuid>,
    /// The key's name; null for the deployment's admin key.
    #[schema(required = true)]
    name: Option<String>,
    /// The role in these organizations; null for the deployment's admin key, which manages organizations
    /// but does not do their work.
    #[schema(value_type = Option<labels::Role>, required = true)]
    role: Option<Role>,
    /// The organizations that the caller can work in. Empty for the deployment's admin key:
    /// `GET /v1/organizations` lists those that it manages.
    organizations: Vec<MyOrganizationView>,
}

/// An organization that the caller can work in.
#[derive(Serialize, ToSchema)]
#[schema(as = MyOrganization)]
pub(crate) struct MyOrganizationView {
    id: Uuid,
    name: String,
}

impl MeView {
    pub(crate) fn deployment() -> Self {
        Self { kind: "deployment", id: None, name: None, role: None, organizations: Vec::new() }
    }

    pub(crate) fn key(key: &ApiKey, organization: Option<&Organization>) -> Self {
        let organization = organization
            .map(|found| MyOrganizationView { id: found.id.0, name: found.name.clone() });
        Self {
            kind: "key",
            id: Some(key.id.0),
            name: Some(key.name.clone()),
            role: Some(key.role),
            organizations: organization.into_iter().collect(),
        }
    }
}
