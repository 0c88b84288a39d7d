//! Every command against a stub of the API that is made of `docs/openapi.json`: it refuses requests that
//! the document does not describe, and responds with examples of the documented responses.

#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

mod support;

use serde_json::Value;
use support::cases::cases;
use support::stub::Stub;
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

/// Tables of the examples, as they are printed when piped.
#[tokio::test(flavor = "multi_thread")]
async fn tables_are_as_recorded() {
    let stub = Stub::start().await;
    let lines = [
        "org show",
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
        "trace ID --campaign ID",
    ];
    let run = |line: &str| {
        let line = line.replace("ID", ID);
        let output = volley(&stub.url).args(line.split(' ')).output().unwrap();
        format!("$ volley {line}\n{}\n", String::from_utf8_lossy(&output.stdout))
    };
    let text: String = lines.into_iter().map(run).collect();
    snapbox::assert_data_eq!(text, snapbox::file!["snapshots/tables.txt"]);
}
