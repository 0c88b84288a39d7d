//! Resends to those whom a campaign did not reach.

use e2e::staging::{
    LATER_SECONDS, TOKEN, begun_owing, claim, cut, message, reference, resume, table,
};
use e2e::{PATIENCE, Tenant, text};
use infra::clock;
use infra::gateway::twilio::callback::address;
use infra::table::Settlement;
use local::client::wait;
use reqwest::Method;
use serde_json::{Value, json};
use shared::message::Outcome;
use shared::organization::SHARDS;

use crate::fates::tell;
use crate::quotes::quote;

pub(crate) async fn resend(
    tenant: &Tenant,
    campaign: &str,
    request: &Value,
) -> anyhow::Result<String> {
    let path = tenant.path(&format!("campaigns/{campaign}/resend"));
    let draft = tenant.api.post(&path, request).await?;
    assert_eq!((&draft["status"], &draft["target"]), (&json!("draft"), &Value::Null), "{draft}");
    Ok(text(&draft["id"]).to_owned())
}

/// Waits until a resend's recipients are chosen. Returns their number in its quote.
pub(crate) async fn ready(tenant: &Tenant, draft: &str) -> anyhow::Result<Value> {
    tenant.until(draft, "recipients to be chosen", |it| it["resend"]["ready"] == true).await?;
    Ok(quote(tenant, draft).await?["recipients"].clone())
}

async fn refusal(tenant: &Tenant, path: &str, body: &Value) -> anyhow::Result<(u16, String)> {
    tenant.refusal(Method::POST, &tenant.path(path), Some(body)).await
}

#[tokio::test]
async fn only_those_who_were_not_reached_are_texted_again() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let phones = tenant.contacts(6).await?;
    let [reached, expired, again, wrong, leaves, gone] = &phones[..] else { panic!("{phones:?}") };
    for to in [expired, again, leaves] {
        tenant.books.script(to, "expired").await?;
    }
    tenant.books.script(wrong, "refused-21211").await?;
    tenant.books.script(gone, "undelivered-30003").await?;
    let original = tenant.send().await?;
    tenant.settled(&original).await?;

    let reasons = json!({"reasons": ["expired", "unreachable"]});
    let draft = resend(&tenant, &original, &reasons).await?;
    assert_eq!(ready(&tenant, &draft).await?, 4);
    let copy = refusal(&tenant, &format!("campaigns/{draft}/duplicate"), &json!({})).await?;
    assert_eq!(copy, (409, "campaign_is_resend".to_owned()));
    let other = refusal(&tenant, &format!("campaigns/{original}/resend"), &reasons).await?;
    assert_eq!(other, (409, "resend_open".to_owned()));
    // What happens after the choice counts too.
    tenant.unsubscribe(leaves).await?;
    let contacts = tenant.api.list(&tenant.path("contacts")).await?;
    let of_gone = contacts.iter().find(|it| it["phone"] == *gone).expect("a contact");
    let path = tenant.path(&format!("contacts/{}", text(&of_gone["id"])));
    tenant.api.request(Method::DELETE, &path).send().await?.error_for_status()?;
    tenant.books.script(expired, "delivered").await?;
    tenant.send_draft(&draft, &json!({})).await?;
    let sent = tenant.settled(&draft).await?;
    let skipped = &sent["audience"]["skipped"];
    assert_eq!(sent["audience"]["recipients"], 2, "{sent}");
    assert_eq!((&skipped["notInTarget"], &skipped["unsubscribed"]), (&json!(2), &json!(1)));
    let listed = tenant.path(&format!("campaigns/{draft}/skipped?reason=notInTarget"));
    assert_eq!(tenant.api.list(&listed).await?.len(), 2);
    let texts = [(reached, 1), (expired, 2), (again, 2), (wrong, 0), (leaves, 1), (gone, 1)];
    for (to, texts) in texts {
        assert_eq!(tenant.books.texts(to).await?, texts, "{to}");
    }

    // The first campaign again: whom the second one has reached is left out.
    let third = resend(&tenant, &original, &reasons).await?;
    assert_eq!(ready(&tenant, &third).await?, 1);
    tenant.books.script(again, "delivered").await?;
    tenant.send_draft(&third, &json!({})).await?;
    let sent = tenant.settled(&third).await?;
    assert_eq!(sent["counts"]["delivered"], 1, "{sent}");
    assert_eq!((tenant.books.texts(expired).await?, tenant.books.texts(again).await?), (2, 3));
    let fourth = resend(&tenant, &draft, &reasons).await?;
    assert_eq!(ready(&tenant, &fourth).await?, 0, "everyone else was reached or left");
    Ok(())
}

