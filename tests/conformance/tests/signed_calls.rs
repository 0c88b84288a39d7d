//! The requests to AWS that are not made by the SDK, judged by botocore: the services must accept them.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use conformance::recorder::Recorder;
use conformance::{Runner, ask};
use infra::bus::EventBus;
use infra::gateway::twilio::Credentials as TwilioCredentials;
use infra::queues::ReceiptsQueue;
use infra::secrets::Secrets;
use infra::usage::Usage;
use serde::Deserialize;
use serde_json::json;
use shared::event::{Data, Event, EventType, MessageChanges};
use shared::ids::{CampaignId, EventId, MessageId, OrganizationId};
use shared::message::{FailureReason, Kind, Status};
use shared::phone::Phone;
use shared::receipt::{Delivery, MessageRef, Receipt};
use shared::time::Timestamp;
use uuid::Uuid;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
/// The session token of a role, which functions have.
const SIGNED: [&str; 5] =
    ["content-type", "host", "x-amz-date", "x-amz-security-token", "x-amz-target"];

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Verdict {
    /// What botocore would have sent differently.
    differences: Vec<String>,
    is_valid: bool,
    /// The number of altered requests whose signature botocore accepted.
    valid_changes: u32,
}

async fn config(recorder: &Recorder) -> SdkConfig {
    let token = Some("a+role/token==".to_owned());
    aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(&recorder.url)
        .credentials_provider(Credentials::new("AKIDEXAMPLE", SECRET, token, None, "test"))
        .http_client(infra::aws::http_client())
        .load()
        .await
}

fn http() -> reqwest::Client {
    infra::http::client().expect("a client")
}

/// Requires that the only request was one for this operation of this service, by botocore's names.
fn judge(recorder: &Recorder, service: &str, operation: &str) {
    let [request] = recorder.records().try_into().expect("one request");
    assert_eq!((request.path.as_str(), request.query.as_str()), ("/", ""));
    let case = json!({
        "service": service,
        "operation": operation,
        "url": recorder.url,
        "headers": request.headers,
        "body": request.body,
        "secret": SECRET,
        "signed": SIGNED,
    });
    let verdict: Verdict = ask(Runner::Botocore, "signed_calls.py", &case);
    let expected = Verdict { differences: Vec::new(), is_valid: true, valid_changes: 0 };
    assert_eq!(verdict, expected);
}

#[tokio::test]
async fn a_receipts_message_is_signed_and_of_the_form_that_sqs_takes() {
    let recorder = Recorder::start(r#"{"MessageId":"m1","MD5OfMessageBody":"0"}"#).await;
    let url = "https://sqs.eu-central-1.amazonaws.com/123456789012/volley-receipts".to_owned();
    let queue = ReceiptsQueue::new(&config(&recorder).await, http(), url, Usage::default());
    let delivery = Delivery {
        message: MessageRef {
            organization_id: OrganizationId(Uuid::from_u128(1)),
            campaign_id: CampaignId(Uuid::from_u128(2)),
            message_id: MessageId(Uuid::from_u128(3)),
            kind: Kind::Campaign,
        },
        to: Some(Phone::from_e164("+14255550156").expect("a phone")),
        receipt: Receipt {
            provider_id: "SM1".to_owned(),
            status: Status::Failed,
            reason: Some(FailureReason::Filtered),
            code: Some("30007 \"é\"".to_owned()),
            at: Timestamp::EPOCH,
        },
    };
    queue.send(&delivery).await.expect("taken");
    judge(&recorder, "sqs", "SendMessage");
}

#[tokio::test]
async fn a_secret_is_read_as_parameter_store_wants_it() {
    let recorder = Recorder::start(r#"{"Parameter":{"Value":"0123456789abcdef"}}"#).await;
    let secrets: Secrets<TwilioCredentials> =
        Secrets::new(&config(&recorder).await, http(), Usage::default());
    let name = "secretsmanager:volley/acme".parse().expect("a name");
    secrets.get(&name).await.expect("a secret");
    judge(&recorder, "ssm", "GetParameter");
}

#[tokio::test]
async fn events_are_put_as_event_bridge_wants_them() {
    let recorder = Recorder::start(r#"{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}"#).await;
    let bus = EventBus::new(
        &config(&recorder).await,
        http(),
        "volley-events".to_owned(),
        Usage::default(),
    );
    let event = Event {
        id: EventId(Uuid::from_u128(1)),
        kind: EventType::MessagesUpdated,
        occurred_at: Timestamp::EPOCH.plus_seconds(5),
        organization_id: OrganizationId(Uuid::from_u128(2)),
        data: Data::Messages(MessageChanges { messages: Vec::new() }),
    };
    assert!(bus.put(&[&event]).await.is_empty());
    judge(&recorder, "events", "PutEvents");
}
