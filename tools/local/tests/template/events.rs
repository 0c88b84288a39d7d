//! Events of the provider.

use super::resources;

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
