//! Tenant boundaries, keys and roles.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use e2e::{Tenant, phone};
use reqwest::Method;
use serde_json::{Value, json};

/// Ids by the name of their path parameter in the OpenAPI document.
type Ids = BTreeMap<&'static str, String>;

/// Paths that belong to no organization.
const UNOWNED: [&str; 6] =
    ["/health", "/openapi.json", "/v1/halt", "/v1/me", "/v1/organizations", "/v1/restored"];
/// What only the deployment's key may change.
const DEPLOYMENTS: [(&str, Method); 2] = [
    ("/v1/organizations/{organizationId}/halt", Method::PUT),
    ("/v1/organizations/{organizationId}", Method::DELETE),
];

/// The parameters of a path of the document.
fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

/// The path under this organization, with its ids filled in.
fn filled(path: &str, organization: &str, ids: &Ids) -> anyhow::Result<String> {
    let mut filled = path.replace("{organizationId}", organization);
    for name in parameters(path).filter(|name| *name != "organizationId") {
        let id = ids.get(name).with_context(|| format!("whose is {name} of {path}?"))?;
        filled = filled.replace(&format!("{{{name}}}"), id);
    }
    if path.ends_with("/explain") || path == "/v1/organizations/{organizationId}/messages" {
        filled = format!("{filled}?contact={}", ids["contactId"]);
    }
    Ok(filled)
}

/// A body that is valid, so that a request can be refused only for its ids.
fn body(method: &Method, path: &str, ids: &Ids) -> Option<Value> {
    let place = path.rsplit('/').next().unwrap_or_default();
    Some(match (method.as_str(), place) {
        ("PUT", "{contactId}") => json!({"phone": phone()}),
        ("PATCH", "{memberId}") => json!({"role": "viewer"}),
        ("PATCH", "{contactId}") => json!({"firstName": "Other"}),
        ("PATCH", "{webhookId}") => json!({"enabled": false}),
        ("PUT", "{campaignId}") | ("PATCH", _) => json!({"name": "Other"}),
        ("PUT", "{segmentId}") => {
            json!({"name": "Other", "filter": {"field": "tags", "op": "exists"}})
        }
        ("PUT", "{templateId}") => json!({"name": "Other", "body": "Hi"}),
        ("POST", "webhooks") => json!({"url": "https://hooks.example.com/volley"}),
        ("POST", "exports") => json!({"kind": "contacts", "format": "csv"}),
        ("POST", "lift") => json!({"reason": "they called"}),
        ("POST", "send-test") => json!({"to": phone()}),
        ("POST", "reply") => json!({"body": "Hi"}),
        ("POST", "resend") => json!({"reasons": ["expired"]}),
        ("DELETE", "contacts") => json!({"ids": [ids["contactId"]]}),
        ("DELETE", "campaigns") => json!({"ids": [ids["campaignId"]]}),
        ("POST" | "PUT", _) => json!({}),
        _ => return None,
    })
}

/// Everything an organization sees of its data, except what changes by itself: counts, and whether a
/// webhook's endpoint responds.
async fn seen(tenant: &Tenant) -> anyhow::Result<Vec<Value>> {
    let mut seen = vec![tenant.api.get(&format!("/v1/organizations/{}", tenant.id)).await?];
    for rest in ["api-keys", "members", "contacts", "unsubscribes", "inbound", "webhooks"] {
        seen.extend(tenant.api.list(&tenant.path(rest)).await?);
    }
    for it in &mut seen {
        it.as_object_mut().map(|fields| fields.remove("failingSince"));
    }
    for campaign in tenant.api.list(&tenant.path("campaigns")).await? {
        let fields = ["id", "name", "body", "status", "dispatch"];
        seen.push(fields.iter().map(|name| campaign[*name].clone()).collect());
    }
    Ok(seen)
}

