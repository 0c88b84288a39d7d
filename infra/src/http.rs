//! HTTP beside the AWS clients.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, retry};

/// How long a connection may take to come up. A provider that takes longer is out of reach: nothing
/// was sent to it.
const CONNECT_LONGEST: Duration = Duration::from_secs(2);

/// A client that neither repeats a request nor follows redirects by itself; how long a request may
/// take is the request's own. A process needs one: to read the system's root certificates is much of
/// a cold start.
pub fn client() -> reqwest::Result<Client> {
    // Another client of this process may have installed it before: then it is there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .connect_timeout(CONNECT_LONGEST)
        .redirect(Policy::none())
        .retry(retry::never())
        .pool_idle_timeout(Duration::from_secs(30))
        .build()
}
