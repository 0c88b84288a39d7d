//! The endpoint of the runs' webhooks, on this machine.
//!
//! While a run's faults last, it fails, hangs, responds late, redirects and cuts connections. Afterwards it
//! takes everything.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use ring::hmac;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::chance::Chance;
use crate::proxy::Cut;
use crate::runs::Run;

/// Longer than the ten seconds that a delivery waits.
const TOO_LATE: Duration = Duration::from_secs(11);
/// The path that a redirect leads to, which no one may follow.
const ELSEWHERE: &str = "/elsewhere/";
const REDIRECTS: [u16; 4] = [301, 302, 307, 308];
const FAILURES: [u16; 5] = [400, 404, 429, 500, 503];

/// What the endpoint does with a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reception {
    Takes,
    /// It has the event, and Volley doesn't know.
    TakesAndCuts,
    TakesTooLate,
    Fails,
    Redirects,
    Cuts,
    Hangs,
}

impl Reception {
    pub const ALL: [Self; 7] = [
        Self::Takes,
        Self::TakesAndCuts,
        Self::TakesTooLate,
        Self::Fails,
        Self::Redirects,
        Self::Cuts,
        Self::Hangs,
    ];

    fn drawn(chance: &mut Chance) -> Self {
        match chance.below(100) {
            0..45 => Self::Takes,
            45..55 => Self::TakesAndCuts,
            55..60 => Self::TakesTooLate,
            60..75 => Self::Fails,
            75..85 => Self::Redirects,
            85..95 => Self::Cuts,
            _ => Self::Hangs,
        }
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Takes => "takes",
            Self::TakesAndCuts => "takes-and-cuts",
            Self::TakesTooLate => "takes-too-late",
            Self::Fails => "fails",
            Self::Redirects => "redirects",
            Self::Cuts => "cuts",
            Self::Hangs => "hangs",
        }
    }
}

/// What a run's webhook has received.
#[derive(Clone, Debug, Default)]
pub struct Received {
    /// The bodies by the events' IDs.
    pub events: BTreeMap<String, Value>,
    /// The first thing that no delivery may do.
    pub wrong: Option<String>,
}

struct Mailbox {
    run: Arc<Run>,
    chance: Chance,
    secret: Option<hmac::Key>,
    received: Received,
}

#[derive(Default)]
pub struct Receiver {
    url: String,
    mailboxes: Mutex<HashMap<u64, Mailbox>>,
    receptions: Mutex<BTreeMap<Reception, u64>>,
}

