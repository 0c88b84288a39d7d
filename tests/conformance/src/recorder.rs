//! A server that records its requests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use serde::Serialize;

/// A request as it was received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recorded {
    pub method: String,
    pub path: String,
    pub query: String,
    /// Keyed by name in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

#[derive(Debug)]
struct Desk {
    answer: &'static str,
    records: Mutex<Vec<Recorded>>,
}

/// A recorder, which stops with the runtime that it was started in.
#[derive(Clone, Debug)]
pub struct Recorder {
    pub url: String,
    desk: Arc<Desk>,
}

impl Recorder {
    /// Responds to each POST with 201 and to anything else with 200, always with this body.
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn start(answer: &'static str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let desk = Arc::new(Desk { answer, records: Mutex::default() });
        let app = Router::new().fallback(record).with_state(Arc::clone(&desk));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, desk }
    }

    /// Every request, in order of arrival.
    ///
    /// # Panics
    /// If a request could not be recorded.
    #[must_use]
    pub fn records(&self) -> Vec<Recorded> {
        self.desk.records.lock().expect("no panic").clone()
    }
}

async fn record(
    State(desk): State<Arc<Desk>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    desk.records.lock().expect("no panic").push(Recorded {
        method: method.to_string(),
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        headers: headers
            .iter()
            .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
            .collect(),
        body: text(&body),
    });
    (if method == Method::POST { StatusCode::CREATED } else { StatusCode::OK }, desk.answer)
}
