//! The OpenAPI document: the handlers' annotations, plus what applies to all of them.
//!
//! A test writes it to docs/openapi.json, which the function serves. So nothing here is in the function.
//!
//! API keys, path parameters, idempotency keys and the common errors follow from a route's path and
//! method. They are added here, so no handler can forget them.

mod codes;
mod examples;
mod headers;

use http::StatusCode;
use utoipa::OpenApi as _;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ArrayItems, KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Content, OpenApi, PathItem, Ref, RefOr, Required, Response, ResponseBuilder, Schema, Server,
};

use codes::Asked;

use crate::problem::{FieldError, ProblemView};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Volley",
        description = "Sends SMS campaigns to the contacts of an organization. Providers call the \
                       webhooks `POST /webhooks/{provider}/status` and `/inbound` in the form that \
                       they document.",
    ),
    components(schemas(ProblemView, FieldError))
)]
struct Document;

const KEY: &str = "key";
const CONTACT_ID: &str = "The contact's ID (UUID), or `ext:` and its percent-encoded external ID, or \
                          `extb:` and its external ID in base64url, for external IDs that contain a \
                          slash.";
const PROBLEM: &str = "application/problem+json";

/// The document without routes.
pub(crate) fn base() -> OpenApi {
    let mut document = Document::openapi();
    // Relative to where the document is served.
    document.servers = Some(vec![Server::new("/")]);
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "An organization's API key, or the ID token of a member who signed in with the identity \
             provider. The deployment's admin key manages organizations, keys and members.",
        ))
        .build();
    document
        .components
        .get_or_insert_default()
        .add_security_scheme(KEY, SecurityScheme::Http(bearer));
    document
}

/// Adds what applies to all routes.
pub(crate) fn complete(document: &mut OpenApi) {
    headers::define(document);
    refer_to_items(document);
    for (path, item) in &mut document.paths.paths {
        let parameters: Vec<RefOr<Parameter>> = path_parameters(path).collect();
        if !parameters.is_empty() {
            item.parameters = Some(parameters);
        }
        for (method, operation) in operations(item) {
            if path.starts_with("/v1/") {
                complete_operation(path, method, operation);
            } else {
                complete_open(operation);
            }
        }
    }
    examples::add(document);
}

/// The operations of a path, by their methods.
/// Lets the lists refer to what they are of, instead of repeating it.
fn refer_to_items(document: &mut OpenApi) {
    let schemas = &mut document.components.get_or_insert_default().schemas;
    let names: Vec<String> = schemas.keys().cloned().collect();
    for (name, schema) in schemas {
        let Some(item) =
            name.strip_prefix("List_").filter(|item| names.iter().any(|it| it == item))
        else {
            continue;
        };
        if let RefOr::T(Schema::Object(list)) = schema
            && let Some(RefOr::T(Schema::Array(items))) = list.properties.get_mut("items")
        {
            items.items = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(item).into()));
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("GET", &mut item.get),
        ("POST", &mut item.post),
        ("PUT", &mut item.put),
        ("PATCH", &mut item.patch),
        ("DELETE", &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
}

/// What needs no key.
fn complete_open(operation: &mut Operation) {
    operation.security = Some(Vec::new());
    let status = StatusCode::TOO_MANY_REQUESTS;
    let refusal = RefOr::T(Response::new(description(status)));
    operation.responses.responses.insert(status.as_str().to_owned(), refusal);
}

fn complete_operation(path: &str, method: &str, operation: &mut Operation) {
    operation.security = Some(vec![SecurityRequirement::new(KEY, Vec::<String>::new())]);
    let Asked { has_body, has_query, .. } = Asked::of(path, method, operation);
    for parameter in operation.parameters.iter_mut().flatten() {
        refuse_empty_cursor(parameter);
    }
    if method == "POST" {
        operation.parameters.get_or_insert_default().push(idempotency_key());
    }
    let has_id = path.contains('{');
    let has = |status| operation.responses.responses.contains_key(status);
    let (conflicts, rejects) = (has("409"), has("422"));
    // A malformed number in a path is refused.
    let rejects = rejects || path.contains("{phone}");
    let refusals = [
        (StatusCode::BAD_REQUEST, has_body || has_query),
        (StatusCode::UNAUTHORIZED, true),
        (StatusCode::FORBIDDEN, true),
        (StatusCode::NOT_FOUND, has_id),
        (StatusCode::CONFLICT, conflicts || method == "POST"),
        (StatusCode::PAYLOAD_TOO_LARGE, has_body),
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, has_body),
        (StatusCode::UNPROCESSABLE_ENTITY, rejects || has_body),
        (StatusCode::TOO_MANY_REQUESTS, true),
        (StatusCode::INTERNAL_SERVER_ERROR, true),
        (StatusCode::SERVICE_UNAVAILABLE, true),
    ];
    for (status, _) in refusals.into_iter().filter(|(_, is_possible)| *is_possible) {
        let described = operation
            .responses
            .responses
            .entry(status.as_str().to_owned())
            .or_insert_with(|| RefOr::T(Response::new(description(status))));
        // API Gateway's limit on all requests has its own format.
        let is_gateways =
            status == StatusCode::TOO_MANY_REQUESTS && !headers::is_counted(path, method);
        if let RefOr::T(response) = described
            && !is_gateways
        {
            let problem = Content::new(Some(Ref::from_schema_name("Problem")));
            let with_problem = ResponseBuilder::from(std::mem::take(response));
            *response = with_problem.content(PROBLEM, problem).build();
        }
    }
    headers::describe(path, method, operation);
}

