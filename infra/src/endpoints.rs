//! Requests to the endpoints of webhooks, whose URLs tenants choose.
//!
//! A URL is checked at each request: its host is resolved once, no address of it may be anything but
//! global unicast, and the connection goes to one of those addresses. Nothing is followed, no proxy is
//! used, and nothing of the response is kept but its status.

mod resolver;
mod target;

pub use target::{InvalidTarget, OwnHosts, Target};

use std::error::Error;
use std::time::{Duration, Instant};

use reqwest::redirect::Policy;
use reqwest::{Client, retry};
use rustls::crypto::ring;
use shared::webhook::{Failure, Outcome};

use resolver::{NotAllowed, NotResolved, Resolver};

/// The time limit for a whole request.
const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The size of a response that is read, so that an endpoint can end it in peace. It is not kept.
const MAX_RESPONSE: usize = 64 * 1_024;

/// Whether endpoints on this machine can be called, as tests do. It is decided when the program is
/// built, so that no setting of a deployed one can allow it.
pub const IS_LOCAL_ALLOWED: bool = is_on(option_env!("WEBHOOKS_TO_THIS_MACHINE"));

const fn is_on(variable: Option<&str>) -> bool {
    matches!(variable, Some(value) if matches!(value.as_bytes(), b"on"))
}

/// A client of endpoints.
pub struct Endpoints {
    http: Client,
    own: OwnHosts,
}

/// A request by Standard Webhooks.
pub struct Request<'a> {
    pub url: &'a str,
    pub headers: [(&'static str, String); 3],
    pub body: String,
}

impl Endpoints {
    #[expect(clippy::disallowed_methods, reason = "this client's retries are off")]
    pub fn new(own: OwnHosts) -> reqwest::Result<Self> {
        // Fails only if the process has installed it already.
        let _ = ring::default_provider().install_default();
        let http = Client::builder()
            .user_agent("Volley")
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .redirect(Policy::none())
            .retry(retry::never())
            .no_proxy()
            .https_only(!IS_LOCAL_ALLOWED)
            .dns_resolver(Resolver)
            // A connection that is reused would not be checked again.
            .pool_max_idle_per_host(0)
            .build()?;
        Ok(Self { http, own })
    }

    /// Posts a delivery, and returns the outcome with its duration in milliseconds.
    pub async fn post(&self, request: Request<'_>) -> (Outcome, u32) {
        let begun = Instant::now();
        let outcome = self.try_post(request).await.unwrap_or_else(Outcome::Failure);
        (outcome, u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX))
    }

    async fn try_post(
        &self,
        Request { url, headers, body }: Request<'_>,
    ) -> Result<Outcome, Failure> {
        let target =
            Target::parse(url, IS_LOCAL_ALLOWED).map_err(|_| Failure::AddressNotAllowed)?;
        if self.own.contains(&target) {
            return Err(Failure::AddressNotAllowed);
        }
        let mut request =
            self.http.post(target.into_url()).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut response = request.body(body).send().await.map_err(|error| failure(&error))?;
        let status = response.status().as_u16();
        let mut read = 0;
        // The status is known, so what happens to the rest does not matter.
        while let Ok(Some(part)) = response.chunk().await {
            read += part.len();
            if read > MAX_RESPONSE {
                break;
            }
        }
        Ok(Outcome::Response(status))
    }
}

fn failure(error: &reqwest::Error) -> Failure {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<NotAllowed>() {
            return Failure::AddressNotAllowed;
        }
        if error.is::<NotResolved>() {
            return Failure::NameNotResolved;
        }
        cause = error.source();
    }
    match error {
        error if error.is_timeout() => Failure::Timeout,
        error if error.is_connect() => Failure::ConnectionFailed,
        _ => Failure::Broken,
    }
}

#[cfg(test)]
mod tests;
