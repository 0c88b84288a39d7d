//! The deployment's event bus, which other systems in the account read by rules.
//!
//! The one request that it needs is a [`signed_call`](crate::signed_call), so that no further SDK is
//! built in.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_config::SdkConfig;
use reqwest::Client;
use serde::{Deserialize, Serialize};
use shared::event::{Event, bus};
use shared::ids::EventId;

use crate::signed_call::{CallError, Service, SignedCalls};
use crate::usage::Usage;

/// How often an entry is put that the bus refuses, such as when it throttles. Then its job is retried.
const ATTEMPTS: u32 = 3;
/// The wait before the second attempt, which doubles.
const WAIT: Duration = Duration::from_millis(100);

#[derive(Clone, Debug)]
pub struct EventBus {
    calls: SignedCalls,
    name: String,
    usage: Usage,
}

/// A request to `PutEvents`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PutEvents<'a> {
    entries: Vec<EntryOnBus<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EntryOnBus<'a> {
    event_bus_name: &'a str,
    source: &'a str,
    detail_type: &'a str,
    /// In seconds since 1970.
    time: i64,
    detail: &'a str,
}

/// The response, which is a success even if the bus refused some entries.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    entries: Vec<Outcome>,
}

/// What happened to an entry, at the place that it had in the request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Outcome {
    error_code: Option<String>,
}

impl EventBus {
    #[must_use]
    pub fn new(config: &SdkConfig, http: Client, name: String, usage: Usage) -> Self {
        let content = "application/x-amz-json-1.1";
        let service = Service { id: "EventBridge", signing_name: "events", content };
        Self { calls: SignedCalls::new(config, http, service), name, usage }
    }

    /// Puts events on the bus, and returns those that it did not take. They may be put again.
    pub async fn put(&self, events: &[&Event]) -> BTreeSet<EventId> {
        let mut left: Vec<bus::Entry> = events.iter().map(|event| bus::Entry::new(event)).collect();
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(WAIT * 2_u32.pow(attempt - 1)).await;
            }
            match self.put_all(&mut left).await {
                Ok(()) if left.is_empty() => break,
                Ok(()) => {}
                // The call has been tried several times.
                Err(error) => {
                    let error = anyhow::Error::from(error);
                    tracing::error!(error = ?error, count = left.len(), "failed to put events on the bus");
                    break;
                }
            }
        }
        left.into_iter().map(|entry| entry.id).collect()
    }

    /// Puts entries, and leaves those that the bus did not take.
    async fn put_all(&self, left: &mut Vec<bus::Entry>) -> Result<(), CallError> {
        let mut refused = Vec::new();
        while !left.is_empty() {
            let count = bus::count_in_request(left);
            let put = self.put_some(&left[..count]).await;
            // What was refused before this request failed is left, too.
            let codes = match put {
                Ok(codes) => codes,
                Err(error) => {
                    left.append(&mut refused);
                    return Err(error);
                }
            };
            for (entry, code) in left.drain(..count).zip(codes) {
                if let Some(code) = code {
                    tracing::warn!(event.id = %entry.id, code, "the bus refused an event");
                    refused.push(entry);
                }
            }
        }
        *left = refused;
        Ok(())
    }

    /// Returns why the bus refused each entry, or `None` if it took it.
    async fn put_some(&self, entries: &[bus::Entry]) -> Result<Vec<Option<String>>, CallError> {
        let on_bus = |entry| on_bus(&self.name, entry);
        let request = PutEvents { entries: entries.iter().map(on_bus).collect() };
        let answer = self.calls.call("AWSEvents.PutEvents", serde_json::to_vec(&request)?).await;
        self.usage.call("events.PutEvents");
        Ok(codes(entries.len(), serde_json::from_slice(&answer?).map_err(CallError::Read)?))
    }
}

fn on_bus<'a>(name: &'a str, entry: &'a bus::Entry) -> EntryOnBus<'a> {
    EntryOnBus {
        event_bus_name: name,
        source: bus::SOURCE,
        detail_type: &entry.detail_type,
        time: entry.occurred_at.unix_seconds(),
        detail: &entry.detail,
    }
}

/// An entry that the answer leaves out counts as refused.
fn codes(count: usize, answer: Answer) -> Vec<Option<String>> {
    let mut codes: Vec<Option<String>> =
        answer.entries.into_iter().map(|outcome| outcome.error_code).collect();
    codes.resize_with(count, || Some("NoAnswer".to_owned()));
    codes
}

#[cfg(test)]
mod tests;
