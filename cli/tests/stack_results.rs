//! Reports, exports, webhooks, events, members and people, against the deployed local stack.

#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

mod support;

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use support::tenant::{Tenant, phone};

/// A campaign for this many people, whose messages have all ended.
fn sent(tenant: &Tenant, people: usize) -> String {
    for _ in 0..people {
        tenant.run(&["contacts", "add", "--phone", &phone()]);
    }
    let create = ["campaigns", "create", "Spring", "--body", "Open on Friday", "--field", "id"];
    let id = tenant.run(&create);
    tenant.run(&["campaigns", "send", &id, "--yes", "--watch"]);
    id
}

/// A free port below those that Linux gives to outgoing connections, which may take one at any time.
fn free_port() -> u16 {
    (15_000..30_000).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What a command prints that ends by itself.
fn output(mut child: Child) -> String {
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    assert!(child.wait().unwrap().success(), "{text}");
    text
}

#[test]
fn a_campaign_is_reported_and_exported() {
    let tenant = Tenant::new();
    let id = sent(&tenant, 3);
    let report = tenant.json(&["campaigns", "report", &id]);
    assert_eq!(
        (&report["counts"]["total"], &report["delivery"]["accepted"]),
        (&json!(3), &json!(3))
    );
    let shown = tenant.run(&["campaigns", "report", &id]);
    assert!(shown.contains("3 contacts = 3 recipients"), "{shown}");
    assert!(shown.contains("of 3 accepted)"), "{shown}");
    let sums = tenant.run(&["org", "report", "--from", "1d", "--output", "csv"]);
    assert_eq!(sums.lines().count(), 2, "{sums}");
    assert!(sums.contains(&id), "{sums}");

    let create = ["exports", "create", "messages", "--campaign", &id, "--format", "jsonl"];
    let messages = lines(&tenant.run(&create));
    assert_eq!(messages.len(), 3, "{messages:?}");
    assert!(messages.iter().all(|message| message["campaignId"] == id.as_str()));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("contacts.csv");
    let file = file.to_str().unwrap();
    tenant.run(&["contacts", "export", "--to", file]);
    let counted = tenant.json(&["import", file, "--yes"]);
    assert_eq!((&counted["rows"], &counted["unchanged"]), (&json!(3), &json!(3)), "{counted}");
    let exports = tenant.json(&["exports", "list"]);
    assert_eq!(exports.as_array().unwrap().len(), 2);
    let first = exports[1]["id"].as_str().unwrap();
    assert_eq!(lines(&tenant.run(&["exports", "download", first])), messages);
    let to = messages[0]["to"].as_str().unwrap();
    let history = tenant.run(&["messages", "history", "--phone", to, "--field", "campaignId"]);
    assert_eq!(history, id);
}

#[test]
fn a_webhook_calls_this_machine() {
    let tenant = Tenant::new();
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}/");
    let created = tenant.json(&["webhooks", "create", &url, "--type", "campaign.finished"]);
    let (id, secret) = (created["id"].as_str().unwrap(), created["secret"].as_str().unwrap());
    let port = port.to_string();
    let listen = |secret: &str| {
        let arguments = ["webhooks", "listen", "--port", &port, "--count", "1", "--output", "json"];
        let mut command = tenant.command(&arguments);
        command.env("VOLLEY_WEBHOOK_SECRET", secret).stdout(Stdio::piped());
        let mut listening = command.spawn().unwrap();
        // An event that it misses is sent again a minute later, and the next listener would get it.
        while TcpStream::connect(format!("127.0.0.1:{port}")).is_err() {
            assert_eq!(listening.try_wait().unwrap(), None, "it ended");
            std::thread::sleep(Duration::from_millis(50));
        }
        listening
    };
    let listening = listen(secret);
    let (code, _, errors) = tenant.outcome(&["webhooks", "ping", id]);
    assert!(code == 0 || errors.contains("no attempt was made yet"), "{errors}");
    let event = &lines(&output(listening))[0];
    assert_eq!(
        (&event["type"], &event["organizationId"]),
        (&json!("ping"), &json!(tenant.organization))
    );

    let rotated = tenant.json(&["webhooks", "rotate", id, "--yes"]);
    let newer = rotated["secret"].as_str().unwrap();
    assert_ne!(newer, secret);
    let listening = listen(newer);
    let campaign = sent(&tenant, 1);
    let event = &lines(&output(listening))[0];
    assert_eq!(event["data"]["campaignId"], campaign.as_str(), "{event}");
    let delivery = event["id"].as_str().unwrap();
    assert!(tenant.run(&["webhooks", "attempts", id]).contains(delivery));
    let listening = listen(newer);
    assert_eq!(tenant.json(&["webhooks", "replay", id, delivery])["id"], delivery);
    assert_eq!(&lines(&output(listening))[0], event);

    tenant.run(&["webhooks", "update", id, "--disable"]);
    let (code, _, errors) = tenant.outcome(&["webhooks", "ping", id]);
    assert!(code == 1 && errors.contains("409 webhook_disabled"), "{errors}");
    let updated = tenant.json(&["webhooks", "update", id, "--enable", "--all-types"]);
    assert_eq!((&updated["enabled"], &updated["types"]), (&json!(true), &json!([])));
    tenant.run(&["webhooks", "delete", id, "--yes"]);
    assert_eq!(tenant.run(&["webhooks", "list", "--output", "json"]), "[]");
}

