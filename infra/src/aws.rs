//! The AWS clients' common configuration.

use std::time::Duration;

use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

/// How long a connection to AWS may take to come up.
const CONNECT_LONGEST: Duration = Duration::from_secs(2);
/// How long one try of a request may take.
const TRY_LONGEST: Duration = Duration::from_secs(5);

/// Loads region, credentials and endpoint from the environment. Every call has a time limit, so
/// that a connection that went dead cannot use up a function's time; that covers all responses
/// but files, so no other stream is watched for standing still.
pub async fn load() -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_LONGEST)
        .operation_attempt_timeout(TRY_LONGEST)
        .operation_timeout(Duration::from_secs(20))
        .build();
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client())
        .timeout_config(timeouts)
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .load()
        .await
}

/// The HTTP client of every AWS client.
#[must_use]
pub fn http_client() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https()
}
