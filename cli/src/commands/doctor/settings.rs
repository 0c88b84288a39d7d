//! An organization's settings, as they matter before the first campaign.

use serde_json::Value;

use super::check::Check;
use crate::api::{count, text};

/// Slower than this, a campaign for a thousand people takes more than a quarter of an hour.
const SLOW_PARTS_PER_SECOND: u64 = 1;

pub(super) fn examine(organization: &Value) -> Vec<Check> {
    let name = text(&organization["name"]);
    let mut checks =
        vec![Check::ok("Organization", format!("{name}, {}", text(&organization["id"])))];
    let provider = &organization["provider"];
    let kind = text(&provider["kind"]);
    checks.push(Check::ok(
        "Sender",
        format!("{} through {kind}", text(&organization["senderPhone"])),
    ));
    checks.push(pace(count(&organization["partsPerSecond"])));
    checks.push(prices(&organization["prices"]));
    checks.push(replies(organization));
    checks
}

fn pace(parts_per_second: u64) -> Check {
    let found = format!("{parts_per_second} parts per second");
    if parts_per_second <= SLOW_PARTS_PER_SECOND {
        let fix = "if the provider accepts more, run `volley org set --parts-per-second N`; at this rate 10,000 people take almost 3 hours";
        return Check::warn("Pace", found, fix);
    }
    Check::ok("Pace", found)
}

fn prices(prices: &Value) -> Check {
    match prices["perPart"].as_object() {
        Some(per_part) if !per_part.is_empty() => {
            let currency = text(&prices["currency"]);
            Check::ok("Prices", format!("in {currency} for {} countries", per_part.len()))
        }
        _ => Check::warn(
            "Prices",
            "none, so quotes have no price and `--max-price` is refused",
            "run `volley org set --price US=0.0079` with what the provider charges",
        ),
    }
}

fn replies(organization: &Value) -> Check {
    let keywords = &organization["keywords"];
    let own = keywords["stop"].as_array().map_or(0, Vec::len);
    let replies =
        if keywords["replies"].is_object() { "Volley replies" } else { "the provider replies" };
    Check::ok("Keywords", format!("{own} extra stop keywords; {replies} to STOP and HELP"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::commands::doctor::check::Verdict;

    #[test]
    fn what_surprises_is_warned_about() {
        let organization = json!({
            "id": "o1",
            "name": "Corner Bakery",
            "senderPhone": "+14155550100",
            "provider": {"kind": "twilio"},
            "partsPerSecond": 1,
            "prices": null,
            "keywords": {},
        });
        let checks = examine(&organization);
        let warned = checks.iter().filter(|check| check.verdict == Verdict::Warn).count();
        assert_eq!(warned, 2);
        let text: String = checks.iter().map(Check::to_string).collect();
        assert!(text.contains("Fix: run `volley org set --price US=0.0079`"), "{text}");
    }
}