impl Receiver {
    /// Listens on a free port of the loopback address.
    pub async fn start() -> anyhow::Result<Arc<Self>> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let receiver = Arc::new(Self { url, ..Self::default() });
        tokio::spawn(Arc::clone(&receiver).listen(listener));
        Ok(receiver)
    }

    async fn listen(self: Arc<Self>, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            let receiver = Arc::clone(&self);
            let service = service_fn(move |request| Arc::clone(&receiver).receive(request));
            tokio::spawn(async move {
                // A connection that is cut ends with an error, on purpose.
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    }

    /// Opens the mailbox of a run. Returns its URL.
    pub fn open(&self, number: u64, run: &Arc<Run>) -> String {
        let mailbox = Mailbox {
            run: Arc::clone(run),
            chance: Chance::of(run.seed.unwrap_or_default(), "receiver"),
            secret: None,
            received: Received::default(),
        };
        self.mailboxes().insert(number, mailbox);
        format!("{}/{number}", self.url)
    }

    /// Sets the secret that signs what the mailbox receives from now on.
    pub fn expect(&self, number: u64, secret: &str) -> anyhow::Result<()> {
        let key = BASE64_STANDARD.decode(secret.trim_start_matches("whsec_"))?;
        if let Some(mailbox) = self.mailboxes().get_mut(&number) {
            mailbox.secret = Some(hmac::Key::new(hmac::HMAC_SHA256, &key));
        }
        Ok(())
    }

    pub fn received(&self, number: u64) -> Received {
        let mailboxes = self.mailboxes();
        mailboxes.get(&number).map(|mailbox| mailbox.received.clone()).unwrap_or_default()
    }

    /// How often each thing was done with a delivery.
    pub fn receptions(&self) -> BTreeMap<Reception, u64> {
        self.receptions.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn mailboxes(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Mailbox>> {
        self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn receive(
        self: Arc<Self>,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Cut> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
        let Some((reception, mut chance)) = self.take(parts.uri.path(), &parts.headers, &body)
        else {
            return Ok(respond(404, None));
        };
        self.count(reception);
        match reception {
            Reception::Takes => Ok(respond(204, None)),
            Reception::TakesTooLate => {
                tokio::time::sleep(TOO_LATE).await;
                Ok(respond(200, None))
            }
            Reception::Fails => Ok(respond(*chance.of_these(&FAILURES), None)),
            Reception::Redirects => {
                let to = format!("{}{ELSEWHERE}{}", self.url, parts.uri.path().trim_matches('/'));
                Ok(respond(*chance.of_these(&REDIRECTS), Some(&to)))
            }
            Reception::TakesAndCuts | Reception::Cuts => Err(Cut),
            Reception::Hangs => {
                tokio::time::sleep(TOO_LATE).await;
                Err(Cut)
            }
        }
    }

    fn count(&self, reception: Reception) {
        let mut receptions = self.receptions.lock().unwrap_or_else(PoisonError::into_inner);
        *receptions.entry(reception).or_default() += 1;
    }

    /// Decides about a delivery, and keeps the event if it is taken.
    fn take(&self, path: &str, headers: &HeaderMap, body: &[u8]) -> Option<(Reception, Chance)> {
        let followed = path.strip_prefix(ELSEWHERE);
        let number: u64 = followed.or_else(|| path.strip_prefix('/'))?.parse().ok()?;
        let mut mailboxes = self.mailboxes();
        let mailbox = mailboxes.get_mut(&number)?;
        let received = &mut mailbox.received;
        let event: Value = serde_json::from_slice(body).unwrap_or_default();
        let id = event["id"].as_str().unwrap_or_default();
        let wrong = if followed.is_some() {
            Some(format!("a redirect was followed with {event}"))
        } else if !is_signed(mailbox.secret.as_ref()?, headers, body) {
            Some(format!("{event} has a wrong signature: {headers:?}"))
        } else if header(headers, "webhook-id") != id {
            Some(format!("{event} was sent with {headers:?}"))
        } else {
            let known = received.events.get(id);
            known.filter(|known| **known != event).map(|known| format!("{event} was {known}"))
        };
        received.wrong = received.wrong.take().or(wrong);
        let reception = if mailbox.run.is_calm() {
            Reception::Takes
        } else {
            Reception::drawn(&mut mailbox.chance)
        };
        if matches!(reception, Reception::Takes | Reception::TakesAndCuts | Reception::TakesTooLate)
        {
            received.events.insert(id.to_owned(), event);
        }
        Some((reception, mailbox.chance.clone()))
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Checks a signature as a receiver does. The time is not checked, because functions' clocks are off.
fn is_signed(secret: &hmac::Key, headers: &HeaderMap, body: &[u8]) -> bool {
    let (id, at) = (header(headers, "webhook-id"), header(headers, "webhook-timestamp"));
    let signed = [format!("{id}.{at}.").as_bytes(), body].concat();
    let expected = format!("v1,{}", BASE64_STANDARD.encode(hmac::sign(secret, &signed)));
    header(headers, "webhook-signature").split(' ').any(|given| given == expected)
}

fn respond(status: u16, location: Option<&str>) -> Response<Full<Bytes>> {
    let response = Response::builder().status(status);
    let response = match location {
        Some(location) => response.header("location", location),
        None => response,
    };
    response.body(Full::default()).unwrap_or_default()
}
