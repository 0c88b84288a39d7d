//! Every command against a stub of the API that is made of `docs/openapi.json`: it refuses requests that
//! the document does not describe, and responds with examples of the documented responses.

#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

mod support;

use std::collections::BTreeSet;

use serde_json::Value;
use support::cases::cases;
use support::stub::{FILE, Stub};
use support::{ID, volley};

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

/// Operations that no command line above calls, with what is used instead.
const OTHERWISE: [&str; 8] = [
    // `import` sends any number of contacts.
    "batch_contacts",
    // `campaigns delete` names its drafts one by one, so that one that was sent keeps no other.
    "delete_campaigns",
    // `contacts delete` deletes any number of contacts.
    "delete_contact",
    // `unsubscribes lift` keeps the reason as evidence.
    "delete_unsubscribe",
    // A step of the runbook for restored tables, which is taken with the deployment's key.
    "end_restored",
    // Files that are too large for a test of this kind; `import --rejected` and `import FILE` call them.
    "get_rejected_rows",
    "start_import",
    // `contacts edit` changes single fields.
    "update_contact",
];

/// What the API offers, the command line does.
#[test]
fn every_operation_has_a_command() {
    let document: Value = serde_json::from_str(include_str!("../../docs/openapi.json")).unwrap();
    let items = document["paths"].as_object().unwrap().values();
    let operations = items.flat_map(|item| item.as_object().unwrap().values());
    let all: BTreeSet<&str> =
        operations.filter_map(|operation| operation["operationId"].as_str()).collect();
    let called = cases().into_iter().flat_map(|(_, operations, _)| operations);
    let covered: BTreeSet<&str> = called.copied().chain(OTHERWISE).collect();
    assert_eq!(all, covered);
}

/// The file of an export is written whole or not at all.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_unpacked_or_kept_as_it_is() {
    let stub = Stub::start().await;
    let folder = tempfile::tempdir().unwrap();
    let download = |name: &str| {
        let path = folder.path().join(name);
        let to = path.to_str().unwrap();
        let output = volley(&stub.url).args(["exports", "download", ID, "--to", to]).output();
        assert_eq!(output.unwrap().status.code(), Some(0));
        std::fs::read(path).unwrap()
    };
    assert_eq!(download("contacts.csv"), FILE.as_bytes());
    assert_eq!(&download("contacts.csv.gz")[..2], b"\x1f\x8b");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    let printed = volley(&stub.url).args(["contacts", "export"]).output().unwrap();
    assert_eq!(printed.stdout, FILE.as_bytes());
    let nowhere = folder.path().join("missing/contacts.csv");
    let output =
        volley(&stub.url).args(["contacts", "export", "--to", nowhere.to_str().unwrap()]).output();
    assert_eq!(output.unwrap().status.code(), Some(2));
}

/// Tables of the examples, as they are printed when piped.
#[tokio::test(flavor = "multi_thread")]
async fn tables_are_as_recorded() {
    let stub = Stub::start().await;
    let lines = [
        "org show",
        "org audit --limit 1",
        "keys list",
        "contacts list --limit 1",
        "campaigns list --limit 1",
        "campaigns show ID",
        "campaigns quote ID",
        "campaigns preview ID",
        "campaigns skipped ID",
        "templates list --limit 1",
        "import show ID",
        "import list --limit 1",
        "segments show ID",
        "messages list ID --limit 1",
        "inbound list --limit 1",
        "inbound show ID",
        "unsubscribes list --limit 1",
        "unsubscribes list --limit 1 --output csv",
        "unsubscribes reconcile --last",
        "trace ID --campaign ID",
        "campaigns report ID",
        "org report --from 2026-11-01",
        "org report --from 2026-11-01 --output csv",
        "exports list",
        "webhooks list",
        "webhooks create https://hooks.example.com/volley",
        "webhooks attempts ID",
        "members list",
        "people show +14155550123",
        "people erase +14155550123 --yes --no-wait",
        "messages history --phone +14155550123",
    ];
    let run = |line: &str| {
        let line = line.replace("ID", ID);
        let output = volley(&stub.url).args(line.split(' ')).output().unwrap();
        format!("$ volley {line}\n{}\n", String::from_utf8_lossy(&output.stdout))
    };
    let text: String = lines.into_iter().map(run).collect();
    snapbox::assert_data_eq!(text, snapbox::file!["snapshots/tables.txt"]);
}
