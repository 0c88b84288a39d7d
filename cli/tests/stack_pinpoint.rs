//! The move of a dump to the deployed local stack.

#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

mod support;

use serde_json::{Value, json};
use support::tenant::Tenant;

const DUMP: &str = "tests/fixtures/pinpoint";

fn moved(tenant: &Tenant) -> Value {
    let arguments = ["import", "pinpoint", DUMP, "--yes", "--output", "json"];
    let (code, out, errors) = tenant.outcome(&arguments);
    // The dump has an address with too many digits.
    assert_eq!(code, 4, "{out}{errors}");
    serde_json::from_str(&out).unwrap()
}

/// Pairs of what was created and what was there.
fn counts(report: &Value) -> [(u64, u64); 3] {
    ["templates", "segments", "drafts"].map(|kind| {
        let number = |name: &str| report[kind][name].as_u64().unwrap();
        (number("created"), number("known"))
    })
}

#[test]
fn a_dump_moves_once() {
    let tenant = Tenant::new();
    let (code, rehearsed, errors) = tenant.outcome(&["import", "pinpoint", DUMP, "--dry-run"]);
    assert_eq!(code, 0, "{rehearsed}{errors}");
    assert!(rehearsed.contains("would import contacts: 9 rows"), "{rehearsed}");
    assert_eq!(tenant.run(&["contacts", "list", "--output", "json"]), "[]");

    let report = moved(&tenant);
    let contacts = report["imports"].as_array().unwrap().last().unwrap();
    assert_eq!(contacts["rows"], 9, "{report:#}");
    assert_eq!(counts(&report), [(1, 0), (2, 0), (1, 0)], "{report:#}");

    let ines = tenant.json(&["contacts", "list", "--phone", "+14155550123"]);
    assert_eq!(ines.as_array().unwrap().len(), 1);
    assert_eq!(ines[0]["status"], "active");
    assert_eq!(ines[0]["timeZone"], "America/Los_Angeles");
    assert_eq!(ines[0]["attributes"]["Attributes.Interests"], json!(["bread", "cake"]));
    // The opt-outs of the active, the inactive and the voice endpoint, the list and the event.
    let mut phones: Vec<_> = tenant
        .run(&["unsubscribes", "list", "--field", "phone"])
        .lines()
        .map(str::to_owned)
        .collect();
    phones.sort();
    let expected = ["0123", "0124", "0131", "0140", "0141", "0142"];
    assert_eq!(phones, expected.map(|end| format!("+1415555{end}")));
    let since = ["unsubscribes", "show", "+14155550140", "--field", "unsubscribedAt"];
    assert_eq!(tenant.run(&since), "2026-05-01T00:00:00.000Z");

    let campaigns = tenant.json(&["campaigns", "list"]);
    assert_eq!(
        (&campaigns[0]["name"], &campaigns[0]["status"]),
        (&json!("Spring"), &json!("draft"))
    );
    let draft = campaigns[0]["id"].as_str().unwrap();
    let id = ines[0]["id"].as_str().unwrap();
    let preview = ["campaigns", "preview", draft, "--contact", id, "--field", "text"];
    assert_eq!(tenant.run(&preview), "Hi Ines, we open at 7.");
    // Both contacts with the plan; one of them opted out.
    assert_eq!(tenant.run(&["campaigns", "quote", draft, "--field", "recipients"]), "1");

    let again = moved(&tenant);
    assert_eq!(counts(&again), [(0, 1), (0, 2), (0, 1)], "{again:#}");
    let contacts = again["imports"].as_array().unwrap().last().unwrap();
    assert_eq!((&contacts["created"], &contacts["updated"]), (&json!(0), &json!(0)), "{again:#}");
}

/// The balance of a dump with all that is odd in real exports, rehearsed and real, is the one that it was made
/// with.
#[test]
fn a_generated_dump_moves_with_its_balance() {
    const ENDPOINTS: usize = 600;
    let tenant = Tenant::new();
    let folder = tempfile::tempdir().unwrap();
    let file = std::fs::File::create(folder.path().join("export.gz")).unwrap();
    let mut members = contacts::pinpoint::Members::new(file);
    let made = contacts::pinpoint::write(ENDPOINTS, 7, &mut members).unwrap();
    members.finish().unwrap();
    let path = folder.path().to_str().unwrap();
    for (mode, expected) in [("--dry-run", 0), ("--yes", 4)] {
        let arguments = ["import", "pinpoint", path, mode, "--output", "json"];
        let (code, out, errors) = tenant.outcome(&arguments);
        assert_eq!(code, expected, "{out}{errors}");
        let report: Value = serde_json::from_str(&out).unwrap();
        let [opt_outs, contacts] = report["imports"].as_array().unwrap().as_slice() else {
            panic!("{report:#}");
        };
        assert_eq!(opt_outs["optOuts"], made.opt_outs, "{mode}: {report:#}");
        let number = |name: &str| contacts[name].as_u64().unwrap();
        assert_eq!(number("rows"), made.read - made.without_address, "{mode}: {report:#}");
        assert_eq!(number("created"), made.made, "{mode}: {report:#}");
        assert_eq!(number("rejected"), made.rejected, "{mode}: {report:#}");
        let by = &contacts["skippedBy"];
        assert_eq!(by["channel"], made.skipped_count(), "{mode}: {report:#}");
        let merged = number("updated") + number("unchanged") + by["inactive"].as_u64().unwrap();
        assert_eq!(merged, made.merged, "{mode}: {report:#}");
    }
    let count = |arguments: &[&str]| tenant.run(arguments).lines().count() as u64;
    assert_eq!(count(&["contacts", "list", "--all", "--field", "id"]), made.made);
    let unsubscribes = ["unsubscribes", "list", "--all", "--field", "phone"];
    assert_eq!(count(&unsubscribes), made.opted_out_people);
}

/// What an interrupted move did not create is created by the next one, and what a person made meanwhile
/// is left alone.
#[test]
fn an_interrupted_move_is_completed() {
    let tenant = Tenant::new();
    let filter = r#"{"field": "tags", "op": "exists"}"#;
    tenant.run(&["segments", "create", "Gold", "--filter", filter]);
    let report = moved(&tenant);
    let refused = report["segments"]["refused"].to_string();
    assert!(refused.contains("another filter"), "{report:#}");
    // A draft whose segment is someone else's would text other people.
    assert_eq!(counts(&report), [(1, 0), (0, 0), (0, 0)], "{report:#}");

    let theirs = tenant.run(&["segments", "list", "--field", "id"]);
    tenant.run(&["segments", "delete", &theirs, "--yes"]);
    let report = moved(&tenant);
    assert_eq!(counts(&report), [(0, 1), (2, 0), (1, 0)], "{report:#}");
}
