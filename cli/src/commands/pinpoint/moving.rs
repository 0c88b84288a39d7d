//! Segments and drafts. What has the same name already is left alone, so a move can be repeated.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Context;
use crate::api::{Pages, text};
use crate::failure::Failure;
use crate::output::Output;
use crate::pinpoint::Balance;

pub(super) async fn run(context: &Context, balance: &Balance) -> Result<(), Failure> {
    let segments = segments(context, balance).await?;
    drafts(context, balance, &segments).await
}

/// What the organization has, by name.
async fn by_name(context: &Context, list: &str) -> Result<BTreeMap<String, String>, Failure> {
    let path = context.api.path(&[list]).await?;
    let mut pages = Pages::new(&context.api, path, &[], None);
    let mut names = BTreeMap::new();
    while let Some(items) = pages.next().await? {
        let pairs = items.iter().map(|item| (&item["name"], &item["id"]));
        names.extend(pairs.map(|(name, id)| (text(name).to_owned(), text(id).to_owned())));
    }
    Ok(names)
}

/// Creates segments after those that they refer to. Returns Volley's IDs by Pinpoint's.
async fn segments(
    context: &Context,
    balance: &Balance,
) -> Result<BTreeMap<String, String>, Failure> {
    let known = by_name(context, "segments").await?;
    let path = context.api.path(&["segments"]).await?;
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    let mut pending: Vec<_> = balance.movable_segments().collect();
    let mut created = 0;
    while !pending.is_empty() {
        let before = pending.len();
        let mut later = Vec::new();
        for (id, name, filter) in pending {
            let Some(filter) = resolved(filter, &ids) else {
                later.push((id, name, filter));
                continue;
            };
            let new = match known.get(name) {
                Some(known) => known.clone(),
                None => {
                    created += 1;
                    let body = json!({"name": name, "filter": filter});
                    text(&context.api.post(&path, &body).await?["id"]).to_owned()
                }
            };
            ids.insert(id.to_owned(), new);
        }
        // The balance has left out segments that refer to each other in a circle.
        if later.len() == before {
            break;
        }
        pending = later;
    }
    Output::raw(&format!("created {created} segments; {} were there\n", ids.len() - created))?;
    Ok(ids)
}

/// The filter with Volley's IDs, once all of them are known.
fn resolved(filter: &Value, ids: &BTreeMap<String, String>) -> Option<Value> {
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

async fn drafts(
    context: &Context,
    balance: &Balance,
    segments: &BTreeMap<String, String>,
) -> Result<(), Failure> {
    let known = by_name(context, "campaigns").await?;
    let path = context.api.path(&["campaigns"]).await?;
    let (mut created, mut there) = (0, 0);
    for draft in balance.campaigns.iter().filter_map(|(_, draft)| draft.as_ref().ok()) {
        if known.contains_key(&draft.name) {
            there += 1;
            continue;
        }
        // A draft without its segment would text everyone.
        let Some(segment) = draft.segment.as_ref().and_then(|id| segments.get(id)) else {
            continue;
        };
        // Merge fields would be sent as they are written.
        if draft.body.contains("{{") || draft.body.contains("{%") {
            let name = &draft.name;
            Output::raw(&format!(
                "{name}: needs a hand, because its text has merge fields:\n{}\n",
                draft.body
            ))?;
            continue;
        }
        let target = json!({"include": [segment], "exclude": []});
        let body = json!({"name": draft.name, "body": draft.body, "target": target});
        context.api.post(&path, &body).await?;
        created += 1;
    }
    Output::raw(&format!("created {created} drafts; {there} were there\n"))
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
}
