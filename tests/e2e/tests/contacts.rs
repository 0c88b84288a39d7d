//! Deleted contacts, and phones that opt out and in again, and how the next campaign treats them.

use std::collections::BTreeSet;

use e2e::{Tenant, phone};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn deleted_contacts_get_no_campaign() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (stays, shared, leaves) = (phone(), phone(), [phone(), phone(), phone()]);
    let kept = [tenant.contact(&stays).await?, tenant.contact(&shared).await?];
    let twin = tenant.contact(&shared).await?;
    let mut gone = Vec::new();
    for to in &leaves {
        gone.push(tenant.contact(to).await?);
    }
    let (all, path) = (tenant.path("contacts"), |id: &str| tenant.path(&format!("contacts/{id}")));

    assert_eq!(tenant.refusal(Method::DELETE, &path(&gone[0]), None).await?.0, 204);
    assert_eq!(tenant.refusal(Method::DELETE, &path(&twin), None).await?.0, 204);
    // A contact that is already gone doesn't keep the others.
    let ids = json!({"ids": gone});
    assert_eq!(tenant.refusal(Method::DELETE, &all, Some(&ids)).await?.0, 204);
    gone.push(twin);
    for id in &gone {
        for method in [Method::GET, Method::DELETE] {
            let refusal = tenant.refusal(method, &path(id), None).await?;
            assert_eq!(refusal, (404, "not_found".to_owned()));
        }
    }
    let listed = tenant.api.list(&all).await?;
    let listed: BTreeSet<&str> =
        listed.iter().filter_map(|contact| contact["id"].as_str()).collect();
    assert_eq!(listed, kept.iter().map(String::as_str).collect::<BTreeSet<_>>());

    let id = tenant.send().await?;
    let campaign = tenant.settled(&id).await?;
    let audience = json!({
        "contacts": 2,
        "recipients": 2,
        "skipped": {
            "noPhone": 0, "duplicate": 0, "unsubscribed": 0,
            "notInTarget": 0, "inactive": 0, "unrenderable": 0,
        },
        "complete": true,
    });
    assert_eq!(campaign["audience"], audience);
    for to in &leaves {
        assert_eq!(tenant.books.texts(to).await?, 0);
    }
    for to in [&stays, &shared] {
        assert_eq!(tenant.books.texts(to).await?, 1);
    }
    Ok(())
}

#[tokio::test]
async fn ids_to_delete_are_bounded() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let contact = tenant.contact(&phone()).await?;
    let draft = tenant.draft("Hello").await?;
    for (rest, id) in [("contacts", contact), ("campaigns", draft)] {
        for count in [0, 101] {
            let ids = json!({"ids": vec![&id; count]});
            let refusal = tenant.refusal(Method::DELETE, &tenant.path(rest), Some(&ids)).await?;
            assert_eq!(refusal, (422, "validation_failed".to_owned()), "{count} {rest}");
        }
        assert_eq!(tenant.api.list(&tenant.path(rest)).await?.len(), 1, "{rest}");
    }
    Ok(())
}

#[tokio::test]
async fn who_is_subscribed_again_gets_the_next_campaign() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (to, other) = (phone(), phone());
    tenant.contact(&to).await?;
    let path = |phone: &str| tenant.path(&format!("unsubscribes/{}", phone.replace('+', "%2B")));
    let not_found = (404, "not_found".to_owned());
    for method in [Method::GET, Method::DELETE] {
        let refusal = tenant.refusal(method, &path(&to), None).await?;
        assert_eq!(refusal, not_found, "nobody has opted out");
    }
    for phone in [&to, &other] {
        tenant.unsubscribe(phone).await?;
    }
    let unsubscribe = tenant.api.get(&path(&to)).await?;
    let expected = (&json!(to), &json!(tenant.id), &json!("api"));
    let told = (&unsubscribe["phone"], &unsubscribe["organizationId"], &unsubscribe["source"]);
    assert_eq!(told, expected);
    let id = tenant.send().await?;
    let campaign = tenant.settled(&id).await?;
    assert_eq!(campaign["audience"]["skipped"]["unsubscribed"], 1);
    assert_eq!(tenant.books.texts(&to).await?, 0);

    assert_eq!(tenant.refusal(Method::DELETE, &path(&to), None).await?.0, 204);
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(tenant.refusal(method, &path(&to), None).await?, not_found);
    }
    let left = tenant.api.list(&tenant.path("unsubscribes")).await?;
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0]["phone"], other.as_str());
    let id = tenant.send().await?;
    let campaign = tenant.settled(&id).await?;
    assert_eq!(campaign["audience"]["recipients"], 1);
    assert_eq!(tenant.books.texts(&to).await?, 1);

    tenant.unsubscribe(&to).await?;
    assert_eq!(tenant.api.get(&path(&to)).await?["phone"], to.as_str(), "and out again");
    Ok(())
}
