//! Batches of which a part is refused: the rest is forwarded, and the answer tells both.

use serde_json::{Map, Value, json};

use crate::chance::Chance;
use crate::operation::Operation;

/// A batch that was taken apart.
pub struct Split {
    /// What is left to forward; none if everything is refused.
    pub request: Option<Value>,
    refused: Refused,
}

enum Refused {
    /// The places of the statements that are not executed.
    Statements {
        places: Vec<usize>,
        count: usize,
    },
    Keys {
        table: String,
        rest: Value,
    },
    Entries {
        failed: Vec<Value>,
    },
}

/// Takes a batch apart, as chance has it; `None` if it is none that is known.
#[must_use]
pub fn split(operation: Operation, body: &[u8], chance: &mut Chance) -> Option<Split> {
    let mut request: Value = serde_json::from_slice(body).ok()?;
    match operation.name {
        "BatchExecuteStatement" => {
            let statements = request["Statements"].as_array_mut()?;
            let count = statements.len();
            let places = draw(count, chance);
            *statements = without(std::mem::take(statements), &places).0;
            let left = (places.len() < count).then_some(request);
            Some(Split { request: left, refused: Refused::Statements { places, count } })
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
    /// The answer to the whole, out of the answer to what was forwarded.
    #[must_use]
    pub fn answer(self, mut answer: Value) -> Value {
        match self.refused {
            Refused::Statements { places, count } => {
                let told = answer["Responses"].as_array().cloned().unwrap_or_default();
                let mut told = told.into_iter();
                let refusal = json!({"Error": {"Code": "ThrottlingError", "Message": "Injected."}});
                let all: Vec<Value> = (0..count)
                    .map(|place| {
                        let refused = places.contains(&place).then(|| refusal.clone());
                        refused.unwrap_or_else(|| told.next().unwrap_or_default())
                    })
                    .collect();
                answer["Responses"] = json!(all);
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

/// About half of the places, at least one.
fn draw(count: usize, chance: &mut Chance) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).filter(|_| chance.hits(500)).collect();
    if places.is_empty() && count > 0 {
        places.push(usize::try_from(chance.below(count as u64)).unwrap_or_default());
    }
    places
}

/// Those at other places, and those at these.
fn without(all: Vec<Value>, places: &[usize]) -> (Vec<Value>, Vec<Value>) {
    let numbered = all.into_iter().enumerate();
    let (out, kept): (Vec<_>, Vec<_>) = numbered.partition(|(place, _)| places.contains(place));
    let values = |numbered: Vec<(usize, Value)>| numbered.into_iter().map(|(_, value)| value);
    (values(kept).collect(), values(out).collect())
}
