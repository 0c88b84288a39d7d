//! A failed job is retried after a back-off, not after its queue's whole visibility timeout.

use anyhow::Context;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName as Attribute;
use e2e::staging::table;
use e2e::{ALIVE, PATIENCE, Tenant, random};
use infra::{aws, clock};
use local::client::wait;
use serde_json::json;
use shared::ids::ImportId;
use shared::import::{Import, Options, StoredFile};
use shared::job::{Due, Envelope, JobsJob};

/// Longer than any test waits.
const VISIBILITY_SECONDS: &str = "43200";
const DUE_SECONDS: i64 = 3_600;

#[tokio::test]
async fn a_failed_job_is_retried_before_its_visibility_timeout_ends() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let queues = Client::new(&aws::load().await);
    let name = format!("retries-{:08x}{:08x}", random(), random());
    let created = queues.create_queue().queue_name(&name);
    let created = created.attributes(Attribute::VisibilityTimeout, VISIBILITY_SECONDS);
    let url = created.send().await?.queue_url.context("a URL")?;
    let asked = queues.get_queue_attributes().queue_url(&url);
    let attributes = asked.attribute_names(Attribute::QueueArn).send().await?.attributes;
    let arn =
        attributes.and_then(|all| all.get(&Attribute::QueueArn).cloned()).context("an ARN")?;
    let body = json!(Envelope::new(import_without_file(&tenant).await?.into())).to_string();
    queues.send_message().queue_url(&url).message_body(&body).send().await?;
    let received = queues.receive_message().queue_url(&url).send().await?;
    let message = received.messages().first().context("a message")?;
    let id = message.message_id().context("an id")?;

    let batch = json!({"Records": [{
        "messageId": id, "body": body, "receiptHandle": message.receipt_handle(),
        "eventSourceARN": arn, "attributes": {"ApproximateReceiveCount": "1"},
    }]});
    let alive = ALIVE.read().await;
    let answer = tenant.functions.invoke("SEND", &batch).await?;
    drop(alive);
    assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": id}]}));
    wait("the message to be handed out again", PATIENCE, async || {
        let received = queues.receive_message().queue_url(&url).send().await?;
        Ok(received.messages().iter().any(|message| message.message_id() == Some(id)).then_some(()))
    })
    .await?;
    queues.delete_queue().queue_url(&url).send().await?;
    Ok(())
}

/// The job of an import whose file has a name that the bucket refuses, so it fails each time. No sweep
/// sees it during the test.
async fn import_without_file(tenant: &Tenant) -> anyhow::Result<JobsJob> {
    let (now, organization_id) = (clock::now(), tenant.id.parse()?);
    let import_id = ImportId::new(now, clock::entropy());
    let file = StoredFile { key: String::new(), etag: None, size: 1 };
    let import = Import::new(import_id, organization_id, Options::default(), None, now);
    let import = Import { file: Some(file), ..import };
    let job = JobsJob::Import { organization_id, import_id };
    let due = Due { at: now.plus_seconds(DUE_SECONDS), job: job.clone().into() };
    table(tenant).await.create_import(&import, &due, None).await?;
    Ok(job)
}
