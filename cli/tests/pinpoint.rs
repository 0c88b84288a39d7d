//! A dump as a team may have kept it, and its balance sheet.

#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

mod support;

use snapbox::{assert_data_eq, file};
use support::bare;

const DUMP: &str = "tests/fixtures/pinpoint";

#[test]
fn everything_in_a_dump_moves_or_is_listed() {
    let output = bare().args(["import", "pinpoint", DUMP, "--offline"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_data_eq!(text, file!["snapshots/pinpoint.txt"]);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_file_that_cannot_be_read_is_not_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("broken.json"), "{\"ChannelType\":\"SMS\"").unwrap();
    std::fs::write(folder.path().join("other.json"), "{\"a\": 1}").unwrap();
    let path = folder.path().to_str().unwrap();
    let output = bare()
        .args(["import", "pinpoint", path, "--offline", "--output", "json"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(4));
    let sheet: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(sheet["unread"].as_array().unwrap().len(), 2, "{sheet}");
    let missing =
        bare().args(["import", "pinpoint", "/nonexistent", "--offline"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(2));
}
