//! Texts that people send to addresses of every kind, and what happens when one can't be stored at
//! once.

use anyhow::ensure;
use aws_sdk_sqs::Client;
use e2e::callbacks::call_back;
use e2e::{PATIENCE, Tenant, phone, random, staging};
use infra::gateway::twilio::callback::address;
use infra::{aws, clock};
use local::client::wait;
use serde_json::{Value, json};
use shared::message::Status;
use shared::organization::SHARDS;

use crate::poison::letters;

fn short_code() -> String {
    (100_000 + random() % 900_000).to_string()
}

/// Posts a person's text, signed by the deployment's account, and returns the response's status.
async fn write(tenant: &Tenant, form: &[(&str, &str)]) -> anyhow::Result<u16> {
    let url = format!("{}/webhooks/twilio/inbound", tenant.variables["API_URL"]);
    call_back(&tenant.variables["PROVIDER_AUTH_TOKEN"], &url, form).await
}

async fn unsubscribes(tenant: &Tenant) -> anyhow::Result<Vec<Value>> {
    tenant.api.list(&tenant.path("unsubscribes")).await
}

async fn until_unsubscribed(tenant: &Tenant) -> anyhow::Result<Value> {
    wait("the opt-out", PATIENCE, async || Ok(unsubscribes(tenant).await?.into_iter().next())).await
}

#[tokio::test]
async fn a_services_short_code_hears_stop() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let service = format!("MG{:032x}", random());
    let provider = json!({"kind": "twilio", "messagingServiceSid": service});
    tenant.configure(&json!({ "provider": provider })).await?;
    for (place, to) in [short_code(), "BANK".to_owned(), phone()].iter().enumerate() {
        let (from, service) = (phone(), service.as_str());
        let form =
            [("Body", "STOP"), ("From", &from), ("MessagingServiceSid", service), ("To", to)];
        assert_eq!(write(&tenant, &form).await?, 200, "{to}");
        assert_eq!(unsubscribes(&tenant).await?.len(), place + 1, "{to}");
    }
    Ok(())
}

#[tokio::test]
async fn a_pools_short_code_hears_stop_at_aws() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (code, to) = (short_code(), phone());
    let pool = json!({"kind": "aws", "originationIdentity": "pool-short", "numbers": [code]});
    tenant.configure(&json!({ "provider": pool })).await?;
    tenant.books.published(&to, &code, "STOP").await?;
    assert_eq!(until_unsubscribed(&tenant).await?["phone"], to.as_str());
    Ok(())
}

/// An opt-out sent to an address that belongs to no organization is kept for a person to look at.
#[tokio::test]
async fn an_opt_out_without_an_owner_is_kept() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (at_twilio, at_aws) = (phone(), phone());
    let form = [("Body", "STOP"), ("From", at_twilio.as_str()), ("To", &short_code())];
    assert_eq!(write(&tenant, &form).await?, 200);
    tenant.books.published(&at_aws, &short_code(), "STOP").await?;
    let (queues, url) =
        (Client::new(&aws::load().await), &tenant.variables["DEAD_LETTER_QUEUE_URL"]);
    for from in [at_twilio, at_aws] {
        wait("the dead letter", PATIENCE, async || {
            Ok(letters(&queues, url, &from).await?.into_iter().next())
        })
        .await?;
    }
    Ok(())
}

#[tokio::test]
async fn senders_that_are_not_phones_change_nothing() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let whatsapp = format!("whatsapp:{}", phone());
    for from in ["12345", "BANK", &whatsapp, "rcs:brand", "messenger:1234", ""] {
        let form = [("Body", "STOP"), ("From", from), ("To", &tenant.sender)];
        assert_eq!(write(&tenant, &form).await?, 200, "{from}");
    }
    let form = [("Body", "STOP"), ("To", tenant.sender.as_str())];
    assert_eq!(write(&tenant, &form).await?, 200);
    assert!(unsubscribes(&tenant).await?.is_empty());
    Ok(())
}

