//! The headers of responses that clients can use, and of requests that any operation may have.

use serde_json::{Value, json};
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{OpenApi, Ref, RefOr, Required, ResponseBuilder};

use crate::rates;

/// Names, descriptions and examples.
const HEADERS: [(&str, &str, &str); 5] = [
    (
        "ETag",
        "Changes with the response. Send it as `If-None-Match` the next time.",
        "W/\"b5RkcNBIy4mZQ6xKZjpb\"",
    ),
    (
        "Link",
        "The next page, relative to the API's address; absent on the last one.",
        "</v1/organizations?cursor=zMVAX2OCEqpj>; rel=\"next\"",
    ),
    (
        "RateLimit-Policy",
        "How many requests that write or scan one key or member may make per minute (draft-ietf-httpapi-ratelimit-headers).",
        "\"requests\";q=3000;w=60",
    ),
    (
        "RateLimit",
        "About how many of them are left, and the seconds until the next minute.",
        "\"requests\";r=2987;t=41",
    ),
    ("Retry-After", "Seconds to wait before the next attempt.", "1"),
];

/// Adds the headers that operations refer to.
pub(super) fn define(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    for (name, description, example) in HEADERS {
        let number = name == "Retry-After";
        let kind = if number { Type::Integer } else { Type::String };
        let example: Value = if number { json!(1) } else { json!(example) };
        let header = HeaderBuilder::new()
            .schema(Some(ObjectBuilder::new().schema_type(kind).build()))
            .description(Some(description))
            .example(Some(example))
            .build();
        components.headers.insert(name.to_owned(), RefOr::T(header));
    }
}

fn reference(name: &str) -> (String, RefOr<Header>) {
    (name.to_owned(), RefOr::Ref(Ref::new(format!("#/components/headers/{name}"))))
}

/// Adds what an operation's responses have.
pub(super) fn describe(path: &str, method: &str, operation: &mut Operation) {
    let is_get = method == "GET";
    let has_pages =
        operation.parameters.iter().flatten().any(
            |parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == "cursor"),
        );
    let is_counted = is_counted(path, method);
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        let headers = [
            ("ETag", is_get && status == "200"),
            ("Link", has_pages && status == "200"),
            ("RateLimit-Policy", is_counted && (status.starts_with('2') || status == "429")),
            ("RateLimit", is_counted && (status.starts_with('2') || status == "429")),
            ("Retry-After", ["429", "503"].contains(&status.as_str())),
        ];
        let present = headers.into_iter().filter(|(_, is_present)| *is_present);
        response.headers.extend(present.map(|(name, _)| reference(name)));
    }
    if is_get {
        operation.parameters.get_or_insert_default().push(if_none_match());
        let mut not_modified = ResponseBuilder::new()
            .description("The response is the one that `If-None-Match` names.")
            .build();
        not_modified.headers.extend([reference("ETag")]);
        operation.responses.responses.insert("304".to_owned(), RefOr::T(not_modified));
    }
}

/// Whether the limit per key counts the operation.
pub(super) fn is_counted(path: &str, method: &str) -> bool {
    method.parse().is_ok_and(|method| rates::is_counted(&method, path))
}

fn if_none_match() -> RefOr<Parameter> {
    let text =
        ObjectBuilder::new().schema_type(Type::String).examples(["W/\"b5RkcNBIy4mZQ6xKZjpb\""]);
    let description = "The `ETag` of the response that you have. If nothing changed, the response is 304 and empty.";
    RefOr::T(
        ParameterBuilder::new()
            .name("If-None-Match")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(description))
            .schema(Some(text.build()))
            .build(),
    )
}
