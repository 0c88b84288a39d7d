//! An organization's numbers at AWS End User Messaging.

use serde_json::Value;

use crate::api::{count, text};
use crate::commands::doctor::check::Check;

/// Whether the account may text anyone.
pub(super) fn account(found: &Value) -> Check {
    let attributes = found["AccountAttributes"].as_array().into_iter().flatten();
    let mut tiers = attributes.filter(|attribute| text(&attribute["Name"]) == "ACCOUNT_TIER");
    match tiers.next().map(|tier| text(&tier["Value"])) {
        Some("SANDBOX") => Check::fail(
            "SMS account",
            "is in the sandbox, and texts verified numbers only",
            "ask for production access in the console of End User Messaging",
        ),
        tier => Check::ok("SMS account", tier.unwrap_or("has no tier").to_lowercase()),
    }
}

/// What the account may spend on texts in a month. A new account's limit is one dollar.
pub(super) fn spend(found: &Value) -> Check {
    let limits = found["SpendLimits"].as_array().into_iter().flatten();
    let mut of_texts =
        limits.filter(|limit| text(&limit["Name"]) == "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT");
    let Some(limit) = of_texts.next() else {
        return Check::ok("Spend limit", "AWS names none");
    };
    let (enforced, most) = (count(&limit["EnforcedLimit"]), count(&limit["MaxLimit"]));
    let found = format!("{enforced} USD of texts a month, at most {most}");
    if enforced > 1 {
        return Check::ok("Spend limit", found);
    }
    let fix = if most > enforced {
        "run `aws pinpoint-sms-voice-v2 set-text-message-spend-limit-override --monthly-limit N`"
    } else {
        "ask AWS for a higher limit, which takes days: docs/runbooks/spend.md"
    };
    Check::warn("Spend limit", found, fix)
}

/// How many parts a second AWS takes from a number to the United States, where its kind alone decides that.
fn rate(number: &Value) -> Option<u64> {
    match text(&number["NumberType"]) {
        "TOLL_FREE" => Some(3),
        "SHORT_CODE" => Some(100),
        _ => None,
    }
}

/// The sender's pace against what AWS takes from a number of its kind. Raised limits are not shown by AWS.
fn pace(number: &Value, parts_per_second: u64) -> Check {
    let kind = text(&number["NumberType"]).to_lowercase().replace('_', " ");
    match rate(number) {
        Some(rate) if parts_per_second > rate => Check::warn(
            "Number's pace",
            format!(
                "{parts_per_second} parts a second, and AWS takes {rate} from a {kind} number to the United States"
            ),
            format!(
                "run `volley org set --parts-per-second {rate}`, unless AWS raised the limit of this number"
            ),
        ),
        Some(rate) => Check::ok(
            "Number's pace",
            format!("within the {rate} parts a second of a {kind} number"),
        ),
        None => Check::ok(
            "Number's pace",
            format!(
                "{parts_per_second} parts a second; the registration of a {kind} number says what AWS takes"
            ),
        ),
    }
}

/// Each number that the organization may send from. `topic` is where its replies have to go.
pub(super) fn examine(found: &Value, organization: &Value, topic: &str) -> Vec<Check> {
    let numbers = found["PhoneNumbers"].as_array().into_iter().flatten();
    let mut own = vec![text(&organization["senderPhone"])];
    let others = organization["provider"]["numbers"].as_array().into_iter().flatten();
    own.extend(others.map(text));
    let replies = organization["keywords"]["replies"].is_object();
    let check = |phone: &str| {
        let mut matching = numbers.clone().filter(|number| text(&number["PhoneNumber"]) == phone);
        if let Some(number) = matching.next() {
            return judge(number, topic, replies);
        }
        let fix = "check --region and the AWS account, or set another sender with `volley org set --sender PHONE`";
        Check::fail("Number", format!("{phone} is not in this account and region"), fix)
    };
    let mut checks: Vec<Check> = own.iter().copied().map(check).collect();
    let sender = numbers.clone().find(|number| text(&number["PhoneNumber"]) == own[0]);
    checks.extend(sender.map(|number| pace(number, count(&organization["partsPerSecond"]))));
    checks
}

