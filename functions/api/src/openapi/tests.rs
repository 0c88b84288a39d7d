use std::fs;

use serde_json::Value;
use strum::VariantArray;

use super::{codes, names};
use crate::problem::Code;
use crate::router::documented;

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");

#[test]
fn the_committed_document_is_up_to_date() {
    let document = serde_json::to_string_pretty(&documented().1).expect("JSON") + "\n";
    if std::env::var_os("UPDATE").is_some() {
        fs::write(COMMITTED, &document).expect("docs/openapi.json is writable");
    }
    let committed = fs::read_to_string(COMMITTED).unwrap_or_default();
    assert!(
        committed == document,
        "docs/openapi.json is out of date: run `UPDATE=1 cargo test -p api openapi` and commit it"
    );
}

/// Handlers name problem codes in the descriptions of their responses, such as `not_found`.
#[test]
fn descriptions_name_codes_of_their_status() {
    let document = serde_json::to_value(documented().1).expect("JSON");
    let mut named = 0;
    for item in document["paths"].as_object().expect("paths").values() {
        for operation in item.as_object().expect("a path").values() {
            let Some(responses) = operation["responses"].as_object() else { continue };
            for (status, response) in responses {
                for name in names(response["description"].as_str().unwrap_or_default()) {
                    let is_known =
                        |code: &&Code| code.as_str() == name && code.status().as_str() == status;
                    assert!(Code::VARIANTS.iter().any(|code| is_known(&code)), "{status} {name}");
                    named += 1;
                }
            }
        }
    }
    assert!(named > 10, "descriptions name codes");
}

/// Each code is among the examples of an operation that responds with it.
#[test]
fn every_code_is_listed_by_an_operation() {
    // The first is for methods that have no operation, the second for items of a batch.
    let elsewhere = [Code::MethodNotAllowed, Code::AmbiguousPhone];
    let document = documented().1.to_json().expect("JSON");
    for code in Code::VARIANTS.iter().filter(|code| !elsewhere.contains(code)) {
        let reference = format!("\"#/components/examples/{}\"", codes::example_name(*code));
        assert!(document.contains(&reference), "{reference}");
    }
}

#[test]
fn enumerations_have_the_labels_of_the_domain() {
    let document = serde_json::to_value(documented().1).expect("JSON");
    let labels = |name: &str| -> Value { document["components"]["schemas"][name]["enum"].clone() };
    assert_eq!(labels("CampaignStatus").as_array().map(Vec::len), Some(5));
    assert_eq!(labels("Dispatch"), serde_json::json!(["running", "paused", "stopped", "done"]));
    assert_eq!(labels("ActorKind"), serde_json::json!(["key", "deployment", "member", "system"]));
    assert_eq!(labels("Encoding"), serde_json::json!(["GSM-7", "UCS-2"]));
}

/// The campaign's `reason` says what each of its labels means.
#[test]
fn every_campaign_reason_is_described() {
    let document = serde_json::to_value(documented().1).expect("JSON");
    let schemas = &document["components"]["schemas"];
    let description = schemas["Campaign"]["properties"]["reason"].to_string();
    let labels = schemas["CampaignReason"]["enum"].as_array().expect("labels");
    for label in labels {
        let quoted = format!("`{}`", label.as_str().unwrap_or_default());
        assert!(description.contains(&quoted), "{quoted}");
    }
}

/// The page that says what to do about each label.
#[test]
fn the_page_of_statuses_has_every_label() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/statuses.md");
    let page = fs::read_to_string(path).expect("the page");
    let document = serde_json::to_value(documented().1).expect("JSON");
    for name in
        ["MessageStatus", "ErrorReason", "CampaignReason", "WebhookDisabledReason", "DeliveryError"]
    {
        let labels = document["components"]["schemas"][name]["enum"].as_array().expect("labels");
        for label in labels.iter().filter_map(Value::as_str) {
            assert!(page.contains(&format!("\n| `{label}` |")), "{name}: {label}");
        }
    }
}
