use serde_json::{Value, json};
use shared::event::{Data, EventType, MessageChanges};
use shared::ids::OrganizationId;
use shared::time::Timestamp;
use uuid::Uuid;

use super::*;
use crate::http;
use crate::testing::Server;

fn event(number: u128) -> Event {
    Event {
        id: EventId(Uuid::from_u128(number)),
        kind: EventType::MessagesUpdated,
        occurred_at: Timestamp::EPOCH.plus_seconds(5),
        organization_id: OrganizationId(Uuid::nil()),
        data: Data::Messages(MessageChanges { messages: Vec::new() }),
    }
}

/// Puts this number of events on a bus whose responses come from `respond`, by the numbers of a request's
/// events. Returns the numbers of those that it did not take, and the server.
async fn put(
    count: u128,
    respond: impl Fn(&[u64]) -> (u16, Value) + Send + 'static,
) -> (Vec<u128>, Server) {
    let server = Server::start(move |request| {
        let (head, body) = request.split_once("\r\n\r\n").expect("a head and a body");
        let head = head.to_ascii_lowercase();
        assert!(head.contains("x-amz-target: awsevents.putevents"), "{head}");
        assert!(head.contains("content-type: application/x-amz-json-1.1"), "{head}");
        let (status, answer) = respond(&numbers(body));
        (status, answer.to_string())
    });
    let bus = EventBus::new(
        &server.aws(),
        http::client().expect("a client"),
        "volley-events".to_owned(),
        Usage::default(),
    );
    let events: Vec<Event> = (1..=count).map(event).collect();
    let events: Vec<&Event> = events.iter().collect();
    let left = bus.put(&events).await;
    (left.iter().map(|id| id.0.as_u128()).collect(), server)
}

/// The numbers of the events in a request.
fn numbers(body: &str) -> Vec<u64> {
    let request: Value = serde_json::from_str(body).expect("JSON");
    let entries = request["Entries"].as_array().expect("entries");
    let numbers = entries.iter().map(|entry| {
        assert_eq!(
            (&entry["EventBusName"], &entry["Source"], &entry["DetailType"], &entry["Time"]),
            (
                &json!("volley-events"),
                &json!("volley"),
                &json!("volley.messages.updated"),
                &json!(5)
            )
        );
        let detail: Event =
            serde_json::from_str(entry["Detail"].as_str().expect("text")).expect("an event");
        u64::try_from(detail.id.0.as_u128()).expect("small")
    });
    numbers.collect()
}

fn answer(codes: impl Iterator<Item = Option<&'static str>>) -> Value {
    let entries: Vec<Value> = codes
        .map(|code| match code {
            Some(code) => json!({"ErrorCode": code, "ErrorMessage": "not now"}),
            None => json!({"EventId": "an id of the bus"}),
        })
        .collect();
    let failed = entries.iter().filter(|entry| entry["ErrorCode"].is_string()).count();
    json!({"FailedEntryCount": failed, "Entries": entries})
}

#[tokio::test]
async fn events_are_put_in_tens() {
    let (left, server) = put(25, |numbers| (200, answer(numbers.iter().map(|_| None)))).await;
    assert_eq!(left, []);
    assert_eq!(server.count("PutEvents"), 3);
}

/// The bus takes event 3 at the second attempt, and never event 5.
#[tokio::test]
async fn only_refused_entries_are_put_again() {
    let refuse = |numbers: &[u64]| {
        let is_first = numbers.len() == 12 || numbers.contains(&1);
        let codes = numbers.iter().map(move |number| match number {
            3 if is_first => Some("ThrottlingException"),
            5 => Some("InternalFailure"),
            _ => None,
        });
        (200, answer(codes))
    };
    let (left, server) = put(12, refuse).await;
    assert_eq!(left, [5]);
    // Ten and two, then those two that were refused, then one.
    assert_eq!(server.count("PutEvents"), 4);
}

#[tokio::test]
async fn a_bus_that_refuses_everything_leaves_everything() {
    let denied = |_: &[u64]| (400, json!({"__type": "AccessDeniedException"}));
    let (left, server) = put(2, denied).await;
    assert_eq!(left, [1, 2]);
    assert_eq!(server.count("PutEvents"), 1, "it would be refused again");
}

/// What was refused by an earlier request is not lost when a later one fails.
#[tokio::test]
async fn a_failed_request_leaves_what_the_one_before_it_refused() {
    let respond = |numbers: &[u64]| match numbers {
        [1, ..] => (200, answer(numbers.iter().map(|number| (*number == 2).then_some("Later")))),
        _ => (400, json!({"__type": "AccessDeniedException"})),
    };
    let (left, _) = put(11, respond).await;
    assert_eq!(left, [2, 11]);
}

#[test]
fn an_entry_without_an_outcome_counts_as_refused() {
    let answer: Answer =
        serde_json::from_value(json!({"Entries": [{"EventId": "a"}]})).expect("an answer");
    assert_eq!(codes(2, answer), [None, Some("NoAnswer".to_owned())]);
}
