//! Who was skipped and why, and what the others would read.

use std::collections::BTreeMap;

use e2e::{Tenant, phone, text};
use reqwest::Method;
use serde_json::{Value, json};

async fn contact(tenant: &Tenant, body: &Value) -> anyhow::Result<String> {
    let contact = tenant.api.post(&tenant.path("contacts"), body).await?;
    Ok(text(&contact["id"]).to_owned())
}

/// Every skipped contact is listed once, with its reason.
#[tokio::test]
async fn each_skipped_contact_is_listed_with_its_reason() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (texted, opted_out) = (phone(), phone());
    let vip = |mut body: Value| {
        body["tags"] = json!(["vip"]);
        body
    };
    contact(&tenant, &vip(json!({"phone": texted, "firstName": "Ana"}))).await?;
    let mut expected = BTreeMap::new();
    for (body, reason) in [
        (vip(json!({"phone": texted, "firstName": "Twin"})), "duplicate"),
        (vip(json!({"firstName": "Bo"})), "noPhone"),
        (vip(json!({"phone": opted_out, "firstName": "Cy"})), "unsubscribed"),
        (vip(json!({"phone": phone(), "firstName": "Di", "status": "inactive"})), "inactive"),
        (vip(json!({"phone": phone()})), "unrenderable"),
        (json!({"phone": phone(), "firstName": "Ed"}), "notInTarget"),
    ] {
        expected.insert(contact(&tenant, &body).await?, reason);
    }
    tenant.unsubscribe(&opted_out).await?;
    let filter = json!({"field": "tags", "op": "in", "value": ["vip"]});
    let segment = json!({"name": "VIP", "filter": filter});
    let segment = tenant.api.post(&tenant.path("segments"), &segment).await?;
    let target = json!({"include": [segment["id"]], "exclude": []});
    let draft = json!({"name": "Spring", "body": "Hi {{ firstName }}", "target": target});
    let campaign = tenant.api.post(&tenant.path("campaigns"), &draft).await?;
    let id = text(&campaign["id"]).to_owned();
    let list = tenant.path(&format!("campaigns/{id}/skipped"));
    assert_eq!(tenant.api.list(&list).await?.len(), 0, "nothing is sent yet");
    tenant.send_draft(&id, &json!({})).await?;
    tenant.assert_balanced(&tenant.settled(&id).await?).await?;
    let all = tenant.api.list(&list).await?;
    let not_in_target = tenant.api.list(&format!("{list}?reason=notInTarget")).await?;
    assert_eq!(not_in_target.len(), 1, "{not_in_target:?}");
    assert_eq!(not_in_target[0]["changedSince"], false);
    let found: BTreeMap<String, &str> = all
        .iter()
        .chain(&not_in_target)
        .map(|item| (text(&item["contactId"]).to_owned(), text(&item["reason"])))
        .collect();
    // Of two contacts with one phone, the first by ID is texted.
    let reasons = |of: &BTreeMap<String, &str>| {
        let mut reasons: Vec<String> = of.values().map(|reason| (*reason).to_owned()).collect();
        reasons.sort();
        reasons
    };
    assert_eq!(reasons(&found), reasons(&expected));
    assert_eq!(all.len() + not_in_target.len(), expected.len());
    for reason in expected.values() {
        let page = tenant.api.get(&format!("{list}?reason={reason}&limit=1")).await?;
        assert_eq!(page["frozenCount"], 1, "{reason}: {page}");
    }
    let left_out = text(&not_in_target[0]["contactId"]);
    let path = tenant.path(&format!("contacts/{left_out}"));
    tenant.api.patch(&path, &json!({"lastName": "Later"})).await?;
    let changed = tenant.api.list(&format!("{list}?reason=notInTarget")).await?;
    assert_eq!(changed[0]["changedSince"], true);
    let refused = tenant.refusal(Method::GET, &format!("{list}?reason=bored"), None).await?;
    assert_eq!(refused, (400, "invalid_query".to_owned()));
    Ok(())
}

#[tokio::test]
async fn a_preview_shows_the_extremes_and_who_has_no_text() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let named = async |name: Option<&str>| {
        contact(&tenant, &json!({"phone": phone(), "firstName": name})).await
    };
    let (ana, long, none) =
        (named(Some("Ana")).await?, named(Some(&"Ж".repeat(100))).await?, named(None).await?);
    let id = tenant.draft("Hi {{ firstName }}").await?;
    let path = tenant.path(&format!("campaigns/{id}/preview"));
    let preview = tenant.api.post(&path, &json!({})).await?;
    assert_eq!((&preview["contacts"], &preview["failed"]), (&json!(3), &json!(1)), "{preview}");
    assert_eq!(preview["shortest"]["text"], "Hi Ana");
    for extreme in ["longest", "mostParts"] {
        assert_eq!(preview[extreme]["contactId"], json!(long));
        assert_eq!(
            (&preview[extreme]["parts"], &preview[extreme]["encoding"]),
            (&json!(2), &json!("UCS-2"))
        );
    }
    let character = &preview["longest"]["firstCharacterBeyondGsm7"];
    assert_eq!(character, &json!({"character": "Ж", "position": 3}));
    assert_eq!(preview["failing"][0]["contactId"], json!(none));
    assert_eq!(preview["failing"][0]["detail"], "missing_field");
    let chosen = tenant.api.post(&path, &json!({"contacts": [none, ana]})).await?;
    let texts = [&chosen["texts"][0]["text"], &chosen["texts"][1]["text"]];
    assert_eq!(texts, [&Value::Null, &json!("Hi Ana")]);
    for bad in [json!({"contacts": ["ext:nobody"]}), json!({"samples": 0}), json!({"samples": 501})]
    {
        let refused = tenant.refusal(Method::POST, &path, Some(&bad)).await?;
        assert_eq!(refused, (422, "validation_failed".to_owned()), "{bad}");
    }
    Ok(())
}
