//! The HTTP client for everything except AWS.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, retry};

/// The time limit for connecting. A provider that takes longer is unreachable, and nothing was sent
/// to it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// A client that neither retries nor follows redirects. Each request sets its own timeout. A
/// process needs only one client, because reading the system's root certificates is a large part of
/// a cold start.
#[expect(clippy::disallowed_methods, reason = "this client's retries are off")]
pub fn client() -> reqwest::Result<Client> {
    // Fails only if the process has installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(Policy::none())
        .retry(retry::never())
        .pool_idle_timeout(Duration::from_secs(30))
        .build()
}
