//! Queue messages that can't be parsed: each becomes a dead letter with its reason, and the others
//! in its batch are still handled.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::MessageAttributeValue;
use e2e::staging::{
    LATER_SECONDS, begun_owing, claim, cut, message, phones_in, reference, scheduled, table,
};
use e2e::{ALIVE, PATIENCE, Tenant, phone, random};
use infra::{aws, clock};
use local::client::wait;
use serde_json::{Value, json};
use shared::job::{Envelope, Job, VERSION};
use shared::message::Status;
use shared::organization::SHARDS;
use shared::receipt::{Delivery, Receipt};

/// How long a dead letter stays hidden after it is read. Longer than all of them take to read.
const HIDDEN_SECONDS: i32 = 5;

/// What the tests have read, by message: body and reason. A letter that one of them reads is hidden from the
/// others.
static READ: Mutex<BTreeMap<String, (String, String)>> = Mutex::new(BTreeMap::new());

fn marker() -> String {
    format!("poison {:08x}{:08x}", random(), random())
}

/// Two messages that no version of the program writes.
fn unreadable(marker: &str) -> [String; 2] {
    [format!("{marker} is no JSON"), json!({"v": 1, "job": {"type": marker}}).to_string()]
}

/// The dead letters so far that contain a marker, each with its reason.
pub(crate) async fn letters(
    queues: &Client,
    url: &str,
    marker: &str,
) -> anyhow::Result<BTreeMap<String, String>> {
    let read = || READ.lock().unwrap_or_else(PoisonError::into_inner);
    // A machine that is too slow gets the first ones again before it gets none.
    let mut has_new = true;
    while has_new {
        let request = queues.receive_message().queue_url(url).max_number_of_messages(10);
        let request = request.message_attribute_names("All").visibility_timeout(HIDDEN_SECONDS);
        let answer = request.send().await?;
        has_new = false;
        for letter in answer.messages() {
            let body = letter.body().unwrap_or_default().to_owned();
            let reason = letter.message_attributes().and_then(|all| all.get("reason"));
            let reason = reason.and_then(MessageAttributeValue::string_value).unwrap_or_default();
            let id = letter.message_id().context("an id")?.to_owned();
            has_new |= read().insert(id, (body, reason.to_owned())).is_none();
        }
    }
    Ok(read().values().filter(|(body, _)| body.contains(marker)).cloned().collect())
}

/// Waits until these messages are dead letters with a reason. Nothing else may have their marker.
async fn assert_buried(marker: &str, bodies: &[String]) -> anyhow::Result<()> {
    let queues = Client::new(&aws::load().await);
    let variables = e2e::variables();
    let url = &variables["DEAD_LETTER_QUEUE_URL"];
    let mut found = BTreeMap::new();
    wait(&format!("the dead letters {bodies:?}"), PATIENCE, async || {
        found.extend(letters(&queues, url, marker).await?);
        Ok(bodies.iter().all(|body| found.contains_key(body)).then_some(()))
    })
    .await?;
    assert_eq!(found.keys().collect::<BTreeSet<_>>(), bodies.iter().collect::<BTreeSet<_>>());
    assert!(found.values().all(|reason| !reason.is_empty()), "{found:?}");
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_read_on_a_queue_becomes_a_dead_letter() -> anyhow::Result<()> {
    let variables = e2e::variables();
    let queues = Client::new(&aws::load().await);
    let marker = marker();
    let mut bodies = Vec::new();
    let _alive = ALIVE.read().await;
    for queue in ["JOBS", "DISPATCH", "POLLS", "RECEIPTS"] {
        let url = &variables[&format!("{queue}_QUEUE_URL")];
        for body in unreadable(&format!("{marker} {queue}")) {
            queues.send_message().queue_url(url).message_body(&body).send().await?;
            bodies.push(body);
        }
    }
    assert_buried(&marker, &bodies).await
}

/// Hands a function a batch with one good message. A message of a newer version is left to that
/// version.
async fn take_among_poison(tenant: &Tenant, function: &str, good: &Value) -> anyhow::Result<()> {
    let marker = marker();
    let [garbage, nonsense] = unreadable(&marker);
    let newer = json!({"v": VERSION + 1, "job": {"type": marker}});
    let record = |id: &str, body: &str| json!({"messageId": id, "body": body});
    let batch = json!({"Records": [
        record("garbage", &garbage),
        record("nonsense", &nonsense),
        record("good", &good.to_string()),
        record("newer", &newer.to_string()),
    ]});
    let alive = ALIVE.read().await;
    let answer = tenant.functions.invoke(function, &batch).await?;
    drop(alive);
    assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": "newer"}]}));
    assert_buried(&marker, &[garbage, nonsense]).await
}

fn written(job: &Job) -> Value {
    json!(Envelope::new(job.clone()))
}

/// The good jobs of these tests are on no queue, and no sweep sees them, so only the batch can have
/// done their work.
#[tokio::test]
async fn a_send_among_poison_is_begun() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.contacts(1).await?;
    let campaign = scheduled(&tenant, LATER_SECONDS).await?;
    let job = &campaign.step.as_ref().context("no send is owed")?.job;
    take_among_poison(&tenant, "SEND", &written(job)).await?;
    let campaign = tenant.campaign(&campaign.id.to_string()).await?;
    assert_eq!(campaign["audience"]["complete"], true, "{campaign}");
    Ok(())
}

#[tokio::test]
async fn a_chunk_among_poison_is_handed_over() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let to = phones_in(&(0..1), 1).concat();
    tenant.contact(&to).await?;
    let campaign = begun_owing(&tenant, LATER_SECONDS).await?;
    cut(&tenant, &campaign, 0..1, Some(clock::now())).await?;
    let state = table(&tenant).await.chunk_state(campaign.id, 0, 0).await?;
    let job = campaign.chunk_job(0, &state.context("no chunk")?);
    take_among_poison(&tenant, "DISPATCH", &written(&job)).await?;
    assert_eq!(tenant.books.texts(&to).await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_drain_among_poison_is_done() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let campaign = begun_owing(&tenant, LATER_SECONDS).await?;
    let job = &campaign.drain.as_ref().context("no drain is owed")?.job;
    take_among_poison(&tenant, "POLL_STATUS", &written(job)).await?;
    let after = table(&tenant).await.campaign(campaign.organization_id, campaign.id).await?;
    assert!(!after.context("no campaign")?.owes_drain(job), "the next drain is owed");
    Ok(())
}

#[tokio::test]
async fn a_receipt_among_poison_is_applied() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (to, table) = (phone(), table(&tenant).await);
    let campaign = begun_owing(&tenant, LATER_SECONDS).await?;
    claim(&table, &campaign, &to, clock::now()).await?;
    let message = message(&campaign, &to)?;
    let delivery = Delivery {
        message: reference(&message),
        to: message.to.clone(),
        receipt: Receipt {
            provider_id: "SM1".to_owned(),
            status: Status::Delivered,
            reason: None,
            code: None,
            at: clock::now(),
        },
    };
    let receipt = json!({"v": VERSION, "delivery": delivery});
    take_among_poison(&tenant, "RECEIPTS", &receipt).await?;
    let found = table.message(campaign.organization_id, campaign.id, message.id, SHARDS).await?;
    assert_eq!(found.context("no message")?.status(), Status::Delivered);
    Ok(())
}
