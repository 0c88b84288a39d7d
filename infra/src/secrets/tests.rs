use std::sync::Mutex;

use serde_json::json;

use super::*;
use crate::testing::Server;

/// How often a read is tried.
const ATTEMPTS: usize = 3;

impl Secret for String {
    const FORM: &'static str = "a text";

    fn parse(value: &str) -> Option<Self> {
        (!value.is_empty()).then(|| value.to_owned())
    }
}

/// A Parameter Store with a single parameter that has this value, or with none while it is `None`.
fn store(value: &Arc<Mutex<Option<String>>>) -> Server {
    let value = Arc::clone(value);
    Server::start(move |_| match value.lock().expect("not poisoned").clone() {
        Some(value) => (200, json!({"Parameter": {"Name": "n", "Value": value}}).to_string()),
        None => (400, json!({"__type": "ParameterNotFound"}).to_string()),
    })
}

/// A Parameter Store whose parameter is `token`, and that fails while it is down.
fn failing(is_down: &Arc<Mutex<bool>>) -> Server {
    let is_down = Arc::clone(is_down);
    Server::start(move |_| {
        if *is_down.lock().expect("not poisoned") {
            (500, String::new())
        } else {
            (200, json!({"Parameter": {"Value": "token"}}).to_string())
        }
    })
}

fn value(value: Option<&str>) -> Arc<Mutex<Option<String>>> {
    Arc::new(Mutex::new(value.map(str::to_owned)))
}

fn name() -> SecretName {
    "ssm:/volley/acme".parse().expect("a name")
}

fn secrets(store: &Server) -> Secrets<String> {
    Secrets::new(&store.aws(), crate::http::client().expect("a client"), Usage::default())
}

#[tokio::test]
async fn a_secret_is_read_once() {
    let store = store(&value(Some("token")));
    let secrets = secrets(&store);
    for _ in 0..10 {
        let found = secrets.find(&name(), |it| it == "token").await.expect("an answer");
        assert_eq!(found.as_deref().map(String::as_str), Some("token"));
        assert_eq!(secrets.get(&name()).await.expect("an answer").as_str(), "token");
    }
    assert_eq!(store.count("GetParameter"), 1);
}

#[tokio::test]
async fn a_flood_that_fits_nothing_reads_once() {
    for content in [Some("token"), None] {
        let store = store(&value(content));
        let secrets = secrets(&store);
        for _ in 0..50 {
            let found = secrets.find(&name(), |it| it == "forged").await;
            assert!(!matches!(found, Ok(Some(_))));
        }
        assert_eq!(store.count("GetParameter"), 1, "{content:?}");
    }
}

#[tokio::test]
async fn a_rotated_secret_is_read_again_when_the_cached_one_does_not_fit() {
    let value = value(Some("old"));
    let store = store(&value);
    let secrets = secrets(&store);
    secrets.get(&name()).await.expect("a secret");
    *value.lock().expect("not poisoned") = Some("new".to_owned());
    let find = async || secrets.find(&name(), |it| it == "new").await.expect("an answer");
    assert_eq!(find().await, None, "it was read a moment ago");
    secrets.known().get_mut(&name()).expect("known").again_at = Instant::now();
    assert_eq!(find().await.as_deref().map(String::as_str), Some("new"));
    assert_eq!(find().await.as_deref().map(String::as_str), Some("new"));
    assert_eq!(store.count("GetParameter"), 2);
}

#[tokio::test]
async fn early_reads_that_bring_nothing_new_become_rarer() {
    let store = store(&value(Some("token")));
    let secrets = secrets(&store);
    let mut waits = Vec::new();
    for _ in 0..6 {
        secrets.find(&name(), |_| false).await.expect("an answer");
        let mut known = secrets.known();
        let known = known.get_mut(&name()).expect("known");
        waits.push(known.patience.as_secs());
        known.again_at = Instant::now();
    }
    assert_eq!(waits, [10, 20, 40, 60, 60, 60]);
}

#[tokio::test]
async fn a_secret_that_was_good_stays_good_while_it_cannot_be_read() {
    let is_down = Arc::new(Mutex::new(false));
    let store = failing(&is_down);
    let secrets = secrets(&store);
    secrets.get(&name()).await.expect("a secret");
    *is_down.lock().expect("not poisoned") = true;
    secrets.known().get_mut(&name()).expect("known").expires_at = Instant::now();
    for _ in 0..10 {
        assert_eq!(secrets.get(&name()).await.expect("a secret").as_str(), "token");
    }
    assert_eq!(store.count("GetParameter"), 1 + ATTEMPTS, "it was read twice");
}

/// What a secret would have to be compared with is unknown, which is not the same as "no".
#[tokio::test]
async fn nothing_is_refused_while_a_secret_cannot_be_read() {
    for known in [None, Some("token")] {
        let is_down = Arc::new(Mutex::new(false));
        let store = failing(&is_down);
        let secrets = secrets(&store);
        if known.is_some() {
            secrets.get(&name()).await.expect("a secret");
            secrets.known().get_mut(&name()).expect("known").again_at = Instant::now();
        }
        *is_down.lock().expect("not poisoned") = true;
        for _ in 0..3 {
            let found = secrets.find(&name(), |it| it == "new").await;
            assert!(found.is_err_and(|error| !error.is_permanent()), "{known:?}");
        }
        if known.is_some() {
            let found = secrets.find(&name(), |it| it == "token").await.expect("the last one");
            assert_eq!(found.as_deref().map(String::as_str), known);
        }
    }
}

#[tokio::test]
async fn a_burst_renews_a_refused_secret_once() {
    let value = value(Some("old"));
    let store = store(&value);
    let secrets = secrets(&store);
    let name = name();
    let stale = secrets.get(&name).await.expect("a secret");
    *value.lock().expect("not poisoned") = Some("new".to_owned());
    let burst = (0..25).map(|_| secrets.renewed(&name, &stale));
    for renewed in futures::future::join_all(burst).await {
        assert_eq!(renewed.expect("a secret").as_str(), "new");
    }
    assert_eq!(store.count("GetParameter"), 2);
}

#[test]
fn secrets_manager_is_read_through_parameter_store() {
    assert_eq!(parameter("ssm:/volley/acme"), "/volley/acme");
    assert_eq!(parameter("secretsmanager:volley/a"), "/aws/reference/secretsmanager/volley/a");
}
