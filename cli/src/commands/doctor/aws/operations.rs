//! What waits for an operator: dead letters, alarms, and whether anyone hears of them.

use serde_json::Value;

use crate::api::text;
use crate::commands::doctor::check::Check;

/// More is a backlog that does not go away within minutes.
const MAX_WAITING: u64 = 10_000;

pub(super) fn dead_letters(queue: &Value) -> Check {
    // SQS counts in texts.
    match text(&queue["Attributes"]["ApproximateNumberOfMessages"]) {
        "0" | "" => Check::ok("Dead letters", "none"),
        number => Check::fail(
            "Dead letters",
            format!("about {number}"),
            "docs/runbooks/dead-letters.md says how to read and replay them",
        ),
    }
}

/// Each queue with what waits in it. Only work whose turn comes within two minutes is queued.
pub(super) fn queues(found: &[(&str, Value)]) -> Check {
    let number = |queue: &Value| {
        text(&queue["Attributes"]["ApproximateNumberOfMessages"]).parse::<u64>().unwrap_or_default()
    };
    let numbers = || found.iter().map(|(name, queue)| (*name, number(queue)));
    let shown: Vec<String> = numbers().map(|(name, number)| format!("{name} {number}")).collect();
    let shown = format!("waiting: {}", shown.join(", "));
    let long: Vec<&str> =
        numbers().filter(|(_, number)| *number > MAX_WAITING).map(|(name, _)| name).collect();
    if long.is_empty() {
        return Check::ok("Queues", shown);
    }
    let fix = format!(
        "docs/runbooks/jobs-age.md and receipts-age.md say what makes queues long, here: {}",
        long.join(", ")
    );
    Check::warn("Queues", shown, fix)
}

pub(super) fn alarms(found: &Value) -> Check {
    let alarms = ["MetricAlarms", "CompositeAlarms"].into_iter();
    let alarms = alarms.flat_map(|kind| found[kind].as_array().into_iter().flatten());
    let names: Vec<&str> = alarms.map(|alarm| text(&alarm["AlarmName"])).collect();
    if names.is_empty() {
        return Check::ok("Alarms", "none is active");
    }
    let fix = "docs/runbooks has a page for each";
    Check::fail("Alarms", format!("active: {}", names.join(", ")), fix)
}

/// A subscription counts once its recipient has confirmed it.
pub(super) fn notified(found: &Value) -> Check {
    let all = found["Subscriptions"].as_array().map_or(0, Vec::len);
    let subscriptions = found["Subscriptions"].as_array().into_iter().flatten();
    let confirmed = subscriptions
        .filter(|subscription| text(&subscription["SubscriptionArn"]).starts_with("arn:"))
        .count();
    match (confirmed, all) {
        (0, 0) => Check::warn(
            "Notified",
            "no one hears of alarms",
            "set AlarmEmail, or subscribe to the topic in the output AlarmsTopic",
        ),
        (0, _) => Check::warn(
            "Notified",
            "no subscription to alarms is confirmed",
            "follow the link in the mail that AWS sent",
        ),
        (confirmed, _) => {
            Check::ok("Notified", format!("{confirmed} of {all} subscriptions are confirmed"))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::commands::doctor::check::Verdict;

    #[test]
    fn what_waits_is_found() {
        let letters = |number: &str| json!({"Attributes": {"ApproximateNumberOfMessages": number}});
        assert_eq!(dead_letters(&letters("0")).verdict, Verdict::Ok);
        assert_eq!(dead_letters(&letters("3")).verdict, Verdict::Fail);
        let waiting = |number: &str| [("jobs", letters("0")), ("receipts", letters(number))];
        let check = queues(&waiting("12"));
        assert_eq!(check.verdict, Verdict::Ok);
        assert!(check.to_string().contains("waiting: jobs 0, receipts 12"), "{check}");
        assert_eq!(queues(&waiting("20000")).verdict, Verdict::Warn);
        let active =
            json!({"MetricAlarms": [{"AlarmName": "volley-Sweep"}], "CompositeAlarms": []});
        assert!(alarms(&active).to_string().contains("active: volley-Sweep"));
        assert_eq!(alarms(&json!({"MetricAlarms": []})).verdict, Verdict::Ok);
    }

    #[test]
    fn an_unconfirmed_subscription_tells_no_one() {
        let arn = "arn:aws:sns:us-east-1:123456789012:alarms:1";
        let of = |arns: &[&str]| {
            let each = arns.iter().map(|arn| json!({"SubscriptionArn": arn}));
            json!({"Subscriptions": each.collect::<Vec<_>>()})
        };
        assert_eq!(notified(&of(&[])).verdict, Verdict::Warn);
        assert_eq!(notified(&of(&["PendingConfirmation"])).verdict, Verdict::Warn);
        assert_eq!(notified(&of(&["PendingConfirmation", arn])).verdict, Verdict::Ok);
    }
}
