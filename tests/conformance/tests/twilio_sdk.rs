//! The simulator, judged by Twilio's SDK: its REST client and its request validator.

use std::time::Duration;

use conformance::{Runner, ask};
use serde_json::{Value, json};
use simulator::{Config, Simulator};

const FROM: &str = "+12125550100";
const OTHER: &str = "+12125550101";
/// Everything that could be encoded in two ways: spaces, signs, an empty value, a repeated name.
const CALLBACK: &str = "/hook?o=1&c=a%20b+c&empty=&m=%C3%A9%26&m=2";

fn order(to: &str, from: &str, body: &str) -> Value {
    json!({ "to": to, "from_": from, "body": body })
}

/// The SDK's results for these orders. Those that are refused must be last.
async fn report(orders: Vec<Value>) -> Value {
    let config = Config { delay: Duration::from_millis(20), ..Config::default() };
    let simulator = Simulator::start(config.clone()).await.expect("a simulator");
    let given = json!({
        "url": simulator.url(),
        "account_sid": config.account_sid,
        "auth_token": config.auth_token,
        "callback": CALLBACK,
        "orders": orders,
    });
    let asked = tokio::task::spawn_blocking(move || ask(Runner::Python, "twilio_sdk.py", &given));
    asked.await.expect("a report")
}

fn orders() -> Vec<Value> {
    vec![
        order("+14153550123", FROM, "Hello & goodbye = 100% +1"),
        order("+14153550124", FROM, "Grüße, 😀\r\nzweite Zeile"),
        order("+14153559001", FROM, "Nobody is there"),
        order("+14153559016", OTHER, &"long ".repeat(70)),
        order("+14153559015", OTHER, "ж"),
        json!({
            "to": "+14153550125",
            "messaging_service_sid": "MG00000000000000000000000000000001",
            "body": "From a service",
        }),
        order("+14153559007", FROM, "refused"),
        order("+14153559009", FROM, "throttled"),
        order("+14153550126", FROM, ""),
    ]
}

fn sids(of: &Value) -> Vec<&str> {
    let messages = of.as_array().expect("messages");
    messages.iter().filter_map(|message| message["sid"].as_str()).collect()
}

#[tokio::test]
async fn the_sdk_creates_fetches_and_validates() {
    let report = report(orders()).await;
    let created = &report["created"];
    let sids = sids(created);
    assert_eq!(sids.len(), 6, "{created}");
    for (place, status, segments) in
        [(0, "queued", "1"), (1, "queued", "1"), (3, "queued", "3"), (5, "accepted", "1")]
    {
        assert_eq!(created[place]["status"], status, "{created}");
        assert_eq!(created[place]["num_segments"], segments, "{created}");
    }
    for (place, code, status) in [(6, 21_211, 400), (7, 20_429, 429), (8, 21_602, 400)] {
        assert_eq!(created[place], json!({ "refused": code, "http_status": status }));
    }
    let endings = ["delivered", "delivered", "undelivered", "delivered", "delivered", "delivered"];
    for (place, (ending, order)) in endings.iter().zip(orders()).enumerate() {
        let fetched = &report["fetched"][place];
        assert_eq!(fetched["sid"], sids[place]);
        assert_eq!(fetched["status"], *ending);
        assert_eq!(fetched["body"], order["body"]);
        assert_eq!(fetched["to"], order["to"]);
        let code = if *ending == "undelivered" { json!(30_003) } else { Value::Null };
        assert_eq!(fetched["error_code"], code);
    }
    let callbacks = report["callbacks"].as_array().expect("callbacks");
    // One message's two callbacks are sent twice.
    assert_eq!(callbacks.len(), 6 * 2 + 2, "{callbacks:?}");
    for callback in callbacks {
        assert_eq!(callback["valid"], true, "{callback}");
        for changed in ["valid_of_another_form", "valid_of_another_url", "valid_of_another_token"] {
            assert_eq!(callback[changed], false, "{changed}: {callback}");
        }
        assert_eq!(
            Some(CALLBACK),
            callback["query"].as_str().map(|q| format!("/hook?{q}")).as_deref()
        );
        assert!(sids.contains(&callback["sid"].as_str().expect("a sid")));
    }
}

#[tokio::test]
async fn the_sdk_finds_what_it_searches_for() {
    let report = report(orders()).await;
    let newest_first: Vec<&str> = sids(&report["created"]).into_iter().rev().collect();
    let (all, none): (&[&str], &[&str]) = (&newest_first, &[]);
    for (search, expected) in [
        ("all", all),
        ("in pages of two", all),
        ("three at most", &all[..3]),
        ("to", &all[5..]),
        ("from", &all[3..]),
        ("to and from", &all[5..]),
        ("to, from nobody", none),
        ("sent after the day before", all),
        ("sent after the day after", none),
        ("sent before the day before", none),
        ("sent before the day after", all),
        ("sent in that second, to", &all[5..]),
        ("sent in another second", none),
    ] {
        assert_eq!(report["lists"][search], json!(expected), "{search}");
    }
}

#[tokio::test]
async fn the_simulator_answers_as_twilio_describes_it() {
    let mut records = report(orders()).await["records"].take();
    let check =
        |records: &Value| -> Vec<Vec<String>> { ask(Runner::Python, "twilio_openapi.py", records) };
    let found = check(&records);
    // Six creations, six fetches, and the searches, one of them in three pages.
    assert!(found.len() > 6 + 6 + 13, "{}", found.len());
    assert!(found.iter().all(Vec::is_empty), "{found:?}");
    for record in records.as_array_mut().expect("records") {
        let body = record["answer"]["body"].as_str().expect("a body");
        record["answer"]["body"] =
            body.replace("\"api_version\":\"2010-04-01\"", "\"api_version\":2010").into();
    }
    let empty = check(&records).iter().filter(|found| found.is_empty()).count();
    // Only lists without messages are still valid.
    assert_eq!(empty, 4);
}
