//! An endpoint on this machine that webhooks call. Only programs that are built for the local stack can
//! call it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use local::client::wait;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::PATIENCE;

/// A request that arrived.
#[derive(Clone, Debug)]
pub struct Received {
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Received {
    /// The event in the body.
    #[must_use]
    pub fn event(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    #[must_use]
    pub fn kind(&self) -> String {
        crate::text(&self.event()["type"]).to_owned()
    }
}

#[derive(Default)]
struct Shared {
    received: Vec<Received>,
    /// The status of responses.
    status: u16,
}

#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    shared: Arc<Mutex<Shared>>,
}

impl Receiver {
    /// Starts one that responds with this status.
    pub async fn start(status: u16) -> anyhow::Result<Self> {
        let shared = Arc::new(Mutex::new(Shared { status, ..Shared::default() }));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/hook", listener.local_addr()?);
        let routes = Router::new().fallback(receive).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self { url, shared })
    }

    pub fn respond_with(&self, status: u16) {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).status = status;
    }

    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).received.clone()
    }

    /// The types of what arrived, in the order in which it occurred.
    #[must_use]
    pub fn kinds(&self) -> Vec<String> {
        let mut received = self.received();
        received.sort_by_key(|it| crate::text(&it.event()["occurredAt"]).to_owned());
        received.iter().map(Received::kind).collect()
    }

    /// Waits for an event of a type.
    pub async fn get(&self, kind: &str) -> anyhow::Result<Received> {
        wait(kind, PATIENCE, async || Ok(self.received().into_iter().find(|it| it.kind() == kind)))
            .await
            .with_context(|| format!("received {:?}", self.kinds()))
    }
}

async fn receive(
    State(shared): State<Arc<Mutex<Shared>>>,
    headers: HeaderMap,
    body: String,
) -> StatusCode {
    let text = |value: &axum::http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let headers = headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    shared.received.push(Received { headers, body });
    StatusCode::from_u16(shared.status).unwrap_or(StatusCode::OK)
}
