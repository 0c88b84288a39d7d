//! A simulator to call, and a webhook that it calls.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::post;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use simulator::{Config, Simulator, sign};

pub(crate) const FROM: &str = "+12125550100";
pub(crate) const PLAIN: &str = "+14153550123";

/// A callback that was received.
#[derive(Clone, Debug)]
pub(crate) struct Callback {
    pub(crate) form: Vec<(String, String)>,
    pub(crate) query: String,
    pub(crate) is_signed: bool,
    pub(crate) authorization: Option<String>,
    pub(crate) at: Instant,
}

impl Callback {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.form.iter().find(|(known, _)| known == name)?;
        Some(value)
    }
}

#[derive(Default)]
struct Inbox {
    callbacks: Mutex<Vec<Callback>>,
    /// How many of the first callbacks get an error response.
    errors: Mutex<u32>,
    origin: Mutex<String>,
}

pub(crate) struct Bench {
    pub(crate) config: Config,
    pub(crate) url: String,
    pub(crate) http: Client,
    pub(crate) webhook: String,
    inbox: Arc<Inbox>,
    _simulator: Simulator,
}

pub(crate) fn quick() -> Config {
    Config {
        delay: Duration::from_millis(20),
        slow_answer: Duration::from_millis(600),
        ..Config::default()
    }
}

impl Bench {
    pub(crate) async fn new(config: Config) -> Self {
        let simulator = Simulator::start(config.clone()).await.expect("a simulator");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let inbox = Arc::<Inbox>::default();
        inbox.origin.lock().expect("no panic").clone_from(&origin);
        let app = Router::new().route("/hook", post(receive)).with_state(Arc::clone(&inbox));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            url: simulator.url(),
            http: Client::builder()
                .timeout(Duration::from_mins(1))
                .retry(reqwest::retry::never())
                .build()
                .expect("a client"),
            webhook: format!("{origin}/hook?o=1&c=a%20b"),
            config,
            inbox,
            _simulator: simulator,
        }
    }

    pub(crate) fn fail_callbacks(&self, count: u32) {
        *self.inbox.errors.lock().expect("no panic") = count;
    }

    pub(crate) fn messages_url(&self) -> String {
        let sid = &self.config.account_sid;
        format!("{}/2010-04-01/Accounts/{sid}/Messages", self.url)
    }

    pub(crate) async fn try_create(&self, to: &str, body: &str) -> reqwest::Result<Response> {
        self.http
            .post(format!("{}.json", self.messages_url()))
            .basic_auth(&self.config.account_sid, Some(&self.config.auth_token))
            .form(&[("To", to), ("From", FROM), ("Body", body), ("StatusCallback", &self.webhook)])
            .send()
            .await
    }

    pub(crate) async fn create(&self, to: &str) -> (u16, Value) {
        let answer = self.try_create(to, "Hello").await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    pub(crate) async fn get(&self, url: String) -> (u16, Value) {
        let answer = self
            .http
            .get(url)
            .basic_auth(&self.config.account_sid, Some(&self.config.auth_token))
            .send()
            .await
            .expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    pub(crate) async fn admin(&self, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/_simulator/{path}", self.url);
        let answer = self.http.post(url).json(&body).send().await;
        let answer = answer.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    pub(crate) async fn script(&self, to: &str, fate: &str) {
        let (status, _) = self.admin("fates", json!({ "to": to, "fate": fate })).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{fate}");
    }

    pub(crate) async fn stats(&self) -> Value {
        self.get(format!("{}/_simulator/stats", self.url)).await.1
    }

    pub(crate) fn callbacks(&self) -> Vec<Callback> {
        self.inbox.callbacks.lock().expect("no panic").clone()
    }

    /// Waits until no more callbacks are expected, and returns those that arrived.
    pub(crate) async fn settled(&self) -> Vec<Callback> {
        let deadline = Instant::now() + Duration::from_mins(1);
        while self.stats().await["callbacks"]["pending"] != 0 {
            assert!(Instant::now() < deadline, "callbacks are still expected");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.callbacks()
    }

    /// The statuses of all callbacks, in order of arrival.
    pub(crate) async fn statuses(&self) -> Vec<String> {
        let callbacks = self.settled().await;
        callbacks
            .iter()
            .filter_map(|callback| Some(callback.get("MessageStatus")?.to_owned()))
            .collect()
    }
}

async fn receive(
    State(inbox): State<Arc<Inbox>>,
    uri: Uri,
    headers: HeaderMap,
    form: Bytes,
) -> StatusCode {
    let mut errors = inbox.errors.lock().expect("no panic");
    if *errors > 0 {
        *errors -= 1;
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    let form: Vec<(String, String)> = form_urlencoded::parse(&form).into_owned().collect();
    let url = format!("{}{uri}", inbox.origin.lock().expect("no panic"));
    let expected = sign(&Config::default().auth_token, &url, &form);
    let signature = headers.get("x-twilio-signature");
    inbox.callbacks.lock().expect("no panic").push(Callback {
        is_signed: signature.is_some_and(|given| *given == expected),
        authorization: headers
            .get("authorization")
            .and_then(|value| Some(value.to_str().ok()?.to_owned())),
        query: uri.query().unwrap_or_default().to_owned(),
        form,
        at: Instant::now(),
    });
    StatusCode::NO_CONTENT
}
