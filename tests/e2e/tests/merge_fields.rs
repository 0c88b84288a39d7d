//! Bodies with merge fields.

use std::collections::BTreeMap;

use anyhow::Context;
use e2e::staging::{
    LATER_SECONDS, begun_from, cut, event, find, message, phones_in, resume, table,
};
use e2e::{Tenant, phone, text};
use reqwest::Method;
use serde_json::{Value, json};
use shared::organization::SHARDS;

use crate::quotes::quote;

const GREETING: &str =
    r#"Hi {{ firstName | default("there") }}, meet us in {{ attributes["City"] }}"#;

async fn named(
    tenant: &Tenant,
    to: &str,
    first_name: Option<&str>,
    city: Option<&str>,
) -> anyhow::Result<Value> {
    let attributes: BTreeMap<&str, &str> = city.into_iter().map(|city| ("City", city)).collect();
    let contact = json!({"phone": to, "firstName": first_name, "attributes": attributes});
    tenant.api.post(&tenant.path("contacts"), &contact).await
}

async fn skipped(tenant: &Tenant, id: &str) -> anyhow::Result<Vec<(String, String, Value)>> {
    let items = tenant.api.list(&tenant.path(&format!("campaigns/{id}/skipped"))).await?;
    let triple = |item: &Value| {
        let text = |name: &str| text(&item[name]).to_owned();
        (text("contactId"), text("reason"), item["detail"].clone())
    };
    let mut items: Vec<_> = items.iter().map(triple).collect();
    items.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(items)
}

/// Each person's text is frozen when the audience is cut, and shown as it was sent. Contacts without
/// a text are skipped and named.
#[tokio::test]
async fn each_recipient_gets_their_own_text() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (ana, there, nowhere, long) = (phone(), phone(), phone(), phone());
    named(&tenant, &ana, Some("Ana"), Some("Austin")).await?;
    named(&tenant, &there, None, Some("Boise")).await?;
    let missing = named(&tenant, &nowhere, Some("Bo"), None).await?;
    named(&tenant, &long, Some(&"Ж".repeat(100)), Some("Omsk")).await?;
    let id = tenant.draft(GREETING).await?;
    let campaign = tenant.campaign(&id).await?;
    assert_eq!(campaign["bodyFormat"], "template");
    let quote = quote(&tenant, &id).await?;
    assert_eq!((&quote["recipients"], &quote["totalParts"]), (&json!(3), &json!(4)), "{quote}");
    assert_eq!(quote["partsEach"], 2);
    tenant.send_draft(&id, &json!({"maxParts": 4})).await?;
    let campaign = tenant.settled(&id).await?;
    assert_eq!(campaign["audience"]["skipped"]["unrenderable"], 1, "{campaign}");
    tenant.assert_balanced(&campaign).await?;
    let messages = tenant.messages(&id).await?;
    let sent = |to: &str| {
        let message = messages.iter().find(|message| message["to"] == to);
        message.map(|message| (message["body"].clone(), message["parts"].clone()))
    };
    assert_eq!(sent(&ana), Some((json!("Hi Ana, meet us in Austin"), json!(1))));
    assert_eq!(sent(&there), Some((json!("Hi there, meet us in Boise"), json!(1))));
    assert_eq!(sent(&long).map(|(_, parts)| parts), Some(json!(2)));
    assert_eq!(sent(&nowhere), None);
    for (to, body) in [(&ana, "Hi Ana, meet us in Austin"), (&there, "Hi there, meet us in Boise")]
    {
        assert_eq!(tenant.books.statuses(to, body).await?.len(), 1, "{to}");
    }
    let expected =
        (text(&missing["id"]).to_owned(), "unrenderable".to_owned(), json!("missing_field"));
    assert_eq!(skipped(&tenant, &id).await?, [expected]);
    Ok(())
}

/// More parts than the limit, counted text by text, and nothing is sent.
#[tokio::test]
async fn limits_count_each_text() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (ana, long) = (phone(), phone());
    named(&tenant, &ana, Some("Ana"), Some("Austin")).await?;
    named(&tenant, &long, Some(&"x".repeat(200)), Some("Omsk")).await?;
    let id = tenant.draft(GREETING).await?;
    tenant.send_draft(&id, &json!({"maxParts": 2})).await?;
    tenant.until(&id, "the campaign to stop", |it| it["reason"] == "max_parts").await?;
    assert_eq!((tenant.books.texts(&ana).await?, tenant.books.texts(&long).await?), (0, 0));
    Ok(())
}

