//! Settings that belong to the deployment, and the record of who changed what.

use e2e::{Tenant, phone, text};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn the_deployment_assigns_numbers_and_an_admin_chooses() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let organization = format!("/v1/organizations/{}", tenant.id);
    let (assigned, free) = (phone(), phone());
    let denied =
        async |settings: Value| tenant.refusal(Method::PATCH, &organization, Some(&settings)).await;
    let not_assigned = (403, "sender_not_assigned".to_owned());
    assert_eq!(denied(json!({"senderPhone": assigned})).await?, not_assigned);
    for field in ["senderPhones", "provider", "maxPartsPerSecond", "testsPerDay"] {
        let value = match field {
            "senderPhones" => json!([assigned]),
            "provider" => json!({"kind": "aws"}),
            _ => json!(1),
        };
        let refusal = denied(json!({"name": "Mine", field: value})).await?;
        assert_eq!(refusal, (403, "deployment_only".to_owned()), "{field}");
    }
    assert_eq!(tenant.api.get(&organization).await?["name"], "Corner Bakery", "all or nothing");

    let changed = tenant.configure(&json!({"senderPhones": [assigned]})).await?;
    let mut phones = vec![assigned.clone(), tenant.sender.clone()];
    phones.sort();
    assert_eq!(
        (&changed["senderPhone"], &changed["senderPhones"]),
        (&json!(tenant.sender), &json!(phones))
    );
    let chosen = tenant.api.patch(&organization, &json!({"senderPhone": assigned})).await?;
    assert_eq!(
        (&chosen["senderPhone"], &chosen["senderPhones"]),
        (&json!(assigned), &json!(phones))
    );
    assert_eq!(denied(json!({"senderPhone": free})).await?, not_assigned);
    // An organization's phones belong to no other organization.
    let other = Tenant::new().await?;
    for number in [&assigned, &tenant.sender] {
        for settings in [json!({"senderPhones": [number]}), json!({"senderPhone": number})] {
            let path = format!("/v1/organizations/{}", other.id);
            let request = other.admin.request(Method::PATCH, &path).json(&settings);
            let answer = request.send().await?;
            assert_eq!(answer.status(), 409);
            assert_eq!(answer.json::<Value>().await?["code"], "sender_taken");
        }
    }
    Ok(())
}

/// People may reply to every phone that texted them.
#[tokio::test]
async fn assigned_and_left_numbers_hear_stop() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (assigned, removed) = (phone(), phone());
    tenant.configure(&json!({"senderPhones": [assigned, removed]})).await?;
    tenant.configure(&json!({"senderPhones": [assigned]})).await?;
    let webhook = format!("{}/webhooks/twilio/inbound", tenant.variables["API_URL"]);
    for number in [&assigned, &removed, &tenant.sender] {
        tenant.books.inbound(&webhook, &phone(), number, "STOP").await?;
    }
    assert_eq!(tenant.api.list(&tenant.path("unsubscribes")).await?.len(), 3);
    Ok(())
}

#[tokio::test]
async fn an_admin_lowers_the_rate_within_the_deployments_limit() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let organization = format!("/v1/organizations/{}", tenant.id);
    let changed = tenant.configure(&json!({"partsPerSecond": 20})).await?;
    assert_eq!(
        (&changed["partsPerSecond"], &changed["maxPartsPerSecond"]),
        (&json!(20), &json!(20))
    );
    for (rate, expected) in [(5, 200), (20, 200), (21, 403), (100_001, 422), (0, 422)] {
        let settings = json!({"partsPerSecond": rate});
        let (status, code) = tenant.refusal(Method::PATCH, &organization, Some(&settings)).await?;
        assert_eq!(status, expected, "{rate}: {code}");
    }
    let changed = tenant.configure(&json!({"maxPartsPerSecond": 7})).await?;
    assert_eq!((&changed["partsPerSecond"], &changed["maxPartsPerSecond"]), (&json!(7), &json!(7)));
    Ok(())
}

#[tokio::test]
async fn every_change_shows_who_made_it() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (sender, id) = tenant.keyed("sender").await?;
    let by_sender = json!({"kind": "key", "id": id, "name": "sender"});
    let by_deployment = json!({"kind": "deployment", "id": null, "name": null});
    let organization = format!("/v1/organizations/{}", tenant.id);
    assert_eq!(tenant.api.get(&organization).await?["changedBy"], by_deployment);
    let changed = tenant.api.patch(&organization, &json!({"name": "Bakery"})).await?;
    assert_eq!(
        (&changed["changedBy"]["kind"], &changed["changedBy"]["name"]),
        (&json!("key"), &json!("test"))
    );
    let keys = tenant.api.list(&tenant.path("api-keys")).await?;
    let of = |name: &str| keys.iter().find(|key| key["name"] == name).map(|key| &key["changedBy"]);
    assert_eq!(of("test"), Some(&by_deployment));
    assert_eq!(of("sender").map(|by| &by["name"]), Some(&json!("test")));

    let draft = json!({"name": "Spring", "body": "Hello"});
    let campaign = sender.post(&tenant.path("campaigns"), &draft).await?;
    assert_eq!(campaign["changedBy"], by_sender);
    let campaign = tenant.path(&format!("campaigns/{}", text(&campaign["id"])));
    let edit = tenant.api.request(Method::PUT, &campaign).json(&draft).send().await?;
    assert_eq!(edit.json::<Value>().await?["changedBy"]["name"], "test");
    let later = infra::clock::now().plus_seconds(3_600);
    let sent = sender.post(&format!("{campaign}/send"), &json!({"scheduledAt": later})).await?;
    assert_eq!(sent["changedBy"], by_sender);
    let cancelled = tenant.api.post(&format!("{campaign}/cancel"), &json!({})).await?;
    assert_eq!(cancelled["changedBy"]["name"], "test");

    let opted_out = phone();
    let csv = format!("phone,OptOut\n{opted_out},ALL\n").into_bytes();
    let import = sender.post_csv(&tenant.path("contacts/imports"), csv).await?;
    assert_eq!(import["changedBy"], by_sender);
    let path = tenant.path(&format!("contacts/imports/{}", text(&import["id"])));
    local::client::wait("the import", e2e::PATIENCE, async || {
        Ok((tenant.api.get(&path).await?["status"] == "done").then_some(()))
    })
    .await?;
    let unsubscribe = tenant.api.get(&tenant.unsubscribe_path(&opted_out)).await?;
    assert_eq!((&unsubscribe["source"], &unsubscribe["changedBy"]), (&json!("import"), &by_sender));
    Ok(())
}
