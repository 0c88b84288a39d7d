//! The two equations that every campaign keeps.

use serde_json::Value;

use crate::api::count;

/// What contacts are besides recipients, with how that is said.
const SKIPPED: [(&str, &str); 6] = [
    ("noPhone", "without a phone"),
    ("duplicate", "duplicate"),
    ("unsubscribed", "unsubscribed"),
    ("notInTarget", "not in the target"),
    ("inactive", "inactive"),
    ("unrenderable", "without a text"),
];
/// What a message can be, the most final first.
const STATUSES: [&str; 5] = ["delivered", "failed", "sent", "unknown", "pending"];

/// `5 contacts = 4 recipients + 1 unsubscribed`.
pub(crate) fn contacts(audience: &Value) -> String {
    let recipients = format!("{} recipients", count(&audience["recipients"]));
    let skipped = SKIPPED.into_iter().filter_map(|(name, words)| {
        let skipped = count(&audience["skipped"][name]);
        (skipped > 0).then(|| format!("{skipped} {words}"))
    });
    let parts: Vec<String> = std::iter::once(recipients).chain(skipped).collect();
    let end = if audience["complete"] == false { "; the audience is still being read" } else { "" };
    format!("{} contacts = {}{end}", count(&audience["contacts"]), parts.join(" + "))
}

/// `4 recipients = 2 delivered + 1 failed + 1 sent`.
pub(crate) fn messages(counts: &Value) -> String {
    let total = count(&counts["total"]);
    let parts: Vec<String> = STATUSES
        .into_iter()
        .map(|status| (count(&counts[status]), status))
        .filter(|(number, _)| *number > 0)
        .map(|(number, status)| format!("{number} {status}"))
        .collect();
    if parts.is_empty() {
        return format!("{total} recipients");
    }
    format!("{total} recipients = {}", parts.join(" + "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_sides_are_shown() {
        let mut audience = json!({
            "contacts": 6, "recipients": 4, "complete": true,
            "skipped": {"noPhone": 0, "duplicate": 0, "unsubscribed": 1, "inactive": 1},
        });
        assert_eq!(contacts(&audience), "6 contacts = 4 recipients + 1 unsubscribed + 1 inactive");
        audience["complete"] = false.into();
        assert!(contacts(&audience).ends_with("; the audience is still being read"));
        let counts = json!({"total": 4, "delivered": 2, "failed": 1, "sent": 1, "pending": 0});
        assert_eq!(messages(&counts), "4 recipients = 2 delivered + 1 failed + 1 sent");
        assert_eq!(messages(&json!({"total": 0})), "0 recipients");
    }
}
