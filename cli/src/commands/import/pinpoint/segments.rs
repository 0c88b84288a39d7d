//! Segments, each after those that it refers to.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Context;
use super::library::{Moved, all};
use crate::api::text;
use crate::failure::Failure;
use crate::pinpoint::Balance;

/// Volley's IDs by Pinpoint's.
pub(super) type Ids = BTreeMap<String, String>;

pub(super) async fn create(context: &Context, balance: &Balance) -> Result<(Moved, Ids), Failure> {
    let (mut moved, mut ids) = (Moved::default(), Ids::new());
    let mut known = all(context, "segments", &[]).await?;
    let path = context.api.path(&["segments"]).await?;
    let mut pending: Vec<_> = balance.movable_segments().collect();
    while !pending.is_empty() {
        let before = pending.len();
        let mut later = Vec::new();
        for (id, name, filter) in pending {
            let Some(filter) = resolved(filter, &ids) else {
                later.push((id, name, filter));
                continue;
            };
            let found = known.iter().find(|known| text(&known["name"]) == name);
            match found {
                Some(found) if is_same(&found["filter"], &filter) => {
                    moved.known += 1;
                    ids.insert(id.to_owned(), text(&found["id"]).to_owned());
                }
                // Its people may be others, so no draft may be sent to it.
                Some(_) => {
                    let reason = "there is a segment with this name and another filter";
                    moved.refused.push((name.to_owned(), reason.to_owned()));
                }
                None => {
                    let body = json!({"name": name, "filter": filter});
                    if let Some(created) = moved.create(context, &path, name, &body).await? {
                        ids.insert(id.to_owned(), text(&created["id"]).to_owned());
                        known.push(created);
                    }
                }
            }
        }
        if later.len() == before {
            let reason = "it refers to a segment that was not created";
            moved
                .refused
                .extend(later.iter().map(|(_, name, _)| ((*name).to_owned(), reason.to_owned())));
            break;
        }
        pending = later;
    }
    Ok((moved, ids))
}

/// The filter with Volley's IDs, once all of them are known.
fn resolved(filter: &Value, ids: &Ids) -> Option<Value> {
    Some(match filter {
        Value::Object(fields) => match fields.get("segment") {
            Some(id) => json!({"segment": ids.get(text(id))?}),
            None => fields
                .iter()
                .map(|(name, inner)| Some((name.clone(), resolved(inner, ids)?)))
                .collect::<Option<serde_json::Map<_, _>>>()?
                .into(),
        },
        Value::Array(filters) => {
            filters.iter().map(|inner| resolved(inner, ids)).collect::<Option<Vec<_>>>()?.into()
        }
        other => other.clone(),
    })
}

/// Whether two filters are the same, also if one has 7 where the other has 7.0.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(name, one)| other.get(name).is_some_and(|other| is_same(one, other)))
        }
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_replaced_once_all_are_known() {
        let filter = json!({"all": [{"segment": "a"}, {"none": [{"segment": "b"}]}, {"field": "tags", "op": "exists"}]});
        let mut ids = BTreeMap::from([("a".to_owned(), "1".to_owned())]);
        assert_eq!(resolved(&filter, &ids), None);
        ids.insert("b".to_owned(), "2".to_owned());
        let expected = json!({"all": [{"segment": "1"}, {"none": [{"segment": "2"}]}, {"field": "tags", "op": "exists"}]});
        assert_eq!(resolved(&filter, &ids), Some(expected));
    }

    #[test]
    fn filters_are_the_same_by_value() {
        let filter = json!({"field": "a", "op": "between", "value": [7.0, 8]});
        assert!(is_same(&filter, &json!({"field": "a", "op": "between", "value": [7, 8.0]})));
        assert!(!is_same(&filter, &json!({"field": "a", "op": "between", "value": [7, 9]})));
        assert!(!is_same(&filter, &json!({"field": "a", "op": "between"})));
    }
}