/// A first page is asked for without a cursor, not with an empty one.
fn refuse_empty_cursor(parameter: &mut RefOr<Parameter>) {
    let RefOr::T(parameter) = parameter else { return };
    if parameter.name == "cursor"
        && let Some(RefOr::T(Schema::Object(text))) = &mut parameter.schema
    {
        text.min_length = Some(1);
    }
}

fn description(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "The JSON, a header, the query or the cursor is malformed.",
        StatusCode::UNAUTHORIZED => "The API key or ID token is missing or invalid.",
        StatusCode::FORBIDDEN => "The role does not allow this request.",
        StatusCode::NOT_FOUND => "The resource does not exist or belongs to another organization.",
        StatusCode::CONFLICT => {
            "`idempotency_in_progress`: a request with the same key is in progress."
        }
        StatusCode::PAYLOAD_TOO_LARGE => "The body is too large.",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "The content type or encoding is not supported.",
        StatusCode::UNPROCESSABLE_ENTITY => "The request is invalid.",
        StatusCode::TOO_MANY_REQUESTS => {
            "Too many requests. API Gateway's own responses have another format and no code."
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            "The service is busy. Retry after the time in `Retry-After`."
        }
        _ => "An unexpected error occurred on the server.",
    }
}

fn path_parameters(path: &str) -> impl Iterator<Item = RefOr<Parameter>> {
    let names = path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let (schema, description) = match name {
            "phone" => (text.examples(["+14155550123"]), None),
            "contactId" => (text, Some(CONTACT_ID)),
            _ => (text.format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))), None),
        };
        RefOr::T(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .description(description)
                .schema(Some(schema.build()))
                .build(),
        )
    })
}

fn idempotency_key() -> RefOr<Parameter> {
    let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[!-~]{1,255}$"));
    let description = "A key of your choice for this request. Repeating the request with the same key within 24 hours returns the original response instead of acting again.";
    RefOr::T(
        ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(description))
            .schema(Some(text.build()))
            .build(),
    )
}

/// Snake-case names between backticks.
fn names(description: &str) -> impl Iterator<Item = &str> {
    let quoted = description.split('`').skip(1).step_by(2);
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    quoted.filter(move |name| name.contains('_') && name.chars().all(is_part))
}

#[cfg(test)]
mod tests;
