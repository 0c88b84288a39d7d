//! The event bus: events reach a queue by a rule, as other systems get them.

use std::collections::BTreeSet;

use anyhow::Context;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName as Attribute;
use e2e::receiver::Receiver;
use e2e::{PATIENCE, Tenant, phone, random, text};
use infra::aws;
use local::client::wait;
use serde_json::{Value, json};

/// A queue that gets an organization's events by a rule on the stack's bus.
struct Listener {
    queues: Client,
    url: String,
    /// What has arrived so far, as on the bus.
    arrived: Vec<Value>,
}

impl Listener {
    async fn start(tenant: &Tenant) -> anyhow::Result<Self> {
        let queues = Client::new(&aws::load().await);
        let name = format!("listener-{:08x}{:08x}", random(), random());
        let url = queues.create_queue().queue_name(&name).send().await?.queue_url;
        let url = url.context("a URL")?;
        let asked = queues.get_queue_attributes().queue_url(&url);
        let attributes = asked.attribute_names(Attribute::QueueArn).send().await?.attributes;
        let arn = attributes.and_then(|all| all.get(&Attribute::QueueArn).cloned());
        let bus = &tenant.variables["EVENT_BUS_NAME"];
        let pattern = json!({
            "source": ["volley"],
            "detail-type": [{"prefix": "volley."}],
            "detail": {"organizationId": [tenant.id]},
        });
        let rule = json!({"Name": name, "EventBusName": bus, "EventPattern": pattern.to_string()});
        call(tenant, "PutRule", &rule).await?;
        let targets = json!([{"Id": "queue", "Arn": arn.context("an ARN")?}]);
        let targets = json!({"Rule": name, "EventBusName": bus, "Targets": targets});
        call(tenant, "PutTargets", &targets).await?;
        Ok(Self { queues, url, arrived: Vec::new() })
    }

    /// Waits until events with these details have arrived, and returns the first one.
    async fn get(&mut self, kind: &str, wanted: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
        wait(kind, PATIENCE, async || {
            self.receive().await?;
            let is_wanted =
                |event: &&Value| event["detail"]["type"] == kind && wanted(&event["detail"]);
            Ok(self.arrived.iter().find(is_wanted).cloned())
        })
        .await
    }

    async fn receive(&mut self) -> anyhow::Result<()> {
        let request = self.queues.receive_message().queue_url(&self.url);
        let received = request.max_number_of_messages(10).send().await?;
        for message in received.messages() {
            self.arrived.push(serde_json::from_str(message.body().context("a body")?)?);
            let handle = message.receipt_handle().context("a handle")?;
            let request = self.queues.delete_message().queue_url(&self.url);
            request.receipt_handle(handle).send().await?;
        }
        Ok(())
    }

    fn kinds(&self) -> Vec<&str> {
        self.arrived.iter().map(|event| text(&event["detail"]["type"])).collect()
    }
}

/// A request to EventBridge, without its SDK, which nothing else here needs.
async fn call(tenant: &Tenant, operation: &str, body: &Value) -> anyhow::Result<()> {
    let credential = "Credential=test/20260101/us-east-1/events/aws4_request";
    let request = reqwest::Client::new()
        .post(&tenant.variables["AWS_ENDPOINT_URL"])
        .header("x-amz-target", format!("AWSEvents.{operation}"))
        .header("content-type", "application/x-amz-json-1.1")
        .header("authorization", format!("AWS4-HMAC-SHA256 {credential}, Signature=none"))
        .body(body.to_string());
    let response = request.send().await?.error_for_status()?;
    let answer: Value = response.json().await.unwrap_or_default();
    anyhow::ensure!(answer["FailedEntryCount"].as_u64().unwrap_or(0) == 0, "{answer}");
    Ok(())
}

#[tokio::test]
async fn everything_reaches_the_bus_without_a_webhook() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let mut bus = Listener::start(&tenant).await?;
    tenant.contacts(5).await?;
    let campaign = tenant.send().await?;
    tenant.settled(&campaign).await?;
    let finished = bus.get("campaign.finished", |_| true).await?;
    assert_eq!(finished["source"], "volley");
    assert_eq!(finished["detail-type"], "volley.campaign.finished");
    assert_eq!(finished["detail"]["data"]["campaignId"], campaign.as_str());
    let person = phone();
    tenant.hear(&person, "wrong number").await?;
    let flagged = bus.get("inbound.flagged", |_| true).await?;
    assert_eq!(flagged["detail"]["data"]["from"], person.as_str());
    tenant.hear(&person, "STOP").await?;
    let stopped = bus.get("contact.unsubscribed", |_| true).await?;
    assert_eq!(stopped["detail"]["data"]["phone"], person.as_str());
    for message in tenant.messages(&campaign).await? {
        let is_change = |detail: &Value| {
            let changes = detail["data"]["messages"].as_array().into_iter().flatten();
            changes.into_iter().any(|change| {
                change["messageId"] == message["id"] && change["status"] == message["status"]
            })
        };
        bus.get("messages.updated", is_change).await?;
    }
    for kind in ["import.finished", "campaign.scheduled", "campaign.sent", "inbound.received"] {
        bus.get(kind, |_| true).await?;
    }
    let shown = json!(bus.arrived).to_string();
    assert!(!shown.contains("spring sale") && !shown.contains("wrong number"), "{shown}");
    Ok(())
}

/// An endpoint that fails is tried again from the table, so the bus gets each event once and at once.
#[tokio::test]
async fn a_webhook_that_fails_does_not_keep_events_from_the_bus() -> anyhow::Result<()> {
    let (tenant, receiver) = (Tenant::new().await?, Receiver::start(500).await?);
    let mut bus = Listener::start(&tenant).await?;
    let body = json!({"url": receiver.url, "types": ["contact.unsubscribed"]});
    let webhook = tenant.api.post(&tenant.path("webhooks"), &body).await?;
    let people = [phone(), phone(), phone()];
    for person in &people {
        tenant.unsubscribe(person).await?;
    }
    for person in &people {
        bus.get("contact.unsubscribed", |detail| detail["data"]["phone"] == **person).await?;
    }
    let deliveries = tenant.path(&format!("webhooks/{}/deliveries", text(&webhook["id"])));
    let pending = wait("the deliveries", PATIENCE, async || {
        let found = tenant.api.list(&deliveries).await?;
        Ok((found.len() == people.len()).then_some(found))
    })
    .await?;
    assert!(pending.iter().all(|delivery| delivery["status"] == "pending"), "{pending:?}");
    receiver.respond_with(200);
    wait("the deliveries' end", PATIENCE, async || {
        let found = tenant.api.list(&deliveries).await?;
        Ok(found.iter().all(|delivery| delivery["status"] == "delivered").then_some(()))
    })
    .await?;
    bus.receive().await?;
    let kinds = bus.kinds();
    let ids: BTreeSet<&str> = bus.arrived.iter().map(|it| text(&it["detail"]["id"])).collect();
    assert_eq!((kinds, ids.len()), (vec!["contact.unsubscribed"; 3], 3));
    Ok(())
}