/// Tries every route of the document, so that a new route can't be forgotten here.
#[tokio::test]
async fn another_organizations_ids_open_nothing() -> anyhow::Result<()> {
    let (owner, stranger) = (Tenant::new().await?, Tenant::new().await?);
    let (ids, secret) = belongings(&owner).await?;
    let before = seen(&owner).await?;
    let nothing = (404, "not_found".to_owned());
    let document = owner.api.get("/openapi.json").await?;
    let mut asked = BTreeSet::new();
    for (path, item) in document["paths"].as_object().context("the document has no paths")? {
        let names: BTreeSet<&str> = parameters(path).collect();
        if names.is_empty() {
            assert!(UNOWNED.contains(&path.as_str()), "whose is {path}?");
            continue;
        }
        let own = filled(path, &owner.id, &ids)?;
        let mut places = vec![own.clone()];
        // A phone alone belongs to no organization: each keeps a separate register.
        if names.iter().any(|name| !["organizationId", "phone"].contains(name)) {
            places.push(filled(path, &stranger.id, &ids)?);
        }
        asked.extend(names);
        let item = item.as_object().context("a path has methods")?;
        for method in item.keys().filter(|key| *key != "parameters") {
            let method = Method::from_bytes(method.to_uppercase().as_bytes())?;
            if method == Method::GET {
                assert_eq!(owner.refusal(method.clone(), &own, None).await?.0, 200, "{own}");
            }
            if DEPLOYMENTS.contains(&(path.as_str(), method.clone())) {
                let halt = json!({"halted": true, "reason": null});
                let halt = (method == Method::PUT).then_some(&halt);
                assert_eq!(owner.refusal(method, &own, halt).await?.0, 403, "{own}");
                continue;
            }
            let body = body(&method, path, &ids);
            for place in &places {
                let refusal = stranger.refusal(method.clone(), place, body.as_ref()).await?;
                assert_eq!(refusal, nothing, "{method} {place}");
            }
        }
    }
    let known: BTreeSet<&str> = ids.keys().copied().chain(["organizationId"]).collect();
    assert_eq!(asked, known, "what was asked for");
    assert_eq!(seen(&owner).await?, before);
    // The attempt to delete the key did nothing: it still works.
    owner.api.with_key(&secret).get(&owner.path("contacts")).await?;
    Ok(())
}

/// One of each thing that an organization may have, along with the key's secret.
async fn belongings(owner: &Tenant) -> anyhow::Result<(Ids, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let opted_out = phone();
    owner.unsubscribe(&opted_out).await?;
    let contact = owner.contact(&phone()).await?;
    let import = owner.import(&format!("phone\n{}\n12\n", phone())).await?;
    let campaign = owner.send().await?;
    owner.settled(&campaign).await?;
    let messages = owner.messages(&campaign).await?;
    let message = messages.first().context("the campaign has no message")?;
    let segment = json!({"name": "Tagged", "filter": {"field": "tags", "op": "exists"}});
    let segment = owner.api.post(&owner.path("segments"), &segment).await?;
    let template = json!({"name": "Greeting", "body": "Hi"});
    let template = owner.api.post(&owner.path("templates"), &template).await?;
    let key = json!({"name": "till", "role": "viewer"});
    let key = owner.api.post(&owner.path("api-keys"), &key).await?;
    let invitation = json!({"email": "ana@example.com", "role": "viewer"});
    let member = owner.api.post(&owner.path("members"), &invitation).await?;
    let export = json!({"kind": "contacts", "format": "csv"});
    let export = owner.api.post(&owner.path("exports"), &export).await?;
    let writer = phone();
    owner.hear(&writer, "wrong number").await?;
    let inbound = owner.api.list(&owner.path("inbound")).await?;
    let inbound = inbound.first().context("the text was not kept")?;
    let webhook = json!({"url": "https://hooks.example.com/volley"});
    let webhook = owner.api.post(&owner.path("webhooks"), &webhook).await?;
    let ping = owner.path(&format!("webhooks/{}/ping", text(&webhook["id"])));
    let delivery = owner.api.post(&ping, &json!({})).await?;
    let ids = Ids::from([
        ("inboundId", text(&inbound["id"])),
        ("webhookId", text(&webhook["id"])),
        ("deliveryId", text(&delivery["id"])),
        ("contactId", contact),
        ("importId", text(&import["id"])),
        ("exportId", text(&export["id"])),
        ("phone", opted_out.replace('+', "%2B")),
        ("campaignId", campaign),
        ("messageId", text(&message["id"])),
        ("segmentId", text(&segment["id"])),
        ("templateId", text(&template["id"])),
        ("keyId", text(&key["id"])),
        ("memberId", text(&member["id"])),
    ]);
    Ok((ids, text(&key["secret"])))
}

