//! Deleting an organization: it is gone at once, and later nothing of it is left.

use anyhow::Context;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sqs::Client;
use e2e::callbacks::call_back;
use e2e::{ALIVE, PATIENCE, Tenant, phone, random, text};
use infra::{aws, clock};
use local::client::wait;
use reqwest::Method;
use serde_json::{Value, json};
use shared::job::{Envelope, JobsJob};

use crate::poison::letters;

/// The keys of all items and files that name the organization or one of these.
async fn traces(tenant: &Tenant, others: &[String]) -> anyhow::Result<Vec<String>> {
    let (config, variables) = (aws::load().await, &tenant.variables);
    let is_of =
        |text: &str| text.contains(&tenant.id) || others.iter().any(|other| text.contains(other));
    let mut found = Vec::new();
    let table = aws_sdk_dynamodb::Client::new(&config);
    let scan = table.scan().table_name(&variables["TABLE_NAME"]).consistent_read(true);
    let mut pages = scan.into_paginator().send();
    while let Some(page) = pages.next().await {
        for item in page?.items() {
            let key = format!("{:?} {:?}", item["pk"], item["sk"]);
            // Responses expire within a day, and the sweep removes what is due of no one.
            let is_passing = key.contains("IDEMPOTENCY#") || key.contains("DUE#");
            if !is_passing && is_of(&format!("{item:?}")) {
                found.push(key);
            }
        }
    }
    let settings = aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build();
    let bucket = aws_sdk_s3::Client::from_conf(settings);
    let list = bucket.list_objects_v2().bucket(&variables["BUCKET_NAME"]);
    let mut pages = list.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page?;
        let keys = page.contents().iter().filter_map(|object| object.key().map(str::to_owned));
        found.extend(keys.filter(|key| is_of(key)).collect::<Vec<_>>());
    }
    found.sort_unstable();
    Ok(found)
}

/// Makes the request an hour old, so that everything that had begun before has ended. The first run must
/// have seen that it has to wait: it writes the record, too.
async fn age(tenant: &Tenant) -> anyhow::Result<()> {
    let hour_ago = clock::now().plus_seconds(-3_600).to_string();
    let table = aws_sdk_dynamodb::Client::new(&aws::load().await);
    wait("the first run", PATIENCE, async || {
        let update = table
            .update_item()
            .table_name(&tenant.variables["TABLE_NAME"])
            .key("pk", AttributeValue::S(format!("ORG#{}", tenant.id)))
            .key("sk", AttributeValue::S("DELETION".to_owned()))
            .update_expression("SET requestedAt = :then")
            .condition_expression("version > :none")
            .expression_attribute_values(":then", AttributeValue::S(hour_ago.clone()))
            .expression_attribute_values(":none", AttributeValue::N("0".to_owned()));
        Ok(update.send().await.ok().map(drop))
    })
    .await
}

/// Delivers the job, which waits on its queue for a quarter of an hour.
async fn deliver(tenant: &Tenant) -> anyhow::Result<()> {
    let job = JobsJob::Delete { organization_id: tenant.id.parse()? };
    let body = json!(Envelope::new(job.into())).to_string();
    let id = format!("{:08x}", random());
    let batch = json!({"Records": [{
        "messageId": id, "body": body, "receiptHandle": "none",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:none",
        "attributes": {"ApproximateReceiveCount": "1"},
    }]});
    let alive = ALIVE.read().await;
    tenant.functions.invoke("SEND", &batch).await?;
    drop(alive);
    Ok(())
}

async fn delete(tenant: &Tenant, confirm: &str) -> anyhow::Result<u16> {
    let path = format!("/v1/organizations/{}", tenant.id);
    let request = tenant.admin.request(Method::DELETE, &path).query(&[("confirm", confirm)]);
    Ok(request.send().await?.status().as_u16())
}

#[tokio::test]
async fn nothing_is_left_of_a_deleted_organization() -> anyhow::Result<()> {
    let (tenant, other) = (Tenant::new().await?, Tenant::new().await?);
    tenant.contacts(5).await?;
    other.contacts(2).await?;
    let campaign = tenant.send().await?;
    tenant.settled(&campaign).await?;
    let later = tenant.draft("See you tomorrow.").await?;
    let at = clock::now().plus_seconds(86_400).to_string();
    tenant.send_draft(&later, &json!({"scheduledAt": at})).await?;
    let person = phone();
    tenant.contact(&person).await?;
    tenant.hear(&person, "wrong number").await?;
    tenant.hear(&person, "STOP").await?;
    let hook = json!({"url": "https://hooks.example.com/volley"});
    tenant.api.post(&tenant.path("webhooks"), &hook).await?;
    let member = json!({"email": format!("{:08x}@example.com", random()), "role": "viewer"});
    tenant.api.post(&tenant.path("members"), &member).await?;
    let export = json!({"kind": "contacts", "format": "csv"});
    let export = tenant.api.post(&tenant.path("exports"), &export).await?;
    let export = tenant.path(&format!("exports/{}", text(&export["id"])));
    wait("the export", PATIENCE, async || {
        Ok((tenant.api.get(&export).await?["status"] == "done").then_some(()))
    })
    .await?;
    let own = [campaign, later, person];
    let others_before = traces(&other, &[]).await?;
    assert!(traces(&tenant, &own).await?.len() > 20, "the search finds what there is");

    let path = format!("/v1/organizations/{}", tenant.id);
    let organization = tenant.admin.get(&path).await?;
    let name = text(&organization["name"]).to_owned();
    assert_eq!(delete(&tenant, "another name").await?, 400);
    assert_eq!(delete(&tenant, &name).await?, 202);
    assert_eq!(delete(&tenant, &name).await?, 202, "repeating it is safe");
    for api in [&tenant.admin, &tenant.api] {
        let status = api.request(Method::GET, &path).send().await?.status().as_u16();
        assert_eq!(status, 404);
    }
    let listed: Vec<Value> = tenant.admin.list("/v1/organizations").await?;
    assert!(listed.iter().all(|listed| listed["id"] != tenant.id.as_str()));

    age(&tenant).await?;
    deliver(&tenant).await?;
    let left = wait("the end", PATIENCE, async || {
        let left = traces(&tenant, &own).await?;
        Ok((!left.iter().any(|key| key.contains("DELETION"))).then_some(left))
    })
    .await?;
    let is_kept = |key: &&String| key.contains("REFUSED#") || key.contains("OWNER");
    let (kept, left): (Vec<&String>, Vec<&String>) = left.iter().partition(is_kept);
    assert!(left.is_empty(), "{left:?}");
    // The hash of who opted out, and the number.
    assert_eq!(kept.len(), 2, "{kept:?}");
    assert_eq!(traces(&other, &[]).await?, others_before);
    let contacts = other.api.list(&other.path("contacts")).await?;
    assert_eq!(contacts.len(), 2);
    delete(&tenant, &name).await.map(|status| assert_eq!(status, 404)).context("the end")
}

