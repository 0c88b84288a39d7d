use axum::response::IntoResponse;
use http::HeaderValue;
use shared::ids::KeyId;
use shared::time::Timestamp;
use uuid::Uuid;

use super::*;

const OWN: OrganizationId = OrganizationId(Uuid::from_u128(1));
const OTHER: OrganizationId = OrganizationId(Uuid::from_u128(2));

fn key(role: Role) -> ApiKey {
    ApiKey {
        id: KeyId(Uuid::nil()),
        organization_id: OWN,
        name: "k".to_owned(),
        role,
        created_at: Timestamp::from_millis(0).expect("in range"),
        expires_at: None,
        changed_by: None,
    }
}

fn admitted<L: Level>(standing: &Result<Standing, Problem>) -> u16 {
    let refused = |problem: Problem| problem.into_response().status().as_u16();
    match standing {
        Ok(standing) => standing.clone().admit::<L>().map_or_else(refused, |_| 200),
        Err(_) => refused(Problem::not_found()),
    }
}

#[test]
fn roles_open_what_they_should() {
    let levels = |standing: &Result<Standing, Problem>| {
        [
            admitted::<Viewer>(standing),
            admitted::<Sender>(standing),
            admitted::<Member>(standing),
            admitted::<Admin>(standing),
            admitted::<TenantAdmin>(standing),
        ]
    };
    let of_key = |role, organization| levels(&Standing::of_key(&key(role), organization));
    assert_eq!(of_key(Role::Viewer, OWN), [200, 403, 200, 403, 403]);
    assert_eq!(of_key(Role::Sender, OWN), [200, 200, 200, 403, 403]);
    assert_eq!(of_key(Role::Admin, OWN), [200; 5]);
    assert_eq!(of_key(Role::Admin, OTHER), [404; 5]);
    assert_eq!(levels(&Ok(Standing::Deployment)), [403, 403, 200, 200, 403]);
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