#[test]
fn changes_are_seen_as_they_happen() {
    let tenant = Tenant::new();
    let arguments = ["events", "tail", "--every", "1", "--count", "1", "--output", "json"];
    let mut tail = tenant.command(&arguments).stdout(Stdio::piped()).spawn().unwrap();
    // It does not show what is there when it begins, so drafts are made until it has shown one.
    while tail.try_wait().unwrap().is_none() {
        tenant.run(&["campaigns", "create", "Spring"]);
        std::thread::sleep(Duration::from_millis(500));
    }
    let change = &lines(&output(tail))[0];
    assert_eq!(
        (&change["type"], &change["what"]),
        (&json!("campaign.draft"), &json!("\"Spring\""))
    );
}

#[test]
fn members_are_invited_and_removed() {
    let tenant = Tenant::new();
    let address = format!("ana-{}@example.com", getrandom::u32().unwrap());
    let invited = tenant.json(&["members", "invite", &address, "--role", "viewer"]);
    assert_eq!((&invited["status"], &invited["role"]), (&json!("invited"), &json!("viewer")));
    let id = invited["id"].as_str().unwrap();
    assert_eq!(tenant.run(&["members", "role", id, "sender", "--field", "role"]), "sender");
    assert_eq!(tenant.run(&["members", "list", "--field", "email"]), address);
    tenant.run(&["members", "remove", id, "--yes"]);
    assert_eq!(tenant.run(&["members", "list", "--output", "json"]), "[]");
}

#[test]
fn a_person_is_shown_and_erased() {
    let tenant = Tenant::new();
    let campaign = sent(&tenant, 1);
    let to = tenant.run(&["messages", "list", &campaign, "--field", "to"]);
    let person = tenant.json(&["people", "show", &to]);
    assert_eq!(person["messages"][0]["campaignId"], campaign.as_str());
    assert!(tenant.run(&["people", "show", &to]).contains("Messages to them:      1"));
    let (code, _, errors) = tenant.outcome(&["people", "erase", &to]);
    assert!(code == 2 && errors.contains("--yes"), "{errors}");
    let erasure = tenant.json(&["people", "erase", &to, "--yes"]);
    assert_eq!(erasure["status"], "done", "{erasure}");
    let message = tenant.json(&["messages", "list", &campaign]);
    assert_eq!(message[0]["to"], Value::Null);
    let id = message[0]["id"].as_str().unwrap();
    assert!(tenant.run(&["trace", id]).contains("a worker claimed the message"));
}
