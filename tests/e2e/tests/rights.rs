//! What a person may ask for.

use e2e::{Tenant, phone, random, text};
use reqwest::Method;
use serde_json::{Value, json};

fn path(tenant: &Tenant, phone: &str) -> String {
    tenant.path(&format!("people/{}", phone.replace('+', "%2B")))
}

#[tokio::test]
async fn everything_known_of_a_phone_is_returned_in_either_form() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let number = format!("{:03}{:04}", 200 + random() % 700, random() % 9_000);
    let (today, other) = (format!("+52553{number}"), format!("+521553{number}"));
    let ana = json!({"phone": other, "firstName": "Ana", "attributes": {"City": "Puebla"}});
    let ana = tenant.api.post(&tenant.path("contacts"), &ana).await?;
    tenant.contact(&phone()).await?;
    let draft = tenant.draft("Hello").await?;
    let test = tenant.path(&format!("campaigns/{draft}/send-test"));
    tenant.api.post(&test, &json!({"to": today})).await?;
    let first = tenant.send().await?;
    tenant.settled(&first).await?;
    let second = tenant.send().await?;
    tenant.settled(&second).await?;
    tenant.hear(&today, "STOP").await?;
    let known = async |written: &str| -> anyhow::Result<Value> {
        tenant.api.get(&path(&tenant, written)).await
    };
    local::client::wait("the opt-out", e2e::PATIENCE, async || {
        Ok((known(&today).await?["preferences"][0]["subscribed"] == false).then_some(()))
    })
    .await?;
    for written in [&today, &other] {
        let known = known(written).await?;
        assert_eq!(known["phones"], json!([today, other]));
        assert_eq!(known["contacts"], json!([ana]));
        assert_eq!(known["nextCursor"], json!(null));
        let messages = known["messages"].as_array().cloned().unwrap_or_default();
        let of = |kind: &str| messages.iter().filter(|it| it["kind"] == kind).collect::<Vec<_>>();
        let campaigns: Vec<&str> =
            of("campaign").iter().map(|it| text(&it["campaignId"])).collect();
        assert_eq!(campaigns, [second.as_str(), first.as_str()], "newest first");
        assert_eq!(of("test").len(), 1, "{messages:?}");
        let preference = &known["preferences"][0];
        assert_eq!(
            (&preference["source"], &preference["evidence"]),
            (&json!("keyword"), &json!("STOP"))
        );
        assert_eq!(preference["campaignId"], second.as_str());
        assert_eq!(preference["lifted"], json!(null));
    }
    let lift = tenant.path(&format!("unsubscribes/{}/lift", today.replace('+', "%2B")));
    tenant.api.post(&lift, &json!({"reason": "she called"})).await?;
    let preference = &known(&other).await?["preferences"][0];
    assert_eq!(
        (&preference["subscribed"], &preference["evidence"]),
        (&json!(true), &json!("she called"))
    );
    assert_eq!(preference["lifted"]["evidence"], "STOP");
    Ok(())
}

#[tokio::test]
async fn only_an_admin_asks_and_strangers_are_unknown() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let stranger = phone();
    let known = tenant.api.get(&path(&tenant, &stranger)).await?;
    let nothing = json!({"phones": [stranger], "contacts": [], "preferences": [],
        "inbound": [], "messages": [], "erasure": null, "nextCursor": null});
    assert_eq!(known, nothing);
    let (sender, _) = tenant.keyed("sender").await?;
    let refused = sender.request(Method::GET, &path(&tenant, &stranger)).send().await?;
    assert_eq!(refused.status(), 403);
    assert_eq!(
        tenant.refusal(Method::GET, &path(&tenant, "nobody"), None).await?,
        (422, "invalid_phone".to_owned())
    );
    Ok(())
}

/// Campaigns are read a page at a time, so a person's messages may take several.
#[tokio::test]
async fn messages_of_many_campaigns_come_in_pages() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let person = phone();
    tenant.contact(&person).await?;
    let first = tenant.send().await?;
    tenant.settled(&first).await?;
    for _ in 0..55 {
        tenant.draft("Hello").await?;
    }
    let (mut at, mut found, mut pages) = (path(&tenant, &person), Vec::new(), 0);
    loop {
        let known = tenant.api.get(&at).await?;
        pages += 1;
        found.extend(known["messages"].as_array().cloned().unwrap_or_default());
        let Some(cursor) = known["nextCursor"].as_str() else { break };
        at = format!("{}?cursor={cursor}", path(&tenant, &person));
    }
    assert_eq!((pages, found.len()), (2, 1));
    assert_eq!(found[0]["to"], person.as_str());
    Ok(())
}
