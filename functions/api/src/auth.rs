//! Authentication, and what a key allows.
//!
//! A handler gets its organization only from [`Access`], which requires a key with the handler's role.
//! So no handler can forget the check.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, header};
use infra::clock;
use shared::access::{ApiKey, Role, SecretHash, read_key_id};
use shared::actor::Actor;
use shared::ids::OrganizationId;
use shared::organization::Organization;
use subtle::ConstantTimeEq;

use crate::params::Segment;
use crate::problem::Problem;
use crate::state::{App, Volley};

/// The owner of a valid key.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    /// The deployment's admin key. It manages organizations and their keys, but not a tenant's work.
    Deployment,
    Key(ApiKey),
}

/// What a route requires of a key.
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
/// Keys and an organization's settings.
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

/// The organization of the path, for a key with the level `L`.
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
        }
    }

    pub(crate) fn actor(&self) -> Actor {
        match self {
            Self::Deployment => Actor::Deployment,
            Self::Key(key) => Actor::Key { id: key.id, name: key.name.clone() },
        }
    }

    /// Another organization is reported as missing (404), so its existence stays hidden. A role that is
    /// too low is forbidden (403).
    fn admit<L: Level>(&self, organization: OrganizationId) -> Result<(), Problem> {
        match self {
            Self::Deployment if L::DEPLOYMENT => Ok(()),
            Self::Key(key) if key.organization_id != organization => Err(Problem::not_found()),
            Self::Key(key) if key.role >= L::ROLE => Ok(()),
            Self::Deployment | Self::Key(_) => Err(Problem::forbidden()),
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
        // The key is looked up once per request.
        parts.extensions.insert(caller.clone());
        Ok(caller)
    }
}

impl<L: Level> FromRequestParts<App> for Access<L> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let Segment(id) = Segment::<OrganizationId>::from_request_parts(parts, app).await?;
        caller.admit::<L>(id)?;
        let organization = app.table.organization(id).await?;
        Ok(Self {
            organization: organization.ok_or_else(Problem::not_found)?,
            actor: caller.actor(),
            level: PhantomData,
        })
    }
}

impl FromRequestParts<App> for DeploymentOnly {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Caller::from_request_parts(parts, app).await? {
            Caller::Deployment => Ok(Self),
            Caller::Key(_) => Err(Problem::forbidden()),
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
    let id = read_key_id(text).ok_or_else(Problem::unauthorized)?;
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
mod tests {
    use axum::response::IntoResponse;
    use http::HeaderValue;
    use shared::ids::KeyId;
    use shared::time::Timestamp;
    use uuid::Uuid;

    use super::*;

    const OWN: OrganizationId = OrganizationId(Uuid::from_u128(1));
    const OTHER: OrganizationId = OrganizationId(Uuid::from_u128(2));

    fn caller(role: Role) -> Caller {
        Caller::Key(ApiKey {
            id: KeyId(Uuid::nil()),
            organization_id: OWN,
            name: "k".to_owned(),
            role,
            created_at: Timestamp::from_millis(0).expect("in range"),
            expires_at: None,
            changed_by: None,
        })
    }

    fn admitted<L: Level>(caller: &Caller, organization: OrganizationId) -> u16 {
        match caller.admit::<L>(organization) {
            Ok(()) => 200,
            Err(problem) => problem.into_response().status().as_u16(),
        }
    }

    #[test]
    fn roles_open_what_they_should() {
        let levels = |caller: &Caller, organization| {
            [
                admitted::<Viewer>(caller, organization),
                admitted::<Sender>(caller, organization),
                admitted::<Member>(caller, organization),
                admitted::<Admin>(caller, organization),
                admitted::<TenantAdmin>(caller, organization),
            ]
        };
        assert_eq!(levels(&caller(Role::Viewer), OWN), [200, 403, 200, 403, 403]);
        assert_eq!(levels(&caller(Role::Sender), OWN), [200, 200, 200, 403, 403]);
        assert_eq!(levels(&caller(Role::Admin), OWN), [200; 5]);
        assert_eq!(levels(&caller(Role::Admin), OTHER), [404; 5]);
        assert_eq!(levels(&Caller::Deployment, OTHER), [403, 403, 200, 200, 403]);
    }

    #[test]
    fn keys_come_as_bearer() {
        let key = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(key("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(key("bearer  abc").as_deref(), Some("abc"));
        for refused in ["abc", "Basic abc", "Bearer", "Bearer  "] {
            assert_eq!(key(refused), None, "{refused}");
        }
        assert_eq!(bearer(&HeaderMap::new()), None);
    }

    #[tokio::test]
    async fn the_admin_key_and_the_one_before_are_known_by_their_hashes() {
        let app = crate::state::tests::offline();
        for key in ["the admin's", "the admin's before"] {
            assert!(matches!(authenticate(&app, key).await, Ok(Caller::Deployment)), "{key}");
        }
        assert!(authenticate(&app, "another's").await.is_err());
    }
}
