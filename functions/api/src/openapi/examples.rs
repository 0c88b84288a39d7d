//! An example for every body and every problem, which operations refer to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use utoipa::openapi::example::{Example, ExampleBuilder};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{Content, OpenApi, Ref, RefOr};

use super::codes::{self, Asked};
use super::{PROBLEM, operations};
use crate::problem::Code;

/// Examples by the name of their schema: one organization, its people and its campaign.
const BODIES: &str = include_str!("examples.json");

/// Adds the examples and refers to them.
pub(super) fn add(document: &mut OpenApi) {
    let bodies: BTreeMap<String, Value> = serde_json::from_str(BODIES).expect("JSON");
    let (mut used, mut responded) = (BTreeSet::new(), Vec::new());
    let mut details = BTreeMap::new();
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            let of = format!("{method} {path}");
            let asked = Asked::of(path, method, operation);
            if let Some(RefOr::T(request)) = &mut operation.request_body {
                for (kind, content) in &mut request.content {
                    used.extend(refer(kind, content, &bodies, &of));
                }
            }
            for (status, response) in &mut operation.responses.responses {
                let RefOr::T(response) = response else { continue };
                let status: u16 = status.parse().expect("a status");
                let codes = asked.codes(status, &response.description);
                responded.extend_from_slice(&codes);
                details.extend(explained(&codes, &response.description));
                for (kind, content) in &mut response.content {
                    if let (PROBLEM, RefOr::T(content)) = (kind.as_str(), &mut *content) {
                        assert!(!codes.is_empty(), "{of} {status} has no code");
                        content.examples = codes.iter().map(|code| problem(*code)).collect();
                    } else {
                        used.extend(refer(kind, content, &bodies, &of));
                    }
                }
            }
        }
    }
    for name in bodies.keys() {
        let is_used = used.contains(name) || used.contains(&format!("List_{name}"));
        assert!(is_used, "no body has the schema {name}");
    }
    let components = document.components.get_or_insert_default();
    for name in used {
        let value = value(&name, &bodies).expect("it was referred to");
        components
            .examples
            .insert(name, RefOr::T(ExampleBuilder::new().value(Some(value)).build()));
    }
    for code in responded {
        let detail = details.get(code.as_str()).map_or_else(|| detail(code), String::as_str);
        components.examples.insert(codes::example_name(code), codes::example(code, detail));
    }
}

fn problem(code: Code) -> (String, RefOr<Example>) {
    let reference = Ref::new(format!("#/components/examples/{}", codes::example_name(code)));
    (code.as_str().to_owned(), RefOr::Ref(reference))
}

/// Refers to the example of a content's schema, and returns its name.
fn refer(
    kind: &str,
    content: &mut RefOr<Content>,
    bodies: &BTreeMap<String, Value>,
    of: &str,
) -> Option<String> {
    let RefOr::T(content) = content else { return None };
    let name = match kind {
        "text/csv" | "application/octet-stream" => "contacts.csv".to_owned(),
        "application/x-ndjson" => "contacts.ndjson".to_owned(),
        _ => {
            let Some(name) = schema(content.schema.as_ref()?) else {
                // The document itself.
                content.example = Some(json!({"openapi": "3.1.0"}));
                return None;
            };
            name
        }
    };
    assert!(value(&name, bodies).is_some(), "examples.json lacks {name} of {of}");
    let reference = Ref::new(format!("#/components/examples/{name}"));
    content.examples.insert("example".to_owned(), RefOr::Ref(reference));
    Some(name)
}

/// The name of a schema, or of the one that may be null.
fn schema(schema: &RefOr<Schema>) -> Option<String> {
    match schema {
        RefOr::Ref(reference) => {
            Some(reference.ref_location.rsplit('/').next().unwrap_or_default().to_owned())
        }
        RefOr::T(Schema::OneOf(one)) => one.items.iter().find_map(self::schema),
        RefOr::T(_) => None,
    }
}

/// An example; that of a list has one item.
fn value(name: &str, bodies: &BTreeMap<String, Value>) -> Option<Value> {
    if let Some(value) = bodies.get(name) {
        return Some(value.clone());
    }
    let item = bodies.get(name.strip_prefix("List_")?)?;
    Some(json!({"items": [item], "nextCursor": null}))
}

/// What a description says about codes: `code`: what it means.
fn explained(codes: &[Code], description: &str) -> Vec<(String, String)> {
    let about = |code: &Code| {
        let (_, rest) = description.split_once(&format!("`{}`: ", code.as_str()))?;
        let end = rest.find(". `").unwrap_or(rest.len());
        let detail = rest[..end].trim_end_matches('.').to_owned();
        Some((code.as_str().to_owned(), detail))
    };
    codes.iter().filter_map(about).collect()
}

/// The detail of a code that no description explains.
fn detail(code: Code) -> &'static str {
    match code.status().as_u16() {
        400 => "the request is malformed; see its documentation",
        401 => "a valid API key or ID token is required; send it as Authorization: Bearer <key>",
        403 => {
            "the role of this key or member does not allow the request; a higher one is required"
        }
        404 => "not found",
        405 => "this path does not support the method; see the Allow header",
        413 => "the body must be at most 65536 bytes",
        415 => "the content type must be application/json in UTF-8",
        422 => "the request cannot be processed; change it",
        429 => "too many requests; retry after the time in Retry-After",
        500 => "an unexpected error occurred on the server; retry later",
        503 => "the service is busy; retry after the time in Retry-After",
        _ => "the state of the resource does not allow the request",
    }
}
