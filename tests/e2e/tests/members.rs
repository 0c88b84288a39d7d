//! Members: people who sign in with the identity provider.

use e2e::people::Person;
use e2e::{Tenant, logs, text};
use infra::clock;
use local::client::Api;
use reqwest::Method;
use serde_json::{Value, json};

async fn invite(tenant: &Tenant, person: &Person, role: &str) -> anyhow::Result<Value> {
    let body = json!({"email": person.email.to_uppercase(), "role": role});
    tenant.api.post(&tenant.path("members"), &body).await
}

/// The API as a new member uses it, and the member.
async fn joined(tenant: &Tenant, name: &'static str, role: &str) -> anyhow::Result<(Api, Value)> {
    let person = Person::new(name);
    let member = invite(tenant, &person, role).await?;
    let api = person.api(tenant, clock::now())?;
    api.get("/v1/me").await?;
    Ok((api, member))
}

async fn status(api: &Api, method: Method, path: &str, body: &Value) -> anyhow::Result<u16> {
    Ok(api.request(method, path).json(body).send().await?.status().as_u16())
}

fn member_path(tenant: &Tenant, member: &Value) -> String {
    tenant.path(&format!("members/{}", text(&member["id"])))
}

#[tokio::test]
async fn an_invited_person_joins_and_is_named() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let ana = Person::new("Ana");
    let invited = invite(&tenant, &ana, "sender").await?;
    assert_eq!((&invited["status"], &invited["email"]), (&json!("invited"), &json!(ana.email)));
    assert_eq!(invited["changedBy"]["kind"], "key");

    let api = ana.api(&tenant, clock::now())?;
    let me = api.get("/v1/me").await?;
    let organization = tenant.api.get(&format!("/v1/organizations/{}", tenant.id)).await?;
    let expected = json!({
        "kind": "member", "id": null, "name": "Ana", "email": ana.email, "role": null,
        "organizations": [{
            "id": tenant.id, "name": organization["name"], "role": "sender",
            "memberId": invited["id"],
        }],
    });
    assert_eq!(me, expected);
    let draft = json!({"name": "Spring sale", "body": "Hello"});
    let campaign = api.post(&tenant.path("campaigns"), &draft).await?;
    let by_ana = json!({"kind": "member", "id": invited["id"], "name": "Ana"});
    assert_eq!(campaign["changedBy"], by_ana);
    let members = tenant.api.list(&tenant.path("members")).await?;
    assert_eq!((members.len(), &members[0]["status"]), (1, &json!("joined")));
    assert_eq!(members[0]["invitedUntil"], Value::Null);

    // An address that was given to someone else opens nothing, and neither does another address.
    let heir = Person { subject: "heir".to_owned(), ..Person::new("Bo") };
    let heir = Person { email: ana.email.clone(), ..heir };
    let heir = heir.api(&tenant, clock::now())?;
    assert_eq!(heir.get("/v1/me").await?["organizations"], json!([]));
    let changed = ana.token(&tenant, clock::now(), &json!({"email": "ana@other.example"}))?;
    let changed = tenant.api.with_key(&changed);
    assert_eq!(changed.list(&tenant.path("campaigns")).await?.len(), 1);

    let log = logs::text(&tenant.variables)?;
    assert!(!log.contains(&ana.email) && !log.contains(&ana.subject), "a person is in the log");
    Ok(())
}

#[tokio::test]
async fn only_a_verified_address_accepts_an_invitation() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let ana = Person::new("Ana");
    let invited = invite(&tenant, &ana, "viewer").await?;
    let campaigns = tenant.path("campaigns");
    let token = |changes: &Value| ana.token(&tenant, clock::now(), changes);
    for unverified in [json!(false), json!("true"), Value::Null] {
        let api = tenant.api.with_key(&token(&json!({"email_verified": unverified}))?);
        assert_eq!(status(&api, Method::GET, &campaigns, &json!({})).await?, 404);
        assert_eq!(api.get("/v1/me").await?["email"], Value::Null);
    }
    let now = clock::now().unix_seconds();
    for refused in [
        json!({"aud": "other"}),
        json!({"iss": "http://127.0.0.1:1"}),
        json!({"exp": now - 61}),
        json!({"nbf": now + 300}),
    ] {
        let api = tenant.api.with_key(&token(&refused)?);
        assert_eq!(status(&api, Method::GET, "/v1/me", &json!({})).await?, 401, "{refused}");
    }
    let good = token(&json!({}))?;
    let (message, _) = good.rsplit_once('.').expect("a token");
    let forged = tenant.api.with_key(&format!("{message}.{}", "A".repeat(86)));
    assert_eq!(status(&forged, Method::GET, "/v1/me", &json!({})).await?, 401);
    // A withdrawn invitation cannot be accepted.
    tenant.refusal(Method::DELETE, &member_path(&tenant, &invited), None).await?;
    let api = tenant.api.with_key(&good);
    assert_eq!(status(&api, Method::GET, &campaigns, &json!({})).await?, 404);
    Ok(())
}

