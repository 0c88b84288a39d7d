//! Every command against the deployed local stack, in an organization that each test creates.

#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

mod support;

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::json;
use support::tenant::{Tenant, phone};

#[test]
fn a_campaign_goes_from_a_file_to_its_receipts() {
    let tenant = Tenant::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("contacts.csv");
    let (ada, ben) = (phone(), phone());
    std::fs::write(
        &file,
        format!("phone,first name,city\n{ada},Ada,Oakland\n{ben},Ben,Reno\n12,Cy,\n"),
    )
    .unwrap();
    let (code, out, errors) = tenant.outcome(&["import", file.to_str().unwrap(), "--yes"]);
    assert_eq!(code, 4, "{out}{errors}");
    assert!(out.contains("Rejected:") && errors.contains("1 row was rejected"), "{out}{errors}");

    let contacts = tenant.run(&["contacts", "export"]);
    let header = contacts.lines().next().unwrap();
    assert!(
        header.contains("id,phone,firstName") && header.ends_with(",attributes.city"),
        "{header}"
    );
    assert_eq!(contacts.lines().count(), 3);
    // What was exported changes nothing when it is imported.
    std::fs::write(&file, &contacts).unwrap();
    assert_eq!(tenant.run(&["import", file.to_str().unwrap(), "--yes", "--field", "created"]), "0");

    tenant.run(&["unsubscribes", "add", &ben]);
    assert_eq!(tenant.run(&["unsubscribes", "list", "--field", "phone"]), ben);

    let id =
        tenant.run(&["campaigns", "create", "Spring", "--body", "Open on Friday", "--field", "id"]);
    assert_eq!(tenant.run(&["campaigns", "quote", &id, "--field", "recipients"]), "1");
    let test = tenant.json(&["campaigns", "test", &id, "--to", &ada]);
    assert_eq!(test["kind"], "test");
    let (code, _, errors) = tenant.outcome(&["campaigns", "send", &id]);
    assert!(code == 2 && errors.contains("--yes"), "{errors}");
    let sent = tenant.json(&["campaigns", "send", &id, "--yes", "--watch"]);
    assert_eq!(sent["audience"]["recipients"], 1);

    let again = tenant.json(&["campaigns", "resend", &id, "--reason", "expired"]);
    assert_eq!((&again["resend"]["ready"], &again["resend"]["chosen"]), (&json!(true), &json!(0)));

    let message = tenant.run(&["messages", "list", &id, "--field", "id"]);
    assert_eq!(tenant.run(&["messages", "show", &id, &message, "--field", "to"]), ada);
    let life = tenant.run(&["trace", &message]);
    assert!(life.contains("a worker claimed the message"), "{life}");
    assert!(life.contains("the provider took it as "), "{life}");

    tenant.run(&["unsubscribes", "lift", &ben, "--reason", "asked us to"]);
    let (code, _, errors) = tenant.outcome(&["unsubscribes", "show", &ben]);
    assert!(code == 1 && errors.contains("404 not_found"), "{errors}");
}

#[test]
fn drafts_are_edited_scheduled_and_canceled() {
    let tenant = Tenant::new();
    let id = tenant.run(&["campaigns", "create", "Spring", "--field", "id"]);
    let mut edit =
        tenant.command(&["campaigns", "edit", &id, "--body-file", "-", "--field", "body"]);
    let mut edit = edit.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    edit.stdin.take().unwrap().write_all(b"Open on Friday\n").unwrap();
    let edited = edit.wait_with_output().unwrap();
    assert_eq!(edited.stdout, b"Open on Friday\n");
    let scheduled = tenant.json(&["campaigns", "schedule", &id, "--at", "2d", "--yes"]);
    assert_eq!(scheduled["status"], "scheduled");
    let (code, _, errors) = tenant.outcome(&["campaigns", "delete", &id, "--yes"]);
    assert!(code == 1 && errors.contains("409 campaign_not_draft"), "{errors}");
    assert_eq!(tenant.run(&["campaigns", "cancel", &id, "--field", "status"]), "cancelled");
    for step in ["pause", "resume", "stop --yes"] {
        let step: Vec<&str> = step.split(' ').collect();
        let arguments = [&["campaigns", step[0], &id], &step[1..]].concat();
        assert_eq!(tenant.outcome(&arguments).0, 1, "{step:?}");
    }
    let other = tenant.run(&["campaigns", "create", "Summer", "--field", "id"]);
    tenant.run(&["campaigns", "delete", &other, "--yes"]);
    assert_eq!(tenant.run(&["campaigns", "list", "--field", "id"]), id);
}