async fn request_deletion(tenant: &Tenant) -> anyhow::Result<()> {
    let organization = tenant.admin.get(&format!("/v1/organizations/{}", tenant.id)).await?;
    assert_eq!(delete(tenant, text(&organization["name"])).await?, 202);
    Ok(())
}

/// Waits until only the organization's numbers are left.
async fn end_deletion(tenant: &Tenant) -> anyhow::Result<()> {
    age(tenant).await?;
    deliver(tenant).await?;
    wait("the end", PATIENCE, async || {
        let left = traces(tenant, &[]).await?;
        Ok((!left.iter().any(|key| key.contains("DELETION"))).then_some(()))
    })
    .await
}

/// Makes it long ago that the organization left its number, so that another one may take it.
async fn free_number(tenant: &Tenant) -> anyhow::Result<()> {
    let long_ago = clock::now().plus_seconds(-31 * 86_400).to_string();
    let table = aws_sdk_dynamodb::Client::new(&aws::load().await);
    let update = table
        .update_item()
        .table_name(&tenant.variables["TABLE_NAME"])
        .key("pk", AttributeValue::S(format!("SENDER#{}", tenant.sender)))
        .key("sk", AttributeValue::S("OWNER".to_owned()))
        .update_expression("SET leftAt = :then")
        .condition_expression("attribute_exists(leftAt)")
        .expression_attribute_values(":then", AttributeValue::S(long_ago));
    update.send().await?;
    Ok(())
}

/// Writes to an address, signed by the deployment's account.
async fn write(tenant: &Tenant, form: &[(&str, &str)]) -> anyhow::Result<()> {
    let url = format!("{}/webhooks/twilio/inbound", tenant.variables["API_URL"]);
    let taken = call_back(&tenant.variables["PROVIDER_AUTH_TOKEN"], &url, form).await?;
    assert_eq!(taken, 200);
    Ok(())
}

/// People reply to what a deleted organization sent them. Its number's next owner must not text them.
#[tokio::test]
async fn a_stop_to_a_deleted_organizations_number_is_heard() -> anyhow::Result<()> {
    let (tenant, next) = (Tenant::new().await?, Tenant::new().await?);
    let (early, late, other) = (phone(), phone(), phone());
    request_deletion(&tenant).await?;
    write(&tenant, &[("Body", "STOP"), ("From", &early), ("To", &tenant.sender)]).await?;
    end_deletion(&tenant).await?;
    write(&tenant, &[("Body", "STOP"), ("From", &late), ("To", &tenant.sender)]).await?;
    let queues = Client::new(&aws::load().await);
    let url = &tenant.variables["DEAD_LETTER_QUEUE_URL"];
    for person in [&early, &late] {
        wait("the dead letter", PATIENCE, async || {
            Ok(letters(&queues, url, person).await?.into_iter().next())
        })
        .await?;
        next.contact(person).await?;
    }
    next.contact(&other).await?;
    free_number(&tenant).await?;
    next.configure(&json!({"senderPhone": tenant.sender})).await?;
    let campaign = next.settled(&next.send().await?).await?;
    assert_eq!(campaign["audience"]["recipients"], 1, "{campaign}");
    for person in [&early, &late] {
        assert_eq!(next.books.texts(person).await?, 0, "{person}");
    }
    Ok(())
}

/// A number of a deleted organization may have become one of another's service.
#[tokio::test]
async fn a_deleted_organization_does_not_take_anothers_replies() -> anyhow::Result<()> {
    let (tenant, other) = (Tenant::new().await?, Tenant::new().await?);
    let service = format!("MG{:032x}", random());
    let provider = json!({"kind": "twilio", "messagingServiceSid": service});
    other.configure(&json!({ "provider": provider })).await?;
    request_deletion(&tenant).await?;
    end_deletion(&tenant).await?;
    let person = phone();
    let say = async |body: &str| {
        let (from, to) = (person.as_str(), tenant.sender.as_str());
        let form = [("Body", body), ("From", from), ("MessagingServiceSid", &service), ("To", to)];
        write(&tenant, &form).await
    };
    say("STOP").await?;
    assert_eq!(other.api.list(&other.path("unsubscribes")).await?.len(), 1);
    say("START").await?;
    assert!(other.api.list(&other.path("unsubscribes")).await?.is_empty());
    say("See you at 5").await?;
    let heard = other.api.list(&other.path("inbound")).await?;
    assert!(heard.iter().any(|heard| heard["body"] == "See you at 5"), "{heard:?}");
    Ok(())
}