#[tokio::test]
async fn roles_of_members_count_at_once() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (api, member) = joined(&tenant, "Cy", "viewer").await?;
    let (campaigns, path) = (tenant.path("campaigns"), member_path(&tenant, &member));
    let draft = json!({"name": "Spring"});
    assert_eq!(status(&api, Method::GET, &campaigns, &json!({})).await?, 200);
    assert_eq!(status(&api, Method::POST, &campaigns, &draft).await?, 403);
    let sender = tenant.api.patch(&path, &json!({"role": "sender"})).await?;
    assert_eq!(sender["role"], "sender");
    assert_eq!(status(&api, Method::POST, &campaigns, &draft).await?, 201);
    // Only an admin manages members.
    let members = tenant.path("members");
    assert_eq!(status(&api, Method::GET, &members, &json!({})).await?, 403);
    assert_eq!(status(&api, Method::PATCH, &path, &json!({"role": "admin"})).await?, 403);
    tenant.api.patch(&path, &json!({"role": "admin"})).await?;
    assert_eq!(status(&api, Method::GET, &members, &json!({})).await?, 200);
    // No member creates organizations.
    let organization = json!({"name": "Other", "senderPhone": e2e::phone()});
    assert_eq!(status(&api, Method::POST, "/v1/organizations", &organization).await?, 403);
    Ok(())
}

#[tokio::test]
async fn the_last_admin_stays() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (ana, first) = joined(&tenant, "Ana", "admin").await?;
    let path = member_path(&tenant, &first);
    let last = (409, "last_admin".to_owned());
    let demote = json!({"role": "viewer"});
    assert_eq!(tenant.refusal(Method::DELETE, &path, None).await?, last);
    assert_eq!(tenant.refusal(Method::PATCH, &path, Some(&demote)).await?, last);
    let (bo, second) = joined(&tenant, "Bo", "admin").await?;
    // Each removes the other at once: one of them stays.
    let (others, nothing) = (member_path(&tenant, &second), json!({}));
    let (one, two) = tokio::join!(
        status(&ana, Method::DELETE, &others, &nothing),
        status(&bo, Method::DELETE, &path, &nothing),
    );
    let mut statuses = [one?, two?];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 204);
    assert!([404, 409].contains(&statuses[1]), "{statuses:?}");
    let members = tenant.api.list(&tenant.path("members")).await?;
    assert_eq!(members.len(), 1);
    // The deployment can always invite again, so it may remove anyone.
    let path = member_path(&tenant, &members[0]);
    assert_eq!(status(&tenant.admin, Method::DELETE, &path, &json!({})).await?, 204);
    Ok(())
}

#[tokio::test]
async fn invitations_are_renewed_and_unique() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let ana = Person::new("Ana");
    let first = invite(&tenant, &ana, "viewer").await?;
    let again = invite(&tenant, &ana, "sender").await?;
    assert_eq!((&again["id"], &again["role"]), (&first["id"], &json!("sender")));
    ana.api(&tenant, clock::now())?.get("/v1/me").await?;
    let body = json!({"email": ana.email, "role": "viewer"});
    let refusal = tenant.refusal(Method::POST, &tenant.path("members"), Some(&body)).await?;
    assert_eq!(refusal, (409, "member_exists".to_owned()));
    for bad in ["ana", "Ana <ana@example.com>"] {
        let body = json!({"email": bad, "role": "viewer"});
        let refusal = tenant.refusal(Method::POST, &tenant.path("members"), Some(&body)).await?;
        assert_eq!(refusal, (422, "validation_failed".to_owned()));
    }
    Ok(())
}

#[tokio::test]
async fn a_person_may_work_in_two_organizations() -> anyhow::Result<()> {
    let (one, two, stranger) = tokio::try_join!(Tenant::new(), Tenant::new(), Tenant::new())?;
    let ana = Person::new("Ana");
    invite(&one, &ana, "admin").await?;
    let api = ana.api(&one, clock::now())?;
    // The first request joins, whichever it is.
    assert_eq!(api.list(&one.path("campaigns")).await?.len(), 0);
    let second = invite(&two, &ana, "viewer").await?;
    let me = api.get("/v1/me").await?;
    let mut roles: Vec<(&str, &str)> = me["organizations"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|organization| (text(&organization["id"]), text(&organization["role"])))
        .collect();
    roles.sort_unstable();
    let mut expected = [(one.id.as_str(), "admin"), (two.id.as_str(), "viewer")];
    expected.sort_unstable();
    assert_eq!(roles, expected);
    assert_eq!(api.list("/v1/organizations").await?.len(), 2);
    let draft = json!({"name": "Spring"});
    for (tenant, expected) in [(&one, 201), (&two, 403), (&stranger, 404)] {
        let path = tenant.path("campaigns");
        assert_eq!(status(&api, Method::POST, &path, &draft).await?, expected);
    }
    // A role in one organization is none in another.
    let path = member_path(&one, &second);
    assert_eq!(status(&api, Method::DELETE, &path, &json!({})).await?, 404);
    Ok(())
}
