//! A dump as a team may have kept it, and its balance sheet.

#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

mod support;

use snapbox::{assert_data_eq, file};
use support::bare;

/// Of a generated dump.
const ENDPOINTS: usize = 600;
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

/// Plain and in several gzip members, with all that is odd in real exports.
#[test]
fn a_generated_dump_has_the_balance_that_it_was_made_with() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain.json");
    let packed = folder.path().join("packed.gz");
    let mut file = std::fs::File::create(&plain).unwrap();
    let made = contacts::pinpoint::write(ENDPOINTS, 1, &mut file).unwrap();
    let mut members = contacts::pinpoint::Members::new(std::fs::File::create(&packed).unwrap());
    contacts::pinpoint::write(ENDPOINTS, 1, &mut members).unwrap();
    members.finish().unwrap();
    for path in [plain, packed] {
        let path = path.to_str().unwrap();
        let arguments = ["import", "pinpoint", path, "--offline", "--output", "json"];
        let output = bare().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let sheet: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let endpoints = &sheet["endpoints"];
        let number = |name: &str| endpoints[name].as_u64().unwrap();
        assert_eq!(number("read"), made.read, "{sheet:#}");
        assert_eq!(number("withoutAddress"), made.without_address, "{sheet:#}");
        assert_eq!(endpoints["otherChannels"], serde_json::json!(made.skipped), "{sheet:#}");
        // Only the API knows phones, and so which of them make a contact.
        let for_sms = number("sms") + number("inactive");
        assert_eq!(for_sms, made.made + made.merged + made.rejected, "{sheet:#}");
        assert_eq!(sheet["optOuts"]["endpoints"], made.opt_outs, "{sheet:#}");
    }
}
