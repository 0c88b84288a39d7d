//! Posts what is reported about messages, with bounded concurrency and a few retries.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::{Client, Response, StatusCode};
use tokio::sync::{Semaphore, watch};

use crate::config::Config;
use crate::post::Post;
use crate::signature;

/// How long to wait before each attempt.
const TRIES: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(250), Duration::from_secs(1), Duration::from_secs(3)];

#[derive(Debug)]
pub(crate) struct Callbacks {
    http: Client,
    token: String,
    slots: Semaphore,
    hold: watch::Sender<bool>,
    pending: AtomicU64,
    sent: AtomicU64,
    failed: AtomicU64,
    last_failure: Mutex<Option<String>>,
}

/// The results of the callbacks.
pub(crate) struct Tally {
    pub(crate) pending: u64,
    pub(crate) sent: u64,
    pub(crate) failed: u64,
    pub(crate) last_failure: Option<String>,
    pub(crate) is_held: bool,
}

impl Callbacks {
    pub(crate) fn new(config: &Config) -> anyhow::Result<Self> {
        // Another client in this process may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder()
            .timeout(Duration::from_secs(15))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .build()?;
        Ok(Self {
            http,
            token: config.auth_token.clone(),
            slots: Semaphore::new(config.callbacks_at_once),
            hold: watch::Sender::new(false),
            pending: AtomicU64::default(),
            sent: AtomicU64::default(),
            failed: AtomicU64::default(),
            last_failure: Mutex::default(),
        })
    }

    /// Holds callbacks back, or releases them.
    pub(crate) fn hold(&self, is_held: bool) {
        self.hold.send_replace(is_held);
    }

    /// Waits while callbacks are held back.
    pub(crate) async fn released(&self) {
        // This only fails once the sender is dropped, and `self` holds the sender.
        let _ = self.hold.subscribe().wait_for(|held| !held).await;
    }

    pub(crate) fn expect(&self, count: usize) {
        self.pending.fetch_add(count as u64, Ordering::Relaxed);
    }

    /// Sends one of the expected callbacks.
    pub(crate) async fn send(&self, post: &Post) {
        let url = &post.url;
        let mut failure = None;
        for wait in TRIES {
            tokio::time::sleep(wait).await;
            match self.post(post).await {
                Ok(answer) if answer.status().is_success() => {
                    failure = None;
                    break;
                }
                Ok(answer) => {
                    let status = answer.status();
                    failure = Some(format!("{url} answered {status}"));
                    if !status.is_server_error() && status != StatusCode::TOO_MANY_REQUESTS {
                        break;
                    }
                }
                Err(error) => failure = Some(format!("{url}: {error:?}")),
            }
        }
        self.count(failure);
    }

    /// Counts an expected callback as sent, or as failed.
    pub(crate) fn count(&self, failure: Option<String>) {
        let counter = if failure.is_none() { &self.sent } else { &self.failed };
        counter.fetch_add(1, Ordering::Relaxed);
        self.pending.fetch_sub(1, Ordering::Relaxed);
        if failure.is_some() {
            *self.last_failure.lock().unwrap_or_else(PoisonError::into_inner) = failure;
        }
    }

    /// A form with Twilio's signature. The URL is signed exactly as it was given.
    pub(crate) fn signed(&self, url: &str, parameters: &[(String, String)]) -> Post {
        let pairs = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Post::new(url, pairs)
            .header(signature::HEADER, signature::sign(&self.token, url, parameters))
            .header("User-Agent", "TwilioProxy/1.1")
    }

    /// Posts without retries.
    pub(crate) async fn post(&self, post: &Post) -> reqwest::Result<Response> {
        // The semaphore is never closed.
        let _slot = self.slots.acquire().await;
        post.request(&self.http).send().await
    }

    pub(crate) fn tally(&self) -> Tally {
        Tally {
            pending: self.pending.load(Ordering::Relaxed),
            sent: self.sent.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
            last_failure: self.last_failure.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            is_held: *self.hold.borrow(),
        }
    }
}
