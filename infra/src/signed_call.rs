//! A request to an AWS service in its JSON protocol, signed by AWS's own signer but without the
//! SDK.
//!
//! The SDK assembles each request from dozens of parts, which took a third of a callback's
//! processor time. What matters of its work is kept: the signature, a time limit, three attempts
//! with growing waits that share an invocation id, the application's name, and the endpoint that
//! the environment sets.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use aws_types::service_config::ServiceConfigKey;
use backon::{ExponentialBuilder, Retryable};
use reqwest::header::{CONTENT_TYPE, USER_AGENT};
use reqwest::{Client, StatusCode, Url};
use serde::Deserialize;

use crate::clock;

/// Attempts after the first, as in the SDK.
const RETRIES: usize = 2;
/// The time limit for an attempt. Three of them fit into the 15 seconds that a provider waits for a
/// callback.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(4);
const TARGET: &str = "x-amz-target";
/// The same in each attempt of a request.
const INVOCATION: &str = "amz-sdk-invocation-id";

#[derive(Debug, thiserror::Error)]
pub enum CallError {
    #[error("AWS needs credentials and a region, and a service's endpoint must be a URL")]
    Unconfigured,
    #[error("failed to read AWS credentials")]
    Credentials(#[from] aws_credential_types::provider::error::CredentialsError),
    #[error("failed to sign a request")]
    Sign(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("failed to write a request")]
    Write(#[from] serde_json::Error),
    #[error("failed to read an answer")]
    Read(#[source] serde_json::Error),
    #[error("a request had no answer")]
    Http(#[from] reqwest::Error),
    #[error("the request was refused with status {status}: {answer}")]
    Refused { status: StatusCode, answer: String },
}

impl CallError {
    /// Whether the same request may succeed later.
    fn is_passing(&self) -> bool {
        match self {
            Self::Http(_) => true,
            Self::Refused { status, answer } => {
                status.is_server_error()
                    || *status == StatusCode::TOO_MANY_REQUESTS
                    || answer.contains("Throttl")
            }
            Self::Unconfigured
            | Self::Credentials(_)
            | Self::Sign(_)
            | Self::Write(_)
            | Self::Read(_) => false,
        }
    }

    /// AWS's name for why it refused a request, such as `ParameterNotFound`.
    pub(crate) fn code(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Refusal {
            #[serde(rename = "__type")]
            code: String,
        }
        let Self::Refused { answer, .. } = self else { return None };
        let Refusal { code } = serde_json::from_str(answer).ok()?;
        Some(code.rsplit('#').next().unwrap_or_default().to_owned())
    }
}

/// The names of a service, such as `SQS` and `sqs`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service {
    pub(crate) id: &'static str,
    /// What requests are signed for, which is also where the service's host name begins.
    pub(crate) signing_name: &'static str,
    /// The content type of its protocol's version.
    pub(crate) content: &'static str,
}

/// The endpoint that the environment sets for a service, such as in `AWS_ENDPOINT_URL_SQS`.
fn endpoint(config: &SdkConfig, id: &str) -> Option<String> {
    let key = ServiceConfigKey::builder().service_id(id).env("AWS_ENDPOINT_URL");
    let key = key.profile("endpoint_url").build().ok();
    let own = config.service_config().zip(key).and_then(|(all, key)| all.load_config(key));
    // What a program sets itself takes precedence over the environment.
    let own = own.filter(|_| !config.get_origin("endpoint_url").is_client_config());
    own.or_else(|| config.endpoint_url().map(str::to_owned))
}

/// Where a service is in the region, if the environment sets no endpoint. Source: "AWS service
/// endpoints".
fn regional(service: Service, region: &str) -> String {
    let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    format!("https://{}.{region}.{suffix}/", service.signing_name)
}

/// Calls of one service.
#[derive(Clone, Debug)]
pub(crate) struct SignedCalls {
    http: Client,
    service: Service,
    agent: String,
    /// `None` if the environment lacks something.
    target: Option<Target>,
}

/// Whom to ask, and as whom.
#[derive(Clone, Debug)]
struct Target {
    url: Url,
    region: String,
    credentials: SharedCredentialsProvider,
}

impl Target {
    fn of(config: &SdkConfig, service: Service) -> Option<Self> {
        let region = config.region()?.to_string();
        let url = endpoint(config, service.id).unwrap_or_else(|| regional(service, &region));
        Some(Self { url: url.parse().ok()?, region, credentials: config.credentials_provider()? })
    }
}

impl SignedCalls {
    pub(crate) fn new(config: &SdkConfig, http: Client, service: Service) -> Self {
        let application = config.app_name().map(|name| format!(" app/{name}"));
        let agent = format!("volley{}", application.unwrap_or_default());
        Self { http, service, agent, target: Target::of(config, service) }
    }

    /// Calls an operation, such as `AmazonSQS.SendMessage`, and returns the answer. It may be executed
    /// more than once.
    pub(crate) async fn call(&self, operation: &str, body: Vec<u8>) -> Result<Vec<u8>, CallError> {
        let waits = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(50))
            .with_max_times(RETRIES)
            .with_jitter();
        let invocation = clock::token();
        (|| self.try_once(operation, &invocation, body.clone()))
            .retry(waits)
            .sleep(tokio::time::sleep)
            .when(CallError::is_passing)
            .await
    }

    async fn try_once(
        &self,
        operation: &str,
        invocation: &str,
        body: Vec<u8>,
    ) -> Result<Vec<u8>, CallError> {
        let Target { url, region, credentials } =
            self.target.as_ref().ok_or(CallError::Unconfigured)?;
        let identity = credentials.provide_credentials().await?.into();
        let parameters = SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(self.service.signing_name)
            .time(clock::now().datetime().into())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| CallError::Sign(Box::new(error)))?
            .into();
        let headers = [(CONTENT_TYPE.as_str(), self.service.content), (TARGET, operation)];
        let payload = SignableBody::Bytes(&body);
        let request = SignableRequest::new("POST", url.as_str(), headers.into_iter(), payload)
            .and_then(|request| sign(request, &parameters))
            .map_err(|error| CallError::Sign(Box::new(error)))?;
        let (signature, _) = request.into_parts();
        let request = self.http.post(url.clone()).timeout(ATTEMPT_TIMEOUT);
        let request = request.header(USER_AGENT, &self.agent).header(INVOCATION, invocation);
        let request =
            headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request =
            signature.headers().fold(request, |request, (name, value)| request.header(name, value));
        let answer = request.body(body).send().await?;
        let status = answer.status();
        let answer = answer.bytes().await?;
        if status.is_success() {
            return Ok(answer.into());
        }
        Err(CallError::Refused { status, answer: String::from_utf8_lossy(&answer).into_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_passes_is_tried_again() {
        let refused = |status: u16, answer: &str| CallError::Refused {
            status: StatusCode::from_u16(status).expect("a status"),
            answer: answer.to_owned(),
        };
        assert!(refused(500, "").is_passing());
        assert!(refused(503, "<html>").is_passing());
        assert!(refused(429, "").is_passing());
        assert!(refused(400, r#"{"__type":"com.amazonaws.sqs#RequestThrottled"}"#).is_passing());
        assert!(!refused(400, r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist"}"#).is_passing());
        assert!(
            !refused(403, r#"{"__type":"com.amazon.coral.service#AccessDenied"}"#).is_passing()
        );
        assert!(!CallError::Unconfigured.is_passing());
    }

    #[test]
    fn a_service_is_asked_in_its_region() {
        let service = Service { id: "SSM", signing_name: "ssm", content: "" };
        for (region, url) in [
            ("eu-central-1", "https://ssm.eu-central-1.amazonaws.com/"),
            ("us-gov-west-1", "https://ssm.us-gov-west-1.amazonaws.com/"),
            ("cn-north-1", "https://ssm.cn-north-1.amazonaws.com.cn/"),
        ] {
            assert_eq!(regional(service, region), url);
        }
    }

    #[test]
    fn a_refusal_has_awss_name() {
        let code = |answer: &str| {
            CallError::Refused { status: StatusCode::BAD_REQUEST, answer: answer.to_owned() }.code()
        };
        let named = Some("ParameterNotFound".to_owned());
        assert_eq!(code(r#"{"__type":"ParameterNotFound"}"#), named);
        assert_eq!(code(r#"{"__type":"com.amazonaws.ssm#ParameterNotFound"}"#), named);
        assert_eq!(code("<html>"), None);
        assert_eq!(CallError::Unconfigured.code(), None);
    }
}
