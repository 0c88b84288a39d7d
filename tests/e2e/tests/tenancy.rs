//! Organisations' boundaries, keys and roles.

use e2e::{Tenant, phone};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn another_organisations_ids_open_nothing() -> anyhow::Result<()> {
    let (owner, stranger) = (Tenant::new().await?, Tenant::new().await?);
    let contact = owner.contact(&phone()).await?;
    let campaign = owner.send().await?;
    owner.settled(&campaign).await?;
    let message = &owner.messages(&campaign).await?[0]["id"];
    let message = message.as_str().unwrap_or_default();
    let body = json!({"name": "Other", "phone": phone()});
    let paths = [
        (Method::GET, format!("contacts/{contact}")),
        (Method::PUT, format!("contacts/{contact}")),
        (Method::DELETE, format!("contacts/{contact}")),
        (Method::GET, format!("campaigns/{campaign}")),
        (Method::PUT, format!("campaigns/{campaign}")),
        (Method::DELETE, format!("campaigns/{campaign}")),
        (Method::POST, format!("campaigns/{campaign}/send")),
        (Method::POST, format!("campaigns/{campaign}/send-test")),
        (Method::POST, format!("campaigns/{campaign}/cancel")),
        (Method::GET, format!("campaigns/{campaign}/messages")),
        (Method::GET, format!("campaigns/{campaign}/messages/{message}")),
    ];
    for (method, rest) in paths {
        let body = match (&method, rest.rsplit('/').next()) {
            (&Method::PUT, _) if rest.starts_with("contacts") => Some(json!({"phone": phone()})),
            (&Method::PUT, _) => Some(json!({"name": "Other"})),
            (&Method::POST, Some("send-test")) => Some(json!({"to": phone()})),
            (&Method::POST, _) => Some(json!({})),
            _ => None,
        };
        // With one's own key, under one's own organisation and under the other's.
        for path in [stranger.path(&rest), owner.path(&rest)] {
            let (status, _) = stranger.refusal(method.clone(), &path, body.as_ref()).await?;
            assert_eq!(status, 404, "{method} {path}");
        }
    }
    for rest in ["contacts", "campaigns", "unsubscribes", "api-keys"] {
        let (status, _) = stranger.refusal(Method::GET, &owner.path(rest), None).await?;
        assert_eq!(status, 404, "{rest}");
        let (status, _) = stranger.refusal(Method::POST, &owner.path(rest), Some(&body)).await?;
        assert!([404, 405].contains(&status), "{rest}: {status}");
    }
    assert_eq!(owner.campaign(&campaign).await?["name"], "Spring sale");
    Ok(())
}

#[tokio::test]
async fn a_senders_phone_has_one_organisation() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let body = json!({"name": "Other", "senderPhone": tenant.sender});
    let request = tenant.admin.request(Method::POST, "/v1/organizations").json(&body);
    let answer = request.send().await?;
    assert_eq!(answer.status(), 409);
    let problem: serde_json::Value = answer.json().await?;
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
