use serde::Serialize;
use shared::access::{ApiKey, Role};
use shared::member::{Member, Person};
use shared::organization::Organization;
use utoipa::ToSchema;
use uuid::Uuid;

use super::labels;

/// The caller of a request.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Me)]
pub(crate) struct MeView {
    /// `key` is an organization's API key, `member` a person who signed in with the identity provider,
    /// `deployment` the deployment's admin key.
    #[schema(value_type = labels::ActorKind)]
    kind: &'static str,
    /// The key's ID; null for people and for the deployment's admin key.
    #[schema(required = true)]
    id: Option<Uuid>,
    /// The name of the key or person; null if there is none.
    #[schema(required = true)]
    name: Option<String>,
    /// A person's address, if the identity provider has verified it. Only such an address can be invited.
    #[schema(required = true)]
    email: Option<String>,
    /// The key's role; null for people, who have a role in each organization, and for the deployment's
    /// admin key, which manages organizations but does not do their work.
    #[schema(value_type = Option<labels::Role>, required = true)]
    role: Option<Role>,
    /// The organizations that the caller can work in. Empty for the deployment's admin key:
    /// `GET /v1/organizations` lists those that it manages.
    organizations: Vec<MyOrganizationView>,
}

/// An organization that the caller can work in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MyOrganization)]
pub(crate) struct MyOrganizationView {
    id: Uuid,
    name: String,
    #[schema(value_type = labels::Role)]
    role: Role,
    /// The ID of the person among the organization's members; null for keys.
    #[schema(required = true)]
    member_id: Option<Uuid>,
}

impl MeView {
    pub(crate) fn deployment() -> Self {
        let (kind, organizations) = ("deployment", Vec::new());
        Self { kind, id: None, name: None, email: None, role: None, organizations }
    }

    pub(crate) fn key(key: &ApiKey, organization: Option<&Organization>) -> Self {
        let organization = organization.map(|found| MyOrganizationView {
            id: found.id.0,
            name: found.name.clone(),
            role: key.role,
            member_id: None,
        });
        Self {
            kind: "key",
            id: Some(key.id.0),
            name: Some(key.name.clone()),
            email: None,
            role: Some(key.role),
            organizations: organization.into_iter().collect(),
        }
    }

    pub(crate) fn person(person: &Person, memberships: &[(Member, Organization)]) -> Self {
        let organizations = memberships.iter().map(|(member, organization)| MyOrganizationView {
            id: organization.id.0,
            name: organization.name.clone(),
            role: member.role,
            member_id: Some(member.id.0),
        });
        Self {
            kind: "member",
            id: None,
            name: person.name.clone(),
            email: person.email.as_ref().map(|email| email.as_str().to_owned()),
            role: None,
            organizations: organizations.collect(),
        }
    }
}