#[tokio::test]
async fn a_message_that_may_have_arrived_is_resent_only_on_request() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let to = tenant.contacts(1).await?.remove(0);
    tenant.books.script(&to, "error").await?;
    let original = tenant.send().await?;
    tenant.until_with_resumes(&original, "an unknown", |it| it["counts"]["unknown"] == 1).await?;
    tenant.until_with_resumes(&original, "its end", |it| it["dispatch"] == "done").await?;
    let draft = resend(&tenant, &original, &json!({"reasons": ["expired"]})).await?;
    assert_eq!(ready(&tenant, &draft).await?, 0);
    let path = tenant.path(&format!("campaigns/{draft}"));
    tenant.api.request(Method::DELETE, &path).send().await?.error_for_status()?;
    let request = json!({"reasons": ["expired"], "includeUnknown": true});
    let draft = resend(&tenant, &original, &request).await?;
    assert_eq!(ready(&tenant, &draft).await?, 1);
    Ok(())
}

/// The test plays both the worker and the provider, which takes its failure back.
#[tokio::test]
async fn a_failure_that_was_taken_back_is_not_resent() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let phones = tenant.contacts(3).await?;
    let [before, after, failed] = &phones[..] else { panic!("{phones:?}") };
    let campaign = begun_owing(&tenant, LATER_SECONDS).await?;
    cut(&tenant, &campaign, SHARDS.all(), None).await?;
    let (table, id) = (table(&tenant).await, campaign.id.to_string());
    let sid = |to: &str| format!("SM{:0>32}", to.trim_start_matches('+'));
    let told = async |to: &str, status: &str| {
        let url = address(&tenant.variables["API_URL"], &reference(&message(&campaign, to)?), None);
        tell(&tenant, &url, &sid(to), to, status).await
    };
    for to in &phones {
        claim(&table, &campaign, to, clock::now()).await?;
        let (message, token) = (reference(&message(&campaign, to)?), TOKEN.to_owned());
        let outcome = Outcome::Accepted { provider_id: sid(to), at: clock::now() };
        let settlement = Settlement { message, token, outcome };
        table.settle_all(&[settlement], SHARDS).await?.pop().transpose()?;
        told(to, "undelivered").await?;
    }
    resume(&tenant, &campaign).await?;
    let settled = tenant.settled(&id).await?;
    assert_eq!(settled["counts"]["failed"], 3, "{settled}");
    let taken_back = async |to: &str| {
        told(to, "delivered").await?;
        let path = format!("campaigns/{id}/messages/{}/timeline", message(&campaign, to)?.id);
        wait("the contradiction to be kept", PATIENCE, async || {
            let timeline = tenant.api.get(&tenant.path(&path)).await?;
            let steps = timeline["steps"].as_array().cloned().unwrap_or_default();
            Ok(steps.iter().any(|step| step["status"] == "delivered").then_some(()))
        })
        .await
    };
    taken_back(before).await?;
    let draft = resend(&tenant, &id, &json!({"reasons": ["unreachable"]})).await?;
    assert_eq!(ready(&tenant, &draft).await?, 2);
    taken_back(after).await?;
    tenant.send_draft(&draft, &json!({})).await?;
    let sent = tenant.settled(&draft).await?;
    assert_eq!(sent["audience"]["recipients"], 1, "{sent}");
    for (to, texts) in [(before, 0), (after, 0), (failed, 1)] {
        assert_eq!(tenant.books.texts(to).await?, texts, "{to}");
    }
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_resent_is_refused() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.contacts(1).await?;
    let draft = tenant.draft("Hello").await?;
    let path = format!("campaigns/{draft}/resend");
    let cases = [
        (json!({"reasons": ["expired"]}), (409, "campaign_not_dispatched")),
        (json!({"reasons": []}), (422, "validation_failed")),
        (json!({"reasons": ["unsubscribed"]}), (422, "validation_failed")),
        (json!({"reasons": ["already_reached"]}), (422, "validation_failed")),
        (json!({"reasons": ["bored"]}), (422, "validation_failed")),
        (json!({}), (422, "validation_failed")),
    ];
    for (body, (status, code)) in cases {
        assert_eq!(refusal(&tenant, &path, &body).await?, (status, code.to_owned()), "{body}");
    }
    Ok(())
}
