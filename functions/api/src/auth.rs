//! Authentication, and what a caller may do.
//!
//! A handler gets its organization only from [`Access`], which requires a key or a member with the
//! handler's role. So no handler can forget the check.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, header};
use infra::clock;
use shared::access::{ApiKey, Role, SecretHash, read_key_id};
use shared::actor::Actor;
use shared::ids::OrganizationId;
use shared::member::Person;
use shared::organization::Organization;
use subtle::ConstantTimeEq;

use crate::audit::Witness;
use crate::memberships;
use crate::params::Segment;
use crate::problem::Problem;
use crate::state::{App, Volley};

/// The owner of a valid key or token.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    /// The deployment's admin key. It manages organizations, their keys and their members, but does not
    /// do a tenant's work.
    Deployment,
    Key(ApiKey),
    /// Someone who has signed in. What they may do depends on the organization.
    Person(Person),
}

/// What a caller is in an organization.
#[derive(Clone, Debug)]
enum Standing {
    Deployment,
    /// A key or a member of the organization.
    Holds(Role, Actor),
}

/// What a route requires of its caller.
pub(crate) trait Level: Send + Sync {
    const ROLE: Role;
    /// Whether the deployment's admin key is accepted too.
    const DEPLOYMENT: bool;
}

/// Reading a tenant's work.
pub(crate) struct Viewer;
/// Changing a tenant's work.
pub(crate) struct Sender;
/// Reading an organization's settings.
pub(crate) struct Member;
/// Keys, members and an organization's settings.
pub(crate) struct Admin;
/// Requires an admin key of the organization itself: the deployment does not do a tenant's work.
pub(crate) struct TenantAdmin;

impl Level for Viewer {
    const ROLE: Role = Role::Viewer;
    const DEPLOYMENT: bool = false;
}

impl Level for Sender {
    const ROLE: Role = Role::Sender;
    const DEPLOYMENT: bool = false;
}

impl Level for Member {
    const ROLE: Role = Role::Viewer;
    const DEPLOYMENT: bool = true;
}

impl Level for TenantAdmin {
    const ROLE: Role = Role::Admin;
    const DEPLOYMENT: bool = false;
}

impl Level for Admin {
    const ROLE: Role = Role::Admin;
    const DEPLOYMENT: bool = true;
}

/// The organization of the path, for a caller with the level `L`.
pub(crate) struct Access<L> {
    pub(crate) organization: Organization,
    /// The caller, to be recorded with what the request changes.
    pub(crate) actor: Actor,
    level: PhantomData<L>,
}

/// Accepts only the deployment's admin key.
pub(crate) struct DeploymentOnly;

impl Caller {
    /// A unique name for the caller. Idempotency keys are scoped to it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Deployment => "admin".to_owned(),
            Self::Key(key) => key.id.to_string(),
            Self::Person(person) => person.key.to_string(),
        }
    }

    /// What the caller is in an organization. Another organization is reported as missing (404), so
    /// that its existence stays hidden.
    async fn standing(&self, app: &Volley, id: OrganizationId) -> Result<Standing, Problem> {
        match self {
            Self::Deployment => Ok(Standing::Deployment),
            Self::Key(key) => Standing::of_key(key, id),
            Self::Person(person) => {
                let member = memberships::in_organization(app, person, id).await?;
                let member = member.ok_or_else(Problem::not_found)?;
                Ok(Standing::Holds(member.role, member.actor()))
            }
        }
    }
}

impl Standing {
    fn of_key(key: &ApiKey, organization: OrganizationId) -> Result<Self, Problem> {
        if key.organization_id != organization {
            return Err(Problem::not_found());
        }
        Ok(Self::Holds(key.role, Actor::Key { id: key.id, name: key.name.clone() }))
    }

    /// The actor, if a route of level `L` admits it. A role that is too low is forbidden (403).
    fn admit<L: Level>(self) -> Result<Actor, Problem> {
        match self {
            Self::Deployment if L::DEPLOYMENT => Ok(Actor::Deployment),
            Self::Holds(role, actor) if role >= L::ROLE => Ok(actor),
            Self::Deployment | Self::Holds(..) => Err(Problem::forbidden()),
        }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        if let Some(caller) = parts.extensions.get::<Self>() {
            return Ok(caller.clone());
        }
        let key = bearer(&parts.headers).ok_or_else(Problem::unauthorized)?;
        let caller = authenticate(app, key).await?;
        // The key or token is judged once per request.
        parts.extensions.insert(caller.clone());
        Ok(caller)
    }
}

impl<L: Level> FromRequestParts<App> for Access<L> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let Segment(id) = Segment::<OrganizationId>::from_request_parts(parts, app).await?;
        let actor = caller.standing(app, id).await?.admit::<L>()?;
        let organization = app.table.organization(id).await?;
        let organization = organization.ok_or_else(Problem::not_found)?;
        if let Some(witness) = parts.extensions.get::<Witness>() {
            witness.saw(id, &actor);
        }
        Ok(Self { organization, actor, level: PhantomData })
    }
}

impl FromRequestParts<App> for DeploymentOnly {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Caller::from_request_parts(parts, app).await? {
            Caller::Deployment => Ok(Self),
            Caller::Key(_) | Caller::Person(_) => Err(Problem::forbidden()),
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let key = key.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty()).then_some(key)
}

async fn authenticate(app: &Volley, text: &str) -> Result<Caller, Problem> {
    let given = SecretHash::of(text);
    if app.admin_keys.iter().any(|hash| matches(&given, hash)) {
        return Ok(Caller::Deployment);
    }
    let Some(id) = read_key_id(text) else {
        let identity = app.identity.as_ref().ok_or_else(Problem::unauthorized)?;
        return Ok(Caller::Person(identity.person(text, clock::now()).await?));
    };
    let found = app.table.api_key(id).await?;
    let (key, hash) = found.ok_or_else(Problem::unauthorized)?;
    if matches(&given, &hash) && key.is_live(clock::now()) {
        Ok(Caller::Key(key))
    } else {
        Err(Problem::unauthorized())
    }
}

/// Compares in constant time, so the duration reveals nothing about the hash.
fn matches(given: &SecretHash, expected: &SecretHash) -> bool {
    given.0.ct_eq(&expected.0).into()
}

#[cfg(test)]
mod tests;