/// A service with an RCS sender reports the recipient's address on that channel.
#[tokio::test]
async fn a_receipt_is_applied_whatever_channel_the_message_took() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let table = staging::table(&tenant).await;
    let campaign = staging::begun_owing(&tenant, staging::LATER_SECONDS).await?;
    for channel in ["rcs:", "whatsapp:", "elsewhere"] {
        let to = phone();
        staging::claim(&table, &campaign, &to, clock::now()).await?;
        let message = staging::message(&campaign, &to)?;
        let url = address(&tenant.variables["API_URL"], &staging::reference(&message), None);
        let to = if channel.ends_with(':') { format!("{channel}{to}") } else { String::new() };
        let form = [("MessageSid", "SM1"), ("MessageStatus", "delivered"), ("To", to.as_str())];
        let taken = call_back(&tenant.variables["PROVIDER_AUTH_TOKEN"], &url, &form).await?;
        assert_eq!(taken, 204, "{channel}");
        wait("the receipt", PATIENCE, async || {
            let (organization, campaign) = (campaign.organization_id, campaign.id);
            let found = table.message(organization, campaign, message.id, SHARDS).await?;
            Ok(found.filter(|found| found.status() == Status::Delivered))
        })
        .await?;
    }
    Ok(())
}

/// Makes an organization's item unreadable, or readable again.
async fn set_readable(tenant: &Tenant, is_readable: bool) -> anyhow::Result<()> {
    let shards = if is_readable {
        json!({"N": SHARDS.count().to_string()})
    } else {
        json!({"S": "unreadable"})
    };
    let update = json!({
        "TableName": tenant.variables["TABLE_NAME"],
        "Key": {"pk": {"S": format!("ORG#{}", tenant.id)}, "sk": {"S": "ORGANIZATION"}},
        "UpdateExpression": "SET shards = :shards",
        "ExpressionAttributeValues": {":shards": shards},
    });
    // The emulator picks the service by the credential's scope and doesn't check signatures.
    let scope = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, \
                 SignedHeaders=host, Signature=0";
    let answer = reqwest::Client::new()
        .post(&tenant.variables["AWS_ENDPOINT_URL"])
        .header("x-amz-target", "DynamoDB_20120810.UpdateItem")
        .header("content-type", "application/x-amz-json-1.0")
        .header("authorization", scope)
        .body(update.to_string())
        .send()
        .await?;
    ensure!(answer.status().is_success(), "the item was not changed: {}", answer.text().await?);
    Ok(())
}

/// A text that the table can't store now is queued before the response, and counts from when it
/// arrived.
#[tokio::test]
async fn a_stop_that_the_table_cannot_take_is_heard_later() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (before, from) = (clock::now(), phone());
    set_readable(&tenant, false).await?;
    let form = [("Body", "STOP"), ("From", from.as_str()), ("To", &tenant.sender)];
    assert_eq!(write(&tenant, &form).await?, 200);
    let after = clock::now();
    // A forged one is queued as well and rejected later.
    let url = format!("{}/webhooks/twilio/inbound", tenant.variables["API_URL"]);
    let forged = phone();
    let form = [("Body", "STOP"), ("From", forged.as_str()), ("To", &tenant.sender)];
    assert_eq!(call_back("nobodysToken", &url, &form).await?, 200);
    set_readable(&tenant, true).await?;
    let unsubscribed = until_unsubscribed(&tenant).await?;
    assert_eq!(unsubscribed["phone"], from.as_str());
    assert_eq!(unsubscribed["source"], "keyword");
    let at = unsubscribed["unsubscribedAt"].as_str().unwrap_or_default();
    assert!((before.to_string().as_str()..=after.to_string().as_str()).contains(&at), "{at}");
    assert_eq!(unsubscribes(&tenant).await?.len(), 1);
    Ok(())
}
