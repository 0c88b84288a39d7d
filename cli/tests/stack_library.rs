//! Imports, templates and the library of campaigns, against the deployed local stack.

#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

mod support;

use serde_json::json;
use support::tenant::{Tenant, phone};

#[test]
fn an_import_is_shown_and_undone() {
    let tenant = Tenant::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("contacts.csv");
    let rows = format!("phone,city,tags\n{},Reno,vip\n{},Oakland,\n12,Nome,\n", phone(), phone());
    std::fs::write(&file, rows).unwrap();
    let file = file.to_str().unwrap();
    let rehearsed = tenant.outcome(&["import", file, "--dry-run", "--field", "created"]);
    assert_eq!((rehearsed.0, rehearsed.1.as_str()), (4, "2\n"), "{}", rehearsed.2);
    assert_eq!(tenant.run(&["contacts", "list", "--output", "json"]), "[]");

    let (_, id, _) = tenant.outcome(&["import", file, "--yes", "--field", "id"]);
    let id = id.trim();
    let listed = tenant.json(&["import", "list"]);
    assert_eq!(listed.as_array().unwrap().len(), 2, "{listed}");
    assert_eq!(listed[0]["id"], id, "the newest import comes first");
    let rejected = folder.path().join("rejected.csv");
    let shown = tenant.json(&["import", "show", id, "--rejected", rejected.to_str().unwrap()]);
    assert_eq!((&shown["created"], &shown["rejected"]), (&json!(2), &json!(1)));
    let rejected = std::fs::read_to_string(rejected).unwrap();
    assert!(rejected.contains("12"), "{rejected}");
    assert_eq!(tenant.run(&["contacts", "list", "--tag", "vip", "--field", "tags"]), "vip");

    let (code, _, errors) = tenant.outcome(&["import", "cancel", id]);
    assert!(code == 1 && errors.contains("409 import_ended"), "{errors}");
    let undone = tenant.json(&["import", "undo", id, "--yes"]);
    assert_eq!((&undone["status"], &undone["undo"]["removed"]), (&json!("undone"), &json!(2)));
    assert_eq!(tenant.run(&["contacts", "list", "--output", "json"]), "[]");
}

/// A request takes 4 MB, so this file goes to the bucket.
#[test]
fn a_large_file_is_uploaded() {
    let tenant = Tenant::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("large.csv");
    let note = "x".repeat(5_000);
    let rows: Vec<String> = (0..1_000).map(|_| format!("{},{note}\n", phone())).collect();
    let rows = rows.concat();
    std::fs::write(&file, format!("phone,note\n{rows}")).unwrap();
    let import = ["import", file.to_str().unwrap(), "--attributes", "none", "--match", "phone"];
    let rehearsed = tenant.json(&[&import[..], &["--dry-run"]].concat());
    assert_eq!((&rehearsed["status"], &rehearsed["rows"]), (&json!("done"), &json!(1_000)));
    let imported = tenant.json(&[&import[..], &["--yes"]].concat());
    let number = |name: &str| imported[name].as_u64().unwrap();
    // Two rows may have the same random phone.
    assert_eq!(number("created") + number("updated") + number("unchanged"), 1_000, "{imported}");
}

#[test]
fn a_template_becomes_a_draft_with_tags() {
    let tenant = Tenant::new();
    let template = tenant.json(&[
        "templates",
        "create",
        "Greeting",
        "--body",
        "Hi {{ firstName }}, we open on Friday",
        "--default",
        "firstName=there",
    ]);
    let id = template["id"].as_str().unwrap();
    assert_eq!(
        tenant.run(&["templates", "edit", id, "--name", "Hello", "--field", "version"]),
        "2"
    );
    let newest = tenant.json(&["templates", "show", id]);
    assert_eq!((&newest["body"], &newest["defaults"]), (&template["body"], &template["defaults"]));
    assert_eq!(
        tenant.run(&["templates", "show", id, "--version", "1", "--field", "name"]),
        "Greeting"
    );

    let create =
        ["campaigns", "create", "Spring", "--template", id, "--tag", "sale", "--tag", "2026"];
    let draft = tenant.json(&create);
    assert_eq!((&draft["body"], &draft["template"]["version"]), (&template["body"], &json!(2)));
    let campaign = draft["id"].as_str().unwrap();
    let add = ["contacts", "add", "--phone", &phone(), "--first-name", "Ada"];
    let ada = tenant.json(&[&add[..], &["--external-id", "a/b+"]].concat());
    let ada = ada["id"].as_str().unwrap();
    assert_eq!(tenant.run(&["contacts", "show", "ext:a/b+", "--field", "id"]), ada);
    let preview = ["campaigns", "preview", campaign, "--contact", ada, "--field", "text"];
    assert_eq!(tenant.run(&preview), "Hi Ada, we open on Friday");
    let edited = tenant.json(&["campaigns", "edit", campaign, "--untag", "2026", "--tag", "vip"]);
    assert_eq!(edited["tags"], json!(["sale", "vip"]));
    assert_eq!(edited["body"], template["body"]);
    tenant.run(&["templates", "delete", id, "--yes"]);
    assert_eq!(tenant.run(&["templates", "list", "--output", "json"]), "[]");
}

