//! Finding messages: by their results, and by the person.

use anyhow::Context;
use e2e::{Tenant, phone, text};
use reqwest::Method;
use serde_json::{Value, json};

/// The phones of the messages that a filter finds.
async fn found(tenant: &Tenant, id: &str, filter: &str) -> anyhow::Result<Vec<String>> {
    let path = tenant.path(&format!("campaigns/{id}/messages?{filter}"));
    let messages = tenant.api.list(&path).await?;
    let mut phones: Vec<String> = messages.iter().map(|it| text(&it["to"]).to_owned()).collect();
    phones.sort();
    Ok(phones)
}

fn encoded(phone: &str) -> String {
    phone.replace('+', "%2B")
}

#[tokio::test]
async fn messages_are_found_by_their_results() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (good, off, wrong) = (phone(), phone(), phone());
    for (to, fate) in [(&good, "delivered"), (&off, "undelivered-30003"), (&wrong, "refused-21211")]
    {
        tenant.books.script(to, fate).await?;
        tenant.contact(to).await?;
    }
    let id = tenant.send().await?;
    let campaign = tenant.settled(&id).await?;
    let sent_at = text(&campaign["sentAt"]);
    let mut failed = [off.clone(), wrong.clone()];
    failed.sort();
    let only = |phone: &String| vec![phone.clone()];
    for (filter, expected) in [
        ("status=delivered".to_owned(), only(&good)),
        ("status=failed".to_owned(), failed.to_vec()),
        ("reason=unreachable".to_owned(), only(&off)),
        ("code=21211".to_owned(), only(&wrong)),
        ("status=failed&code=30003&country=us".to_owned(), only(&off)),
        ("country=DE".to_owned(), vec![]),
        (format!("status=delivered&updatedSince={sent_at}"), only(&good)),
        (format!("updatedBefore={sent_at}"), vec![]),
        (format!("phone={}", encoded(&off)), only(&off)),
        (format!("phone={}&status=delivered", encoded(&off)), vec![]),
        (format!("phone={}", encoded(&phone())), vec![]),
    ] {
        assert_eq!(found(&tenant, &id, &filter).await?, expected, "{filter}");
    }
    for refused in ["phone=12", "country=us&contact=x&phone=x", "reason=bored"] {
        let path = tenant.path(&format!("campaigns/{id}/messages?{refused}"));
        assert_eq!(tenant.refusal(Method::GET, &path, None).await?.0, 400, "{refused}");
    }
    has_a_timeline(&tenant, &id, &good).await
}

/// The claim, the provider's response and its callback.
async fn has_a_timeline(tenant: &Tenant, id: &str, to: &str) -> anyhow::Result<()> {
    let path = tenant.path(&format!("campaigns/{id}/messages?phone={}", encoded(to)));
    let message = tenant.api.list(&path).await?.pop().context("a message")?;
    let path = format!("campaigns/{id}/messages/{}/timeline", text(&message["id"]));
    let timeline = tenant.api.get(&tenant.path(&path)).await?;
    assert_eq!((&timeline["messageId"], &timeline["status"]), (&message["id"], &message["status"]));
    let steps = timeline["steps"].as_array().context("steps")?;
    let step = |source: &str, status: &str| {
        let found = steps.iter().find(|it| it["source"] == source && it["status"] == status);
        found.with_context(|| format!("{source} {status}: {timeline}"))
    };
    assert_eq!(&steps[0], step("dispatch", "pending")?, "nothing precedes the claim");
    // The callback may arrive before the worker has read the provider's response.
    step("dispatch", "sent")?;
    assert_eq!(step("callback", "delivered")?["at"], message["deliveredAt"]);
    Ok(())
}

#[tokio::test]
async fn a_person_has_a_history() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let to = phone();
    let contact = tenant.contact(&to).await?;
    tenant.contact(&phone()).await?;
    let mut campaigns = Vec::new();
    for _ in 0..2 {
        let id = tenant.send().await?;
        tenant.settled(&id).await?;
        campaigns.insert(0, id);
    }
    tenant.draft("Never sent").await?;
    for filter in [format!("contact={contact}"), format!("phone={}", encoded(&to))] {
        let messages = tenant.api.list(&tenant.path(&format!("messages?{filter}"))).await?;
        let of: Vec<&str> = messages.iter().map(|message| text(&message["campaignId"])).collect();
        assert_eq!(of, campaigns, "the newest campaign comes first");
        assert!(messages.iter().all(|message| message["to"] == to.as_str()));
        // A page covers one campaign.
        let page = tenant.api.get(&tenant.path(&format!("messages?limit=1&{filter}"))).await?;
        assert!(page["nextCursor"].is_string(), "{page}");
    }
    let stranger = Tenant::new().await?;
    let others = stranger.path(&format!("messages?contact={contact}"));
    assert_eq!(stranger.refusal(Method::GET, &others, None).await?.0, 404);
    let theirs = stranger.path(&format!("messages?phone={}", encoded(&to)));
    assert!(stranger.api.list(&theirs).await?.is_empty());
    assert_eq!(tenant.refusal(Method::GET, &tenant.path("messages"), None).await?.0, 400);
    Ok(())
}

/// No one has claimed it yet, so it is found in the audience.
#[tokio::test]
async fn a_pending_message_is_found_by_its_phone() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let phones = tenant.contacts(3).await?;
    for phone in &phones {
        tenant.books.script(phone, "refused-20429").await?;
    }
    let id = tenant.send().await?;
    tenant.until(&id, "the audience to be whole", |it| it["audience"]["complete"] == true).await?;
    let pause = tenant.path(&format!("campaigns/{id}/pause"));
    let paused = tenant.api.post(&pause, &json!({})).await?;
    let is_counted = |it: &Value| {
        it["counts"]["pending"] == 3
            && it["counts"]["countedAt"].as_str() > paused["updatedAt"].as_str()
    };
    tenant.until(&id, "a count", is_counted).await?;
    let filter = format!("phone={}", encoded(&phones[1]));
    assert_eq!(found(&tenant, &id, &filter).await?, [phones[1].clone()]);
    let report = tenant.api.get(&tenant.path(&format!("campaigns/{id}/report"))).await?;
    assert_eq!(report["counts"]["pending"], 3);
    let pause = &report["pauses"][0];
    assert_eq!((&pause["reason"], &pause["until"]), (&Value::Null, &Value::Null));
    assert_eq!((&pause["at"], &pause["by"]["kind"]), (&paused["updatedAt"], &json!("key")));
    Ok(())
}
