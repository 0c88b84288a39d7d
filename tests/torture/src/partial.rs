//! Batches that are partly refused: the rest is forwarded, and the response covers both parts.

use serde_json::{Map, Value, json};

use crate::chance::Chance;
use crate::operation::Operation;

/// A batch that was split.
pub struct Split {
    /// What is left to forward, or `None` if everything is refused.
    pub request: Option<Value>,
    refused: Refused,
}

enum Refused {
    Statements(Vec<Told>),
    Keys { table: String, rest: Value },
    Entries { failed: Vec<Value> },
}

/// What the response says about a statement.
#[derive(Clone, Copy)]
enum Told {
    Truth,
    Throttled,
    /// The service failed before it executed the statement.
    Failed,
    /// The service failed after it executed the statement.
    FailedAfter,
}

impl Told {
    fn is_executed(self) -> bool {
        matches!(self, Self::Truth | Self::FailedAfter)
    }

    fn error(self) -> Option<&'static str> {
        match self {
            Self::Truth => None,
            Self::Throttled => Some("ThrottlingError"),
            Self::Failed | Self::FailedAfter => Some("InternalServerError"),
        }
    }
}

/// Splits a batch at random. Returns `None` for operations that aren't known batches.
#[must_use]
pub fn split(operation: Operation, body: &[u8], chance: &mut Chance) -> Option<Split> {
    let mut request: Value = serde_json::from_slice(body).ok()?;
    match operation.name {
        "BatchExecuteStatement" => {
            let statements = request["Statements"].as_array_mut()?;
            let mut told = vec![Told::Truth; statements.len()];
            for place in draw(statements.len(), chance) {
                told[place] = *chance.of_these(&[Told::Throttled, Told::Failed, Told::FailedAfter]);
            }
            let mut is_executed = told.iter().map(|told| told.is_executed());
            statements.retain(|_| is_executed.next() == Some(true));
            let left = (!statements.is_empty()).then_some(request);
            Some(Split { request: left, refused: Refused::Statements(told) })
        }
        "BatchGetItem" => {
            let tables = request["RequestItems"].as_object_mut()?;
            let (table, wanted) = tables.iter_mut().next()?;
            let (table, mut rest) = (table.clone(), wanted.clone());
            let keys = wanted["Keys"].as_array_mut()?;
            let places = draw(keys.len(), chance);
            let (kept, refused) = without(std::mem::take(keys), &places);
            let is_empty = kept.is_empty();
            *keys = kept;
            rest["Keys"] = json!(refused);
            let left = (!is_empty).then_some(request);
            Some(Split { request: left, refused: Refused::Keys { table, rest } })
        }
        "SendMessageBatch" => {
            let entries = request["Entries"].as_array_mut()?;
            let places = draw(entries.len(), chance);
            let (kept, refused) = without(std::mem::take(entries), &places);
            let is_empty = kept.is_empty();
            *entries = kept;
            let failed = refused
                .iter()
                .map(|entry| {
                    json!({"Id": entry["Id"], "Code": "InternalError", "SenderFault": false})
                })
                .collect();
            let left = (!is_empty).then_some(request);
            Some(Split { request: left, refused: Refused::Entries { failed } })
        }
        _ => None,
    }
}

impl Split {
    /// Builds the response to the whole batch from the response to the forwarded part.
    #[must_use]
    pub fn answer(self, mut answer: Value) -> Value {
        match self.refused {
            Refused::Statements(told) => {
                let truths = answer["Responses"].as_array().cloned().unwrap_or_default();
                let mut truths = truths.into_iter();
                let tell = |told: Told| {
                    let truth = if told.is_executed() { truths.next() } else { None };
                    match told.error() {
                        None => without_item(truth.unwrap_or_default()),
                        Some(code) => json!({"Error": {"Code": code, "Message": "Injected."}}),
                    }
                };
                answer["Responses"] = told.into_iter().map(tell).collect();
            }
            Refused::Keys { table, rest } => {
                let mut unprocessed = Map::new();
                unprocessed.insert(table, rest);
                answer["UnprocessedKeys"] = Value::Object(unprocessed);
                if answer["Responses"].is_null() {
                    answer["Responses"] = json!({});
                }
            }
            Refused::Entries { failed } => {
                answer["Failed"] = json!(failed);
                if answer["Successful"].is_null() {
                    answer["Successful"] = json!([]);
                }
            }
        }
        answer
    }
}

/// Removes the conflicting item from a refusal, since the service need not return it.
fn without_item(mut truth: Value) -> Value {
    if let Some(error) = truth["Error"].as_object_mut() {
        error.remove("Item");
    }
    truth
}

/// About half of the indexes, but at least one.
fn draw(count: usize, chance: &mut Chance) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).filter(|_| chance.hits(500)).collect();
    if places.is_empty() && count > 0 {
        places.push(usize::try_from(chance.below(count as u64)).unwrap_or_default());
    }
    places
}

/// The values at all other indexes, and those at the given ones.
fn without(all: Vec<Value>, places: &[usize]) -> (Vec<Value>, Vec<Value>) {
    let numbered = all.into_iter().enumerate();
    let (out, kept): (Vec<_>, Vec<_>) = numbered.partition(|(place, _)| places.contains(place));
    let values = |numbered: Vec<(usize, Value)>| numbered.into_iter().map(|(_, value)| value);
    (values(kept).collect(), values(out).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Service;

    fn of(service: Service, name: &'static str, body: &Value) -> Split {
        let operation = Operation { service, name };
        split(operation, body.to_string().as_bytes(), &mut Chance::of(1, "t")).expect("a batch")
    }

    #[test]
    fn statements_keep_their_places() {
        let statements: Vec<Value> = (0..8).map(|n| json!({"Statement": n.to_string()})).collect();
        let batch = json!({"Statements": statements});
        let split = of(Service::DynamoDb, "BatchExecuteStatement", &batch);
        let request = split.request.clone().expect("some are left");
        let left = request["Statements"].as_array().expect("a list").clone();
        assert!((1..8).contains(&left.len()));
        let truths: Vec<Value> = left.iter().map(|s| json!({"Item": s["Statement"]})).collect();
        let answer = split.answer(json!({"Responses": truths}));
        for (place, answer) in answer["Responses"].as_array().expect("a list").iter().enumerate() {
            let is_refused = answer["Error"]["Code"].is_string();
            let item = answer["Item"].as_str().and_then(|item| item.parse().ok());
            assert!(is_refused || item == Some(place), "{place}: {answer}");
        }
    }

    #[test]
    fn what_is_not_forwarded_is_told() {
        let entries: Vec<Value> = (0..4).map(|n| json!({"Id": n.to_string()})).collect();
        let batch = of(Service::Sqs, "SendMessageBatch", &json!({"Entries": entries}));
        let left =
            batch.request.as_ref().map_or(0, |left| left["Entries"].as_array().map_or(0, Vec::len));
        let answer = batch.answer(json!({"Successful": []}));
        assert_eq!(answer["Failed"].as_array().map_or(0, Vec::len), 4 - left);

        let keys: Vec<Value> = (0..4).map(|n| json!({"pk": {"S": n.to_string()}})).collect();
        let request = json!({"RequestItems": {"T": {"Keys": keys, "ConsistentRead": true}}});
        let answer = of(Service::DynamoDb, "BatchGetItem", &request).answer(json!({}));
        assert_eq!(answer["UnprocessedKeys"]["T"]["ConsistentRead"], true);
    }
}