/// What no path names: ids in a body, and phones, which every organization may have.
#[tokio::test]
async fn under_ones_own_organization_others_things_are_not_there() -> anyhow::Result<()> {
    let (owner, stranger) = (Tenant::new().await?, Tenant::new().await?);
    let opted_out = phone();
    owner.unsubscribe(&opted_out).await?;
    let contact = owner.contact(&phone()).await?;
    let draft = owner.draft("Hello").await?;
    let before = seen(&owner).await?;
    // Deleting contacts ignores unknown ones. Deleting drafts is all or nothing.
    for (rest, id, expected) in [("contacts", contact, 204), ("campaigns", draft, 404)] {
        let ids = json!({"ids": [id]});
        let path = stranger.path(rest);
        let (status, _) = stranger.refusal(Method::DELETE, &path, Some(&ids)).await?;
        assert_eq!(status, expected, "{rest}");
    }
    let path = stranger.path(&format!("unsubscribes/{}", opted_out.replace('+', "%2B")));
    for (method, expected) in
        [(Method::GET, 404), (Method::DELETE, 404), (Method::PUT, 200), (Method::DELETE, 204)]
    {
        let (status, _) = stranger.refusal(method.clone(), &path, None).await?;
        assert_eq!(status, expected, "{method}");
    }
    let organizations = stranger.api.list("/v1/organizations").await?;
    let ids: Vec<&Value> = organizations.iter().map(|organization| &organization["id"]).collect();
    assert_eq!(ids, [stranger.id.as_str()]);
    assert_eq!(seen(&owner).await?, before);
    Ok(())
}

#[tokio::test]
async fn a_senders_phone_has_one_organization() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let body = json!({"name": "Other", "senderPhone": tenant.sender});
    let request = tenant.admin.request(Method::POST, "/v1/organizations").json(&body);
    let answer = request.send().await?;
    assert_eq!(answer.status(), 409);
    let problem: Value = answer.json().await?;
    assert_eq!(problem["code"], "sender_taken");
    Ok(())
}

#[tokio::test]
async fn roles_allow_what_they_say() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let keys = tenant.path("api-keys");
    let mut keyed = Vec::new();
    for role in ["viewer", "sender"] {
        let key = tenant.api.post(&keys, &json!({"name": role, "role": role})).await?;
        keyed.push(tenant.api.with_key(key["secret"].as_str().unwrap_or_default()));
    }
    let [viewer, sender] = &keyed[..] else { anyhow::bail!("two keys") };
    let status = async |api: &local::client::Api, method: Method, path: &str| {
        let request = api.request(method, path).json(&json!({"name": "Spring"}));
        anyhow::Ok(request.send().await?.status().as_u16())
    };
    let campaigns = tenant.path("campaigns");
    assert_eq!(status(viewer, Method::GET, &campaigns).await?, 200);
    assert_eq!(status(viewer, Method::POST, &campaigns).await?, 403);
    assert_eq!(status(sender, Method::POST, &campaigns).await?, 201);
    assert_eq!(status(sender, Method::GET, &keys).await?, 403);
    let organization = format!("/v1/organizations/{}", tenant.id);
    let settings = json!({"provider": {"kind": "aws"}});
    let own = tenant.api.request(Method::PATCH, &organization).json(&settings).send().await?;
    assert_eq!(own.status(), 403, "accounts and secrets are the deployment's to choose");
    let nobody = tenant.api.with_key("volley_nobody");
    assert_eq!(status(&nobody, Method::GET, &campaigns).await?, 401);
    Ok(())
}