#[tokio::test]
async fn a_bad_template_is_refused_with_its_position() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    named(&tenant, &phone(), Some("Ana"), None).await?;
    let path = tenant.path("campaigns");
    for (body, detail) in [
        ("Hi\n{{ nickname }}", "(line 2, column 4)"),
        ("{{ firstName | shout }}", "must be one of the filters"),
        ("{% for x in tags %}{% endfor %}", "must be one of if"),
        ("{{ firstName", "line 1"),
    ] {
        let draft = json!({"name": "Spring", "body": body});
        let response = tenant.api.request(Method::POST, &path).json(&draft).send().await?;
        assert_eq!(response.status().as_u16(), 422, "{body}");
        let problem: Value = response.json().await?;
        assert_eq!(problem["errors"][0]["pointer"], "/body", "{problem}");
        assert!(text(&problem["errors"][0]["detail"]).contains(detail), "{problem}");
        let draft = json!({"name": "Spring", "body": body, "bodyFormat": "text"});
        let plain = tenant.api.post(&path, &draft).await?;
        assert_eq!((&plain["bodyFormat"], &plain["body"]), (&json!("text"), &json!(body)));
    }
    let draft = json!({"name": "Spring", "body": r#"{{ firstName }} {{ attributes["Shoe"] }}"#});
    let campaign = tenant.api.post(&path, &draft).await?;
    let warning = r#"none of 1 sampled contacts has attributes["Shoe"]"#;
    assert_eq!(campaign["warnings"], json!([warning]));
    Ok(())
}

/// What changes after the audience was cut changes no text.
#[tokio::test]
async fn a_text_is_frozen_when_the_audience_is_cut() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let phones = phones_in(&(0..1), 2);
    let [edited, deleted] = &phones[..] else { anyhow::bail!("two phones") };
    let contact = named(&tenant, edited, Some("Ana"), Some("Austin")).await?;
    let gone = named(&tenant, deleted, Some("Bo"), Some("Boise")).await?;
    let campaign = begun_from(&tenant, &tenant.draft(GREETING).await?, LATER_SECONDS).await?;
    cut(&tenant, &campaign, SHARDS.all(), None).await?;
    let path = |contact: &Value| tenant.path(&format!("contacts/{}", text(&contact["id"])));
    tenant.api.patch(&path(&contact), &json!({"firstName": "Zoe"})).await?;
    tenant.api.request(Method::DELETE, &path(&gone)).send().await?.error_for_status()?;
    resume(&tenant, &campaign).await?;
    let id = campaign.id.to_string();
    let settled = tenant.repaired(&id).await?;
    tenant.assert_balanced(&settled).await?;
    for (to, body) in [(edited, "Hi Ana, meet us in Austin"), (deleted, "Hi Bo, meet us in Boise")]
    {
        assert_eq!(tenant.books.statuses(to, body).await?.len(), 1, "{to}");
        let path = tenant.path(&format!("campaigns/{id}/messages/{}", message(&campaign, to)?.id));
        assert_eq!(tenant.api.get(&path).await?["body"], body);
    }
    Ok(())
}

/// A text that would differ from the frozen one pauses the campaign before anyone is claimed.
#[tokio::test]
async fn another_rendering_is_never_sent() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let phones = phones_in(&(0..1), 1);
    named(&tenant, &phones[0], Some("Ana"), Some("Austin")).await?;
    let campaign = begun_from(&tenant, &tenant.draft(GREETING).await?, LATER_SECONDS).await?;
    let mut changed = campaign.clone();
    let written = GREETING.replace("Hi", "Dear");
    changed.body = Some(shared::body::Body::stored(written, shared::body::Format::Template));
    cut(&tenant, &changed, SHARDS.all(), Some(infra::clock::now())).await?;
    let table = table(&tenant).await;
    let state = table.chunk_state(campaign.id, 0, 0).await?.context("no chunk")?;
    tenant.functions.invoke("DISPATCH", &event(&campaign.chunk_job(0, &state))).await?;
    let paused = tenant.campaign(&campaign.id.to_string()).await?;
    assert_eq!(
        (&paused["dispatch"], &paused["reason"]),
        (&json!("paused"), &json!("rendering_changed"))
    );
    let id = message(&campaign, &phones[0])?.id;
    let found = table.message(campaign.organization_id, campaign.id, id, SHARDS).await?;
    assert_eq!(found, None, "nothing is claimed");
    assert_eq!(table.chunk_state(campaign.id, 0, 0).await?, Some(state));
    assert_eq!(find(&table, &tenant, &campaign.id.to_string()).await?.body, campaign.body);
    Ok(())
}

#[tokio::test]
async fn a_test_has_the_fields_of_the_contact_that_it_names() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (to, contact) = (phone(), phone());
    let ana = named(&tenant, &contact, Some("Ana"), Some("Austin")).await?;
    let id = tenant.draft(GREETING).await?;
    let path = tenant.path(&format!("campaigns/{id}/send-test"));
    let message = tenant.api.post(&path, &json!({"to": to, "contactId": ana["id"]})).await?;
    assert_eq!(message["body"], "Hi Ana, meet us in Austin");
    for body in [json!({"to": to}), json!({"to": to, "contactId": "ext:none"})] {
        let refused = tenant.refusal(Method::POST, &path, Some(&body)).await?;
        assert_eq!(refused, (422, "validation_failed".to_owned()));
    }
    Ok(())
}
