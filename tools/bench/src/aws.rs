//! AWS as the functions see it: an endpoint per function, so that their requests can be counted
//! separately, in front of a shared table, queues and a scheduler.

mod bucket;
mod objects;
mod queues;
mod scheduler;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::body::Bytes;
use serde::{Deserialize, Serialize};

use crate::stack::{BUCKET, TOKEN};
use bench::server::{self, Request, Response};
use bench::store::{Store, Units};
pub(crate) use bucket::Bucket;
pub(crate) use queues::{Message, Queues};

/// The requests of one function so far.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Asked {
    /// By service and operation, such as `dynamodb.Query`.
    pub(crate) calls: BTreeMap<String, u64>,
    #[serde(flatten)]
    pub(crate) units: Units,
    /// Requests that were refused for any reason except a condition. There should be none.
    pub(crate) refused: Vec<String>,
}

#[derive(Default)]
pub(crate) struct Aws {
    pub(crate) store: Mutex<Store>,
    pub(crate) queues: Queues,
    pub(crate) bucket: Bucket,
}

#[derive(Default)]
pub(crate) struct Meter(Mutex<Asked>);

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Meter {
    pub(crate) fn read(&self) -> Asked {
        locked(&self.0).clone()
    }

    fn note(&self, call: &str, units: Units) {
        let mut asked = locked(&self.0);
        asked.units += units;
        if let Some(count) = asked.calls.get_mut(call) {
            *count += 1;
        } else {
            asked.calls.insert(call.to_owned(), 1);
        }
    }

    fn refuse(&self, call: &str, body: &[u8]) {
        let mut asked = locked(&self.0);
        if asked.refused.len() < 10 {
            asked.refused.push(format!("{call}: {}", String::from_utf8_lossy(body)));
        }
    }
}

impl Asked {
    /// The requests since `before`.
    pub(crate) fn since(&self, before: &Self) -> Self {
        let calls = self.calls.iter().map(|(call, count)| {
            (call.clone(), count - before.calls.get(call).copied().unwrap_or_default())
        });
        Self {
            calls: calls.filter(|(_, count)| *count > 0).collect(),
            units: Units {
                write: self.units.write - before.units.write,
                read: self.units.read - before.units.read,
            },
            refused: self.refused[before.refused.len()..].to_vec(),
        }
    }
}

/// Opens an endpoint whose requests are counted by `meter`, and returns its address.
pub(crate) async fn endpoint(aws: Arc<Aws>, meter: Arc<Meter>) -> anyhow::Result<String> {
    let address = server::serve(move |request| {
        let response = answer(&aws, &meter, &request);
        async move { response }
    });
    Ok(format!("http://{}", address.await?))
}

fn answer(aws: &Aws, meter: &Meter, request: &Request) -> Response {
    let target = request.head.headers.get("x-amz-target").and_then(|value| value.to_str().ok());
    let (service, operation) = target.and_then(|target| target.split_once('.')).unwrap_or_default();
    let body: &Bytes = &request.body;
    match service {
        "DynamoDB_20120810" => {
            let answer = locked(&aws.store).answer(operation, body);
            let call = format!("dynamodb.{operation}");
            meter.note(&call, answer.units);
            if answer.status != 200 && is_unexpected(&answer.body) {
                meter.refuse(&call, &answer.body);
            }
            server::response(answer.status, "application/x-amz-json-1.0", answer.body)
        }
        "AmazonSQS" => {
            let call = format!("sqs.{operation}");
            meter.note(&call, Units::default());
            let (status, answer) = aws.queues.answer(operation, body);
            if status != 200 {
                meter.refuse(&call, &answer);
            }
            server::response(status, "application/x-amz-json-1.0", answer)
        }
        "AmazonSSM" => {
            meter.note(&format!("ssm.{operation}"), Units::default());
            // The only secret is the provider's token.
            let answer = serde_json::json!({ "Parameter": { "Value": TOKEN } }).to_string();
            server::response(200, "application/x-amz-json-1.1", answer.into_bytes())
        }
        _ if request.head.uri.path().split('/').nth(1) == Some(BUCKET) => {
            let (call, response) = aws.bucket.answer(request);
            meter.note(call, Units::default());
            response
        }
        _ => {
            let (method, path) = (&request.head.method, request.head.uri.path());
            let call = scheduler::operation(method, path).unwrap_or("unknown");
            meter.note(call, Units::default());
            let (status, answer) = scheduler::answer(&aws.queues, call, body);
            if status != 200 {
                meter.refuse(&format!("{call} {method} {path}"), &answer);
            }
            server::response(status, "application/json", answer)
        }
    }
}

fn is_unexpected(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    !text.contains("ConditionalCheckFailed")
}
