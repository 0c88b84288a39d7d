//! What a person reads before anything is sent: help, usage errors, and what is missing.

#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

mod support;

use snapbox::{assert_data_eq, file};
use support::{bare, volley};

/// A port that no one listens on.
const NOWHERE: &str = "http://127.0.0.1:9";

/// What each of these command lines prints, with its exit code.
fn session(lines: &[&str]) -> String {
    let run = |line: &&str| {
        let mut command = if line.starts_with("contacts") || line.starts_with("messages") {
            volley(NOWHERE)
        } else {
            bare()
        };
        let output = command.args(line.split_whitespace()).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (out, errors) = (text(&output.stdout), text(&output.stderr));
        format!("$ volley {line}\n{out}{errors}[exit {}]\n\n", output.status.code().unwrap())
    };
    lines.iter().map(run).collect()
}

#[test]
fn help_is_as_recorded() {
    let text = session(&[
        "--help",
        "campaigns --help",
        "campaigns send --help",
        "import --help",
        "import pinpoint --help",
        "campaigns create --help",
        "contacts add --help",
        "doctor --help",
        "trace --help",
        "exports create --help",
        "campaigns report --help",
        "org report --help",
        "org set --help",
        "webhooks --help",
        "webhooks listen --help",
        "events tail --help",
        "people --help",
        "members --help",
        "messages list --help",
    ]);
    assert_data_eq!(text, file!["snapshots/help.txt"]);
}

#[test]
fn errors_say_what_to_do() {
    let text = session(&[
        "org show",
        "org show --profile staging",
        "contcts list",
        "campaigns send",
        "import",
        "contacts list",
        "contacts delete 1",
        "contacts add --attribute city",
        "man campaigns sned",
        "exports create messages",
        "webhooks listen --secret secret",
        "messages list ID --since yesterday",
    ]);
    assert_data_eq!(text, file!["snapshots/errors.txt"]);
}

#[test]
fn shells_and_manuals_are_described() {
    for shell in ["bash", "zsh", "fish"] {
        let output = bare().args(["completions", shell]).output().unwrap();
        assert!(output.status.success() && output.stdout.len() > 10_000, "{shell}");
    }
    let manual = bare().arg("man").output().unwrap();
    let manual = String::from_utf8(manual.stdout).unwrap();
    for part in [
        ".TH volley",
        ".SH \"VOLLEY CAMPAIGNS SEND\"",
        "\\-\\-max\\-price",
        "VOLLEY WEBHOOKS LISTEN",
    ] {
        assert!(manual.contains(part), "{part}: {manual}");
    }
    let one = bare().args(["man", "campaigns", "send"]).output().unwrap();
    assert!(String::from_utf8_lossy(&one.stdout).contains("volley\\-campaigns\\-send"));
}
