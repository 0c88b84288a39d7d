//! The provider's opt-out lists, with two entries a page.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

const ENTRIES_AT_ONCE: usize = 2;

#[derive(Clone, Default)]
pub(crate) struct OptOuts(Arc<Mutex<BTreeMap<String, Vec<Value>>>>);

impl OptOuts {
    pub(crate) fn set(&self, list: &str, entries: &[(&str, i64, bool)]) {
        let entry = |(phone, second, by_person): &(&str, i64, bool)| {
            json!({
                "OptedOutNumber": phone, "OptedOutTimestamp": second, "EndUserOptedOut": by_person,
            })
        };
        let entries = entries.iter().map(entry).collect();
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lists.insert(list.to_owned(), entries);
    }

    pub(crate) fn page(&self, body: &[u8]) -> (u16, Value) {
        let asked: Value = serde_json::from_slice(body).unwrap_or_default();
        let lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(entries) = asked["OptOutListName"].as_str().and_then(|list| lists.get(list))
        else {
            return (400, json!({ "__type": "ResourceNotFoundException", "Message": "no list" }));
        };
        let from = asked["NextToken"].as_str().and_then(|token| token.parse().ok()).unwrap_or(0);
        let end = entries.len().min(from + ENTRIES_AT_ONCE);
        let next = (end < entries.len()).then(|| end.to_string());
        (200, json!({ "OptedOutNumbers": &entries[from.min(end)..end], "NextToken": next }))
    }
}