/// `replies` is whether Volley replies to STOP itself.
fn judge(number: &Value, topic: &str, replies: bool) -> Check {
    let phone = text(&number["PhoneNumber"]);
    let status = text(&number["Status"]);
    if status != "ACTIVE" {
        let fix = "wait until it is active; a number may need a registration first";
        return Check::fail("Number", format!("{phone} is {status}"), fix);
    }
    if number["TwoWayEnabled"] != true || text(&number["TwoWayChannelArn"]) != topic {
        let found =
            format!("{phone} is active, but its replies do not reach Volley, not even STOP");
        let fix = format!("turn on two-way messaging with the topic {topic}");
        return Check::fail("Number", found, fix);
    }
    let found = format!("{phone} is active, and its replies reach Volley");
    match (number["SelfManagedOptOutsEnabled"] == true, replies) {
        (true, false) => Check::warn(
            "Number",
            format!("{found}, but no one confirms a STOP"),
            "turn off self-managed opt-outs, or set the organization's own replies",
        ),
        (false, true) => Check::warn(
            "Number",
            format!("{found}, but both AWS and Volley confirm a STOP"),
            "turn on self-managed opt-outs",
        ),
        (true, true) | (false, false) => Check::ok("Number", found),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::commands::doctor::check::Verdict;

    const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:inbound";

    #[test]
    fn the_sandbox_is_found() {
        let tier =
            |tier: &str| json!({"AccountAttributes": [{"Name": "ACCOUNT_TIER", "Value": tier}]});
        assert_eq!(account(&tier("SANDBOX")).verdict, Verdict::Fail);
        assert_eq!(account(&tier("PRODUCTION")).verdict, Verdict::Ok);
    }

    #[test]
    fn a_number_must_be_active_and_hear_replies() {
        let organization = json!({
            "senderPhone": "+14155550100",
            "provider": {"kind": "aws", "numbers": ["+14155550101", "+14155550102"]},
        });
        let found = json!({"PhoneNumbers": [
            {"PhoneNumber": "+14155550100", "Status": "ACTIVE", "TwoWayEnabled": true, "TwoWayChannelArn": TOPIC},
            {"PhoneNumber": "+14155550101", "Status": "ACTIVE", "TwoWayEnabled": false},
        ]});
        let checks = examine(&found, &organization, TOPIC);
        let verdicts: Vec<_> = checks.iter().map(|check| check.verdict).collect();
        assert_eq!(verdicts, [Verdict::Ok, Verdict::Fail, Verdict::Fail, Verdict::Ok]);
        assert!(checks[1].to_string().contains(TOPIC));
        let pending = json!({"PhoneNumber": "+14155550100", "Status": "PENDING"});
        assert_eq!(judge(&pending, TOPIC, false).verdict, Verdict::Fail);
    }

    #[test]
    fn a_limit_that_is_soon_reached_is_found() {
        let limits = |enforced: u64, most: u64| {
            json!({"SpendLimits": [{
                "Name": "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT", "EnforcedLimit": enforced, "MaxLimit": most,
            }]})
        };
        assert_eq!(spend(&limits(500, 1_000)).verdict, Verdict::Ok);
        let low = spend(&limits(1, 1_000));
        assert_eq!(low.verdict, Verdict::Warn);
        assert!(low.to_string().contains("set-text-message-spend-limit-override"), "{low}");
        assert!(spend(&limits(1, 1)).to_string().contains("ask AWS"));

        let toll_free = json!({"NumberType": "TOLL_FREE"});
        assert_eq!(pace(&toll_free, 3).verdict, Verdict::Ok);
        assert_eq!(pace(&toll_free, 10).verdict, Verdict::Warn);
        assert_eq!(pace(&json!({"NumberType": "TEN_DLC"}), 75).verdict, Verdict::Ok);
    }
}