#[test]
fn a_campaign_is_copied_and_archived() {
    let tenant = Tenant::new();
    let phone = phone();
    for name in ["Ada", "Ben"] {
        tenant.run(&["contacts", "add", "--phone", &phone, "--first-name", name]);
    }
    let create = ["campaigns", "create", "Spring", "--body", "Open", "--tag", "sale"];
    let id = tenant.run(&[&create[..], &["--field", "id"]].concat());
    let (code, _, errors) = tenant.outcome(&["campaigns", "archive", &id]);
    assert!(code == 1 && errors.contains("409 campaign_not_ended"), "{errors}");
    tenant.run(&["campaigns", "send", &id, "--yes", "--watch"]);
    let skipped = tenant.json(&["campaigns", "skipped", &id]);
    assert_eq!(skipped[0]["reason"], "duplicate");
    let copy = tenant.json(&["campaigns", "duplicate", &id]);
    assert_eq!((&copy["name"], &copy["status"]), (&json!("Copy of Spring"), &json!("draft")));
    assert_eq!(copy["tags"], json!(["sale"]));

    tenant.run(&["campaigns", "archive", &id]);
    let list = |arguments: &[&str]| {
        tenant.run(&[&["campaigns", "list", "--field", "id"], arguments].concat())
    };
    assert_eq!(list(&["--tag", "sale"]), copy["id"].as_str().unwrap());
    assert_eq!(list(&["--archived"]), id);
    tenant.run(&["campaigns", "unarchive", &id]);
    assert_eq!(list(&["--name", "spring", "--status", "sent"]), id);
}

#[test]
fn a_segment_is_the_target_of_a_draft() {
    let tenant = Tenant::new();
    let ids = ["vip", "new"].map(|tag| {
        let id = tenant.run(&["contacts", "add", "--phone", &phone(), "--field", "id"]);
        tenant.run(&["contacts", "tag", &id, "--add", tag]);
        id
    });
    let filter = r#"{"field": "tags", "op": "in", "value": ["vip"]}"#;
    let segment = tenant.run(&["segments", "create", "VIP", "--filter", filter, "--field", "id"]);
    let preview = tenant.json(&["segments", "preview", &segment]);
    assert_eq!((&preview["contacts"], &preview["recipients"]), (&json!(2), &json!(1)));
    let explained = tenant.json(&["segments", "explain", &segment, &ids[1]]);
    assert_eq!(explained["matches"], false, "{explained}");
    let listed = tenant.run(&["contacts", "list", "--segment", &segment, "--field", "id"]);
    assert_eq!(listed, ids[0]);
    let create = ["campaigns", "create", "Spring", "--body", "Open", "--include", &segment];
    let draft = tenant.run(&[&create[..], &["--field", "id"]].concat());
    assert_eq!(tenant.run(&["campaigns", "quote", &draft, "--field", "recipients"]), "1");
    tenant.run(&["campaigns", "edit", &draft, "--everyone"]);
    assert_eq!(tenant.run(&["campaigns", "quote", &draft, "--field", "recipients"]), "2");
    tenant.run(&["segments", "delete", &segment, "--yes"]);
}

#[test]
fn a_halt_is_found_by_the_doctor() {
    let tenant = Tenant::new();
    let deployment = Tenant {
        url: tenant.url.clone(),
        key: std::env::var("ADMIN_KEY").unwrap(),
        organization: tenant.organization.clone(),
    };
    let (code, _, errors) = tenant.outcome(&["halt", "on", "--yes"]);
    assert!(code == 1 && errors.contains("403 "), "{errors}");
    deployment.run(&["halt", "on", "--reason", "a typo", "--yes"]);
    let (code, report, _) = tenant.outcome(&["doctor"]);
    assert_eq!(code, 4, "{report}");
    assert!(report.contains("fail  Sending") && report.contains("a typo"), "{report}");
    assert_eq!(deployment.run(&["halt", "off", "--yes", "--field", "halted"]), "false");
    let (code, report, _) = deployment.outcome(&["doctor"]);
    assert_eq!(code, 0, "{report}");
}
