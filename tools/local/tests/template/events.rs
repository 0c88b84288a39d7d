//! Events of the provider, and of Volley.

use serde_json::Value;

use super::access::statements;
use super::{resources, section};

/// A pool may send by RCS, or send media. Without a subscription to their events, such a message
/// stays `sent`.
#[test]
fn events_of_every_kind_of_message_are_subscribed() {
    let sets = resources("AWS::SMSVOICE::ConfigurationSet");
    assert_eq!(sets.len(), 1);
    for (name, set) in sets {
        let destinations = set["EventDestinations"].as_array().expect("destinations");
        let kinds = destinations.iter().filter(|destination| destination["Enabled"] == true);
        let kinds: Vec<&str> = kinds
            .flat_map(|destination| destination["MatchingEventTypes"].as_array().expect("types"))
            .filter_map(|kind| kind.as_str())
            .collect();
        for kind in ["TEXT_ALL", "MEDIA_ALL", "RCS_ALL"] {
            assert!(kinds.contains(&kind) || kinds.contains(&"ALL"), "{name} lacks {kind}");
        }
    }
}

/// What makes events cost nothing while they are off: no queue and no function, and no writer that
/// knows of one.
#[test]
fn events_are_off_unless_webhooks_or_the_bus_are_on() {
    assert_eq!(section("Parameters")["EventBus"]["Default"], "off");
    let resources = section("Resources");
    let condition = |name: &str| resources[name]["Condition"].as_str().expect("a condition");
    for name in ["NotifyQueue", "Notify", "NotifyRole", "NotifySource", "NotifyLogs"] {
        assert_eq!(condition(name), "HasEvents", "{name}");
    }
    assert_eq!(condition("NotifyAgeAlarm"), "HasEvents");
    assert_eq!(condition("Bus"), "HasEventBus");
    for (name, function) in super::resources("AWS::Lambda::Function") {
        let variables = &function["Environment"]["Variables"];
        assert_eq!(variables["NOTIFY_QUEUE_URL"]["Fn::If"][0], "HasEvents", "{name}");
        assert_eq!(variables["NOTIFY_QUEUE_URL"]["Fn::If"][2], "", "{name}");
        assert_eq!(variables["EVENT_BUS_NAME"]["Fn::If"][0], "HasEventBus", "{name}");
        assert_eq!(variables["EVENT_BUS_NAME"]["Fn::If"][2], "", "{name}");
    }
}

/// Only one role may put events, only on the stack's bus, and only while it is on.
#[test]
fn only_the_notify_function_puts_events_on_the_bus() {
    let puts = |statement: &&&Value| statement["Action"].to_string().contains("events:");
    for (role, _) in resources("AWS::IAM::Role") {
        let allowed = statements(role);
        let allowed: Vec<&&Value> = allowed.iter().filter(puts).collect();
        assert_eq!(allowed.len(), usize::from(role == "NotifyRole"), "{role}: {allowed:?}");
        for statement in allowed {
            assert_eq!(statement["Action"], "events:PutEvents");
            assert_eq!(statement["Resource"]["Fn::GetAtt"][0], "Bus");
        }
    }
    let policy = &section("Resources")["NotifyRole"]["Properties"]["Policies"][0];
    let all = policy["PolicyDocument"]["Statement"].as_array().expect("statements");
    let has_condition = |statement: &&Value| {
        let choice = &statement["Fn::If"];
        choice[0] == "HasEventBus" && choice[1]["Action"] == "events:PutEvents"
    };
    assert_eq!(all.iter().filter(has_condition).count(), 1);
}
