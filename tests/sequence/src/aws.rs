//! AWS in memory. It responds as soon as a request is made, without a connection, so that requests are
//! recorded in the order in which the function makes them.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use bench::server;
use bench::store::{Attribute, Store};
use model::protocol::{CAMPAIGN, ORGANIZATION};
use model::sequence::Item;
use serde_json::{Value, json};
use shared::job::{Envelope, Job};

use crate::bucket::Bucket;
use crate::death::{Fate, Life};
use crate::opt_outs::OptOuts;
use crate::outage::Outage;
use crate::{Log, naming};

#[derive(Clone)]
pub(crate) struct Aws {
    store: Arc<Mutex<Store>>,
    log: Log,
    pub(crate) bucket: Bucket,
    pub(crate) opt_outs: OptOuts,
    pub(crate) life: Life,
    pub(crate) outage: Outage,
    /// What someone else writes before the request of this number.
    race: Arc<Mutex<Option<(usize, Item)>>>,
}

impl fmt::Debug for Aws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Aws")
    }
}

/// The value of every secret: an auth token, and as well a key of erased people.
const SECRET: &str = "key:5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";

impl HttpClient for Aws {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Aws {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let never = || HttpConnectorFuture::new(std::future::pending());
        match self.life.next() {
            Fate::Executed => HttpConnectorFuture::ready(self.respond(&request)),
            Fate::ExecutedWithoutResponse => {
                let _ = self.respond(&request);
                never()
            }
            Fate::NotExecuted => never(),
        }
    }
}

impl Aws {
    fn respond(&self, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let body = request.body().bytes().unwrap_or_default();
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let (status, body) = match target.split_once('.') {
            Some(("DynamoDB_20120810", operation)) => {
                self.outage.of_table().unwrap_or_else(|| self.dynamo(operation, body))
            }
            Some(("AmazonSQS", operation)) => (200, self.queue(operation, body)),
            Some(("PinpointSMSVoiceV2", "DescribeOptedOutNumbers")) => self.opt_outs.page(body),
            // The bucket and the scheduler have addresses instead of targets.
            _ if is_for_bucket(request) => {
                let unknown = || ConnectorError::other("no key".into(), None);
                return self.bucket.respond(request).ok_or_else(unknown);
            }
            _ => (200, self.schedule(body)),
        };
        response(status, &body)
    }
}

/// The addresses of what the SDK is not used for.
#[derive(Debug)]
struct Addresses {
    parameter_store: String,
    receipts: String,
}

impl LoadServiceConfig for Addresses {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        match key.service_id() {
            "SSM" => Some(self.parameter_store.clone()),
            "SQS" => Some(self.receipts.clone()),
            _ => None,
        }
    }
}

async fn serve_secrets() -> String {
    let body = json!({ "Parameter": { "Value": SECRET } }).to_string();
    let address = server::serve(move |_| {
        let response = server::response(200, "application/x-amz-json-1.1", body.clone().into());
        async { response }
    });
    format!("http://{}", address.await.expect("a port"))
}

fn is_for_bucket(request: &HttpRequest) -> bool {
    let scope = request.headers().get("authorization").unwrap_or_default();
    scope.contains("/s3/")
}

fn response(status: u16, body: &Value) -> Result<HttpResponse, ConnectorError> {
    let status =
        StatusCode::try_from(status).map_err(|error| ConnectorError::other(error.into(), None))?;
    Ok(HttpResponse::new(status, SdkBody::from(body.to_string())))
}

impl Aws {
    pub(crate) fn new(log: &Log) -> Self {
        Self {
            store: Arc::default(),
            log: log.clone(),
            bucket: Bucket::default(),
            opt_outs: OptOuts::default(),
            life: Life::default(),
            outage: Outage::default(),
            race: Arc::default(),
        }
    }

    /// A configuration that points clients here.
    pub(crate) async fn config(&self) -> SdkConfig {
        let (parameter_store, receipts) =
            (serve_secrets().await, self.outage.serve_receipts().await);
        let credentials = Credentials::new("test", "test", None, None, "test");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .endpoint_url("http://in-memory")
            .service_config(Addresses { parameter_store, receipts })
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(self.clone())
            .retry_config(aws_config::retry::RetryConfig::disabled())
            .build()
    }

    /// The items that contain a text or bytes, as they are printed.
    pub(crate) fn items_with(&self, found: impl Fn(&str) -> bool) -> Vec<String> {
        let store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        store.items().map(|item| format!("{item:?}")).filter(|item| found(item)).collect()
    }

    /// Writes an item of texts.
    pub(crate) fn put(&self, texts: &[(&str, &str)]) {
        let attribute =
            |(name, text): &(&str, &str)| ((*name).into(), Attribute::S((*text).into()));
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        store.put(texts.iter().map(attribute).collect());
    }

    pub(crate) fn race(&self, race: Option<(usize, Item)>) {
        *self.race.lock().unwrap_or_else(PoisonError::into_inner) = race;
    }

    /// Writes what someone else writes before this request.
    fn lose_race(&self, store: &mut Store) {
        let mut race = self.race.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((_, item)) = race.take_if(|(number, _)| *number == self.log.len()) else { return };
        let (pk, sk, attribute, value) = match item {
            Item::Campaign => (
                format!("ORG#{ORGANIZATION}"),
                format!("CAMPAIGN#{CAMPAIGN}"),
                "version",
                Attribute::N("1000".into()),
            ),
            Item::ChunkState => (
                format!("CAMPAIGN#{CAMPAIGN}#0"),
                "CHUNKSTATE#00000000".to_owned(),
                "updatedAt",
                Attribute::S(infra::clock::now().plus_millis(1).to_string().into()),
            ),
        };
        let mut written = store.get(&pk, &sk).expect("the item that someone else writes").clone();
        written.set(attribute.into(), value);
        store.put(written);
    }

    fn dynamo(&self, operation: &str, body: &[u8]) -> (u16, Value) {
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        self.lose_race(&mut store);
        let answer = store.answer(operation, body);
        let read = |body: &[u8]| serde_json::from_slice::<Value>(body).unwrap_or_default();
        let (asked, told) = (read(body), read(&answer.body));
        for request in naming::requests(operation, &asked, &told, answer.status) {
            self.log.add(request);
        }
        (answer.status, told)
    }

    fn queue(&self, operation: &str, body: &[u8]) -> Value {
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        if operation == "SendMessageBatch" {
            let entries = request["Entries"].as_array().cloned().unwrap_or_default();
            let sent = entries.iter().map(|entry| {
                self.note_job(entry["MessageBody"].as_str());
                json!({ "Id": entry["Id"], "MessageId": "1", "MD5OfMessageBody": "" })
            });
            return json!({ "Successful": sent.collect::<Vec<Value>>(), "Failed": [] });
        }
        self.note_job(request["MessageBody"].as_str());
        json!({ "MessageId": "1" })
    }

    fn schedule(&self, body: &[u8]) -> Value {
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        self.note_job(request["Target"]["Input"].as_str());
        json!({ "ScheduleArn": "arn:aws:scheduler:us-east-1:000000000000:schedule/a/b" })
    }

    fn note_job(&self, body: Option<&str>) {
        let envelope = body.and_then(|body| serde_json::from_str::<Envelope<Job>>(body).ok());
        self.log.add(match envelope {
            Some(envelope) => model::sequence::job(&envelope.job),
            None => format!("queue {}", body.unwrap_or_default()),
        });
    }
}