#[test]
fn settings_keys_and_contacts_are_managed() {
    let tenant = Tenant::new();
    assert_eq!(tenant.run(&["org", "show", "--field", "name"]), "Corner Bakery");
    let priced = tenant.json(&["org", "set", "--price", "US=0.0079", "--name", "Bakery"]);
    assert_eq!(priced["prices"]["perPart"]["US"], "0.0079");
    let key = tenant.json(&["keys", "create", "shop", "--role", "viewer", "--expires", "30d"]);
    let viewer = Tenant {
        url: tenant.url.clone(),
        key: key["secret"].as_str().unwrap().to_owned(),
        organization: String::new(),
    };
    let (code, _, errors) = viewer.outcome(&["contacts", "add", "--phone", &phone()]);
    assert!(code == 1 && errors.contains("403 forbidden"), "{errors}");
    assert_eq!(tenant.json(&["keys", "list"]).as_array().unwrap().len(), 2);
    tenant.run(&["keys", "delete", key["id"].as_str().unwrap(), "--yes"]);
    let (code, _, errors) = viewer.outcome(&["contacts", "list"]);
    assert!(code == 1 && errors.contains("401 unauthorized"), "{errors}");
    let id = tenant.run(&["contacts", "add", "--phone", &phone(), "--field", "id"]);
    assert_eq!(tenant.run(&["contacts", "list", "--field", "id"]), id);
    assert_eq!(tenant.run(&["contacts", "show", &id, "--field", "id"]), id);
    tenant.run(&["contacts", "delete", &id, "--yes"]);
    assert_eq!(tenant.run(&["contacts", "list", "--output", "json"]), "[]");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_write_is_listed_and_dealt_with() {
    // Another test may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let tenant = Tenant::new();
    let from = phone();
    let sender = tenant.run(&["org", "show", "--field", "senderPhone"]);
    let provider = std::env::var("PROVIDER_URL").unwrap();
    for body in ["Are you open?", "wrong number", "not interested"] {
        let webhook = format!("{}/webhooks/twilio/inbound", tenant.url);
        let inbound = json!({"url": webhook, "from": from, "to": sender, "body": body});
        let request = reqwest::Client::new().post(format!("{provider}/_simulator/inbound"));
        request.json(&inbound).send().await.unwrap().error_for_status().unwrap();
    }
    let flagged = tenant.json(&["inbound", "list", "--flagged", "--phone", &from]);
    let id = |place: usize| flagged[place]["id"].as_str().unwrap().to_owned();
    assert_eq!(tenant.run(&["inbound", "show", &id(0), "--field", "flagged"]), "true");
    let dismissed = tenant.json(&["inbound", "dismiss", &id(0)]);
    assert_eq!(dismissed["decision"]["verdict"], "dismissed");
    let reply = tenant.json(&["inbound", "reply", &id(0), "--body", "Sorry!"]);
    assert_eq!(reply["kind"], "reply");
    tenant.run(&["inbound", "suppress", &id(1)]);
    assert_eq!(tenant.run(&["inbound", "list", "--flagged", "--output", "json"]), "[]");
    assert_eq!(tenant.run(&["unsubscribes", "list", "--field", "phone"]), from);
    assert_eq!(tenant.json(&["inbound", "list"]).as_array().unwrap().len(), 3);
}

#[test]
fn a_profile_replaces_the_environment_and_the_doctor_finds_what_is_wrong() {
    let tenant = Tenant::new();
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str], input: &str| {
        let mut command = support::bare();
        command.env("XDG_CONFIG_HOME", folder.path()).args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(run(&["login", "--url", &tenant.url], "wrong\n").0, Some(1));
    assert_eq!(run(&["login", "--url", &tenant.url], &format!("{}\n", tenant.key)).0, Some(0));
    assert_eq!(run(&["org", "show", "--field", "id"], "").1.trim(), tenant.organization);
    assert!(run(&["profiles"], "").1.contains(&tenant.url));
    let (code, report) = run(&["doctor"], "");
    assert_eq!(code, Some(0), "{report}");
    assert!(report.contains("ok    Key") && report.contains("warn  Prices"), "{report}");
    assert_eq!(run(&["logout"], "").0, Some(0));
    assert_eq!(run(&["org", "show"], "").0, Some(2));
}

/// The commands of `docs/cli.md`, in order, as a reader would type them.
#[test]
fn the_documented_commands_work() {
    let tenant = Tenant::new();
    let document =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/cli.md")).unwrap();
    let blocks = document.split("\n```sh\n").skip(1);
    let blocks: Vec<&str> = blocks.map(|rest| rest.split("\n```").next().unwrap()).collect();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("contacts.csv"),
        format!("phone,first name\n{},Ada\n", phone()),
    )
    .unwrap();
    std::fs::write(folder.path().join("key"), &tenant.key).unwrap();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_volley")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let script = format!("set -euo pipefail\n{}", blocks.join("\n"));
    let output = Command::new("bash")
        .args(["-c", &script])
        .current_dir(folder.path())
        .env("PATH", path)
        .env("HOME", folder.path())
        .env("API_URL", &tenant.url)
        .env_remove("XDG_CONFIG_HOME")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
}
