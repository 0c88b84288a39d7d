//! No log line has a phone, a text, a name or a secret, whether a request succeeds or fails.

use std::collections::BTreeMap;

use aws_sdk_sqs::Client;
use e2e::callbacks::call_back;
use e2e::{PATIENCE, Tenant, logs, phone, random};
use infra::aws;
use local::client::wait;
use reqwest::Method;
use serde_json::{Value, json};

use crate::poison::letters;

/// Fates that take a message down every path on which something is logged.
const FATES: [&str; 12] = [
    "delivered",
    "undelivered-30003",
    "refused-21610",
    "refused-21211",
    "opted-out",
    "throttled",
    "queue-full",
    "no-receipt",
    "early-receipt",
    "out-of-order",
    "twice",
    "answer-lost",
];

/// A word that is in every text, name and malformed message of this test, and nowhere else.
fn marker() -> String {
    format!("{:08x}{:08x}", random(), random())
}

/// Imports a recipient with each fate; returns their phones.
async fn recipients(tenant: &Tenant, marker: &str) -> anyhow::Result<Vec<String>> {
    let phones: Vec<String> = FATES.iter().map(|_| phone()).collect();
    for (to, fate) in phones.iter().zip(FATES) {
        tenant.books.script(to, fate).await?;
    }
    let rows: Vec<String> =
        phones.iter().map(|to| format!("{to},Ada {marker},{marker}\n")).collect();
    // A row without a phone is counted as rejected.
    let file = format!("phone,firstName,note\n{}{marker},Ada {marker},\n", rows.concat());
    tenant.import(&file).await?;
    Ok(phones)
}

/// Requests that name a person in their path, query or body, and are refused or not.
async fn requests(tenant: &Tenant, marker: &str, to: &str) -> anyhow::Result<()> {
    tenant.unsubscribe(to).await?;
    let send = |method: Method, path: &str, body: String| {
        let request = tenant.api.request(method, &tenant.path(path));
        request.header("content-type", "application/json").body(body).send()
    };
    let contact = json!({"phone": to, "firstName": marker}).to_string();
    send(Method::POST, "contacts", contact.clone()).await?;
    send(Method::POST, "contacts", contact[..contact.len() - 1].to_owned()).await?;
    send(Method::POST, "contacts", json!({"phone": [to, marker]}).to_string()).await?;
    send(Method::GET, &format!("unsubscribes/{to}"), String::new()).await?;
    send(Method::GET, &format!("contacts/{to}"), String::new()).await?;
    send(Method::GET, &format!("contacts?cursor={marker}&phone={to}"), String::new()).await?;
    send(Method::POST, &format!("campaigns/{to}/send"), contact).await?;
    Ok(())
}

/// What people and providers write, genuine and forged.
async fn webhooks(tenant: &Tenant, marker: &str, from: &str) -> anyhow::Result<()> {
    let token = &tenant.variables["PROVIDER_AUTH_TOKEN"];
    let url = |rest: &str| format!("{}/webhooks/twilio/{rest}", tenant.variables["API_URL"]);
    for (body, to) in [(marker, &*tenant.sender), ("STOP", &*tenant.sender), (marker, from)] {
        let form = [("Body", body), ("From", from), ("To", to)];
        for token in [token, marker] {
            call_back(token, &url("inbound"), &form).await?;
        }
    }
    let form = [("MessageSid", marker), ("MessageStatus", "sent"), ("To", from)];
    call_back(token, &url(&format!("status?o={marker}&c={from}&t={marker}")), &form).await?;
    Ok(())
}

/// A message that cannot be read, on each queue. It becomes a dead letter, with the reason.
async fn unreadable(tenant: &Tenant, marker: &str, to: &str) -> anyhow::Result<()> {
    let queues = Client::new(&aws::load().await);
    let variables = &tenant.variables;
    for queue in ["JOBS", "DISPATCH", "POLLS", "RECEIPTS"] {
        let job = json!({"type": marker, "to": to});
        let delivery = json!({"message": marker, "to": [to], "receipt": to});
        let body = json!({"v": 2, "job": job, "delivery": delivery, "queue": queue}).to_string();
        let url = &variables[&format!("{queue}_QUEUE_URL")];
        queues.send_message().queue_url(url).message_body(body).send().await?;
    }
    let mut found = BTreeMap::new();
    wait("the dead letters", PATIENCE, async || {
        found.extend(letters(&queues, &variables["DEAD_LETTER_QUEUE_URL"], marker).await?);
        Ok((found.len() >= 4).then_some(()))
    })
    .await
}

#[tokio::test]
async fn no_log_line_has_a_phone_a_text_or_a_secret() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let marker = marker();
    let mut phones = recipients(&tenant, &marker).await?;
    let (tested, person) = (phone(), phone());
    requests(&tenant, &marker, &person).await?;
    let id = tenant.draft(&format!("The {marker} sale starts on Friday.")).await?;
    let test = json!({"to": tested});
    tenant.api.post(&tenant.path(&format!("campaigns/{id}/send-test")), &test).await?;
    tenant.send_draft(&id, &json!({})).await?;
    tenant
        .until_with_resumes(&id, "every message to have its fate", |campaign: &Value| {
            let counts = &campaign["counts"];
            campaign["dispatch"] == "done"
                && counts["total"].is_u64()
                && ["pending", "sent", "unknown"].iter().all(|status| counts[status] == 0)
        })
        .await?;
    webhooks(&tenant, &marker, &person).await?;
    unreadable(&tenant, &marker, &person).await?;

    let log = logs::text(&tenant.variables)?;
    assert!(log.contains(&id), "the log has nothing of this test");
    phones.extend([tested, person, tenant.sender.clone()]);
    let secrets = ["ADMIN_KEY", "PROVIDER_AUTH_TOKEN"].map(|name| tenant.variables[name].clone());
    let secrets = secrets.into_iter().chain([tenant.key.clone(), marker]);
    // A phone may be in any encoding, but its digits stay.
    let digits = phones.iter().map(|phone| phone.trim_start_matches('+').to_owned());
    for secret in digits.chain(secrets) {
        let leak = log.lines().find(|line| line.contains(&secret));
        assert_eq!(leak, None, "the log has {secret}");
    }
    Ok(())
}
