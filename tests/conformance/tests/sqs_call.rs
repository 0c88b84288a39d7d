//! The only request to AWS that is not made by the SDK, judged by botocore: SQS must accept the
//! request that stores a receipt.

use aws_config::{BehaviorVersion, Region};
use aws_sdk_ssm::config::Credentials;
use conformance::recorder::Recorder;
use conformance::{Runner, ask};
use infra::queues::ReceiptsQueue;
use infra::usage::Usage;
use serde::Deserialize;
use serde_json::json;
use shared::ids::{CampaignId, MessageId, OrganizationId};
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

#[tokio::test]
async fn a_receipts_message_is_signed_and_of_the_form_that_sqs_takes() {
    let recorder = Recorder::start(r#"{"MessageId":"m1","MD5OfMessageBody":"0"}"#).await;
    let token = Some("a+role/token==".to_owned());
    let config = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(&recorder.url)
        .credentials_provider(Credentials::new("AKIDEXAMPLE", SECRET, token, None, "test"))
        .http_client(infra::aws::http_client())
        .load()
        .await;
    let url = "https://sqs.eu-central-1.amazonaws.com/123456789012/volley-receipts".to_owned();
    let http = infra::http::client().expect("a client");
    let queue = ReceiptsQueue::new(&config, http, url, Usage::default()).expect("configured");
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
    let [request] = recorder.records().try_into().expect("one request");
    assert_eq!((request.path.as_str(), request.query.as_str()), ("/", ""));
    let case = json!({
        "url": recorder.url,
        "headers": request.headers,
        "body": request.body,
        "secret": SECRET,
        "signed": SIGNED,
    });
    let verdict: Verdict = ask(Runner::Botocore, "sqs_call.py", &case);
    let expected = Verdict { differences: Vec::new(), is_valid: true, valid_changes: 0 };
    assert_eq!(verdict, expected);
}
