//! Events as an event bus gets them, and how they are cut into requests.
//!
//! Source: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html> and its page
//! on the size of entries.

use super::Event;
use crate::ids::EventId;
use crate::time::Timestamp;

/// Who puts the events on the bus.
pub const SOURCE: &str = "volley";
/// The maximum number of entries in a request.
const MAX_ENTRIES: usize = 10;
/// The maximum size of a request's entries in bytes, excluded.
const MAX_BYTES: usize = 256 * 1_024;
/// The size that counts for an entry's time.
const TIME_BYTES: usize = 14;

/// An event on a bus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: EventId,
    pub occurred_at: Timestamp,
    /// The event's type, such as `volley.campaign.sent`.
    pub detail_type: String,
    /// The whole event in JSON.
    pub detail: String,
}

impl Entry {
    #[must_use]
    pub fn new(event: &Event) -> Self {
        Self {
            id: event.id,
            occurred_at: event.occurred_at,
            detail_type: format!("{SOURCE}.{}", event.kind.as_str()),
            detail: serde_json::json!(event).to_string(),
        }
    }

    fn bytes(&self) -> usize {
        TIME_BYTES + SOURCE.len() + self.detail_type.len() + self.detail.len()
    }
}

/// The number of entries that the next request takes from the front. At least one, so that an entry
/// that is too large alone is refused by the bus and not skipped.
#[must_use]
pub fn count_in_request(entries: &[Entry]) -> usize {
    let mut bytes = 0;
    let fitting = entries.iter().take(MAX_ENTRIES).take_while(|entry| {
        bytes += entry.bytes();
        bytes < MAX_BYTES
    });
    fitting.count().max(entries.len().min(1))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn entry(bytes: usize) -> Entry {
        let detail_type = "volley.import.finished".to_owned();
        let others = TIME_BYTES + SOURCE.len() + detail_type.len();
        Entry {
            id: EventId(Uuid::nil()),
            occurred_at: Timestamp::EPOCH,
            detail_type,
            detail: "x".repeat(bytes - others),
        }
    }

    #[test]
    fn a_request_has_ten_entries_and_less_than_256_kb() {
        let count = |sizes: &[usize]| {
            count_in_request(&sizes.iter().map(|bytes| entry(*bytes)).collect::<Vec<_>>())
        };
        assert_eq!(count(&[]), 0);
        assert_eq!(count(&[100; 25]), 10);
        let half = MAX_BYTES / 2;
        assert_eq!(count(&[half, half - 1, 50]), 2);
        assert_eq!(count(&[half, half, 50]), 1);
        assert_eq!(count(&[MAX_BYTES + 1, 50]), 1);
    }
}
