//! Every command against a stub of the API that is made of `docs/openapi.json`: it refuses requests that
//! the document does not describe, and responds with examples of the documented responses.

mod support;

use serde_json::{Value, json};
use support::stub::Stub;
use support::{ID, volley};

/// A command line, the operations that it calls, and a body that it sends.
type Case = (&'static str, &'static [&'static str], Value);

fn cases() -> Vec<Case> {
    let none = Value::Null;
    vec![
        ("org list", &["list_organizations"], none.clone()),
        ("org show", &["get_me", "get_organization"], none.clone()),
        (
            "org create Bakery --sender +14155550100 --region US --parts-per-second 10",
            &["create_organization"],
            json!({"name": "Bakery", "senderPhone": "+14155550100", "defaultRegion": "US", "partsPerSecond": 10}),
        ),
        (
            "org set --price US=0.0079 --tests-per-day 5",
            &["get_me", "update_organization"],
            json!({"prices": {"currency": "USD", "perPart": {"US": "0.0079"}}, "testsPerDay": 5}),
        ),
        ("keys list", &["get_me", "list_api_keys"], none.clone()),
        (
            "keys create shop --role sender",
            &["get_me", "create_api_key"],
            json!({"name": "shop", "role": "sender"}),
        ),
        ("keys delete ID --yes", &["get_me", "delete_api_key"], none.clone()),
        ("contacts list --limit 3", &["get_me", "list_contacts"], none.clone()),
        ("contacts show ID", &["get_me", "get_contact"], none.clone()),
        (
            "contacts add --phone +14155550123 --first-name Ada --attribute city=Oakland",
            &["get_me", "create_contact"],
            json!({"phone": "+14155550123", "firstName": "Ada", "attributes": {"city": "Oakland"}}),
        ),
        ("contacts export", &["get_me", "list_contacts"], none.clone()),
        (
            "import ../tests/fixtures/contacts.csv --yes --phone phone --attributes none",
            &["get_me", "create_import", "get_import"],
            none.clone(),
        ),
        ("contacts delete ID --yes", &["get_me", "delete_contacts"], json!({"ids": [ID]})),
        (
            "contacts edit ID --email ada@example.com --external-id a/1",
            &["get_me", "patch_contact"],
            json!({"email": "ada@example.com", "externalId": "a/1"}),
        ),
        (
            "contacts tag ID --add vip --remove new",
            &["get_me", "patch_contact"],
            json!({"tags": {"add": ["vip"], "remove": ["new"]}}),
        ),
        ("contacts list --tag vip --status active", &["get_me", "list_contacts"], none.clone()),
        ("segments list", &["get_me", "list_segments"], none.clone()),
        ("segments show ID", &["get_me", "get_segment"], none.clone()),
        (
            r#"segments create VIP --filter {"field":"tags","op":"in","value":["vip"]}"#,
            &["get_me", "create_segment"],
            json!({"name": "VIP", "filter": {"field": "tags", "op": "in", "value": ["vip"]}}),
        ),
        ("segments edit ID --name A", &["get_me", "get_segment", "update_segment"], none.clone()),
        ("segments preview ID", &["get_me", "preview_segment"], none.clone()),
        (
            r#"segments preview --filter {"field":"tags","op":"exists"}"#,
            &["get_me", "preview_filter"],
            none.clone(),
        ),
        ("segments explain ID ID", &["get_me", "explain_segment"], none.clone()),
        ("segments delete ID --yes", &["get_me", "delete_segment"], none.clone()),
        (
            "campaigns create Spring --include ID",
            &["get_me", "create_campaign"],
            json!({"name": "Spring", "target": {"include": [ID], "exclude": []}}),
        ),
        ("campaigns list --status draft", &["get_me", "list_campaigns"], none.clone()),
        ("campaigns show ID", &["get_me", "get_campaign"], none.clone()),
        (
            "campaigns create Spring --body Hello",
            &["get_me", "create_campaign"],
            json!({"name": "Spring", "body": "Hello"}),
        ),
        (
            "campaigns edit ID --body Hi",
            &["get_me", "get_campaign", "update_campaign"],
            json!({"name": "string", "body": "Hi"}),
        ),
        ("campaigns delete ID --yes", &["get_me", "delete_campaign"], none.clone()),
        ("campaigns quote ID", &["get_me", "quote_campaign"], none.clone()),
        (
            "campaigns test ID --to +14155550123",
            &["get_me", "send_test"],
            json!({"to": "+14155550123", "dryRun": false, "confirmOptedOut": false}),
        ),
        (
            "campaigns send ID --yes --max-parts 9 --max-price 1.50",
            &["get_me", "send_campaign"],
            json!({"maxParts": 9, "maxPrice": "1.50"}),
        ),
        (
            "campaigns schedule ID --at 2026-11-30T09:00:00-08:00 --yes",
            &["get_me", "send_campaign"],
            json!({"scheduledAt": "2026-11-30T17:00:00.000Z"}),
        ),
        ("campaigns pause ID", &["get_me", "pause_campaign"], none.clone()),
        ("campaigns resume ID", &["get_me", "resume_campaign"], none.clone()),
        ("campaigns stop ID --yes", &["get_me", "stop_campaign"], none.clone()),
        ("campaigns cancel ID", &["get_me", "cancel_campaign"], none.clone()),
        ("messages list ID --status failed --tests", &["get_me", "list_messages"], none.clone()),
        ("messages show ID ID", &["get_me", "get_message"], none.clone()),
        ("unsubscribes list --all", &["get_me", "list_unsubscribes"], none.clone()),
        ("unsubscribes show +14155550123", &["get_me", "get_unsubscribe"], none.clone()),
        ("unsubscribes add +14155550123", &["get_me", "put_unsubscribe"], none.clone()),
        (
            "unsubscribes lift +14155550123 --reason asked",
            &["get_me", "lift_unsubscribe"],
            json!({"reason": "asked"}),
        ),
        (
            "trace ID --campaign ID",
            &["get_me", "get_campaign", "get_message", "get_unsubscribe"],
            none.clone(),
        ),
        ("trace ID", &["get_me", "list_campaigns", "get_message", "get_unsubscribe"], none.clone()),
        ("doctor", &["get_health", "get_openapi", "get_me", "get_me", "get_organization"], none),
    ]
}

/// The requests of each command are described by the document, and its output is the same in JSON as the
/// API's response.
#[tokio::test(flavor = "multi_thread")]
async fn commands_call_the_documented_operations() {
    let stub = Stub::start().await;
    for (line, operations, body) in cases() {
        let line = line.replace("ID", ID);
        let arguments: Vec<&str> = line.split(' ').collect();
        for format in ["table", "json", "csv"] {
            let output = volley(&stub.url).args(&arguments).args(["--output", format]).output();
            let output = output.unwrap();
            let errors = String::from_utf8_lossy(&output.stderr);
            let code = output.status.code().unwrap();
            assert_eq!(code, 0, "volley {line}: {errors}");
            let (called, bodies) = stub.take();
            let called: Vec<&str> = called.iter().map(String::as_str).collect();
            // The organization is asked for once per path, and a list once or more.
            let distinct = |names: &[&str]| {
                let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
                names.retain(|name| name != "get_me");
                names.dedup();
                names
            };
            assert_eq!(distinct(&called), distinct(operations), "volley {line}");
            if !body.is_null() {
                assert_eq!(bodies.last(), Some(&body), "volley {line}");
            }
            if format == "json" && !output.stdout.is_empty() && !line.contains("export") {
                let text = String::from_utf8_lossy(&output.stdout);
                assert!(serde_json::from_str::<Value>(&text).is_ok(), "volley {line}: {text}");
            }
        }
    }
}

/// Tables of the examples, as they are printed when piped.
#[tokio::test(flavor = "multi_thread")]
async fn tables_are_as_recorded() {
    let stub = Stub::start().await;
    let mut text = String::new();
    for line in [
        "org show",
        "keys list",
        "contacts list --limit 1",
        "campaigns list --limit 1",
        "campaigns show ID",
        "campaigns quote ID",
        "messages list ID --limit 1",
        "unsubscribes list --limit 1",
        "unsubscribes list --limit 1 --output csv",
        "trace ID --campaign ID",
    ] {
        let line = line.replace("ID", ID);
        let output = volley(&stub.url).args(line.split(' ')).output().unwrap();
        text += &format!("$ volley {line}\n{}\n", String::from_utf8_lossy(&output.stdout));
    }
    snapbox::assert_data_eq!(text, snapbox::file!["snapshots/tables.txt"]);
}
