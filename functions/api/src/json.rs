//! JSON bodies, in and out.

mod maybe;
mod strict;

pub(crate) use maybe::Maybe;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};
use strict::Malformed;

use crate::problem::{Code, Problem};

/// The largest JSON body, in bytes. A bulk delete of 100 IDs takes 4 KB.
const MAX_BYTES: usize = 64 * 1024;
/// The largest JSON body of a request for many resources, in bytes. Lambda accepts 6 MB.
pub(crate) const MAX_BATCH_BYTES: usize = 4 * 1024 * 1024;

/// A required body. The type that it is parsed into rejects unknown fields.
pub(crate) struct Json<T>(pub(crate) T);

/// A required body for many resources.
pub(crate) struct BatchJson<T>(pub(crate) T);

/// An optional body, all of whose fields are optional.
pub(crate) struct MaybeJson<T>(pub(crate) T);

/// The body of requests without parameters.
#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        check_json(&parts.headers)?;
        parse(&bytes(body, MAX_BYTES).await?).map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for BatchJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        check_json(&parts.headers)?;
        parse(&bytes(body, MAX_BATCH_BYTES).await?).map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for MaybeJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = bytes(body, MAX_BYTES).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        check_json(&parts.headers)?;
        parse(&bytes).map(Self)
    }
}

/// Reads a body of at most `max` bytes. Lambda delivers bodies whole, so only their length can fail.
pub(crate) async fn bytes(body: Body, max: usize) -> Result<Bytes, Problem> {
    axum::body::to_bytes(body, max).await.map_err(|_| Problem::too_large(max))
}

/// A request's content type without its parameters, in lower case.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let written =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = written.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Rejects a compressed body, because nothing here decompresses it.
pub(crate) fn check_encoding(headers: &HeaderMap) -> Result<(), Problem> {
    let is_identity = |value: &HeaderValue| {
        let codings = value.to_str().unwrap_or("?").split(',').map(str::trim);
        codings.into_iter().all(|c| c.is_empty() || c.eq_ignore_ascii_case("identity"))
    };
    if headers.get_all(header::CONTENT_ENCODING).iter().all(is_identity) {
        Ok(())
    } else {
        Err(Problem::content_encoding())
    }
}

/// Rejects a body that is not declared as JSON in UTF-8, the only encoding of JSON.
fn check_json(headers: &HeaderMap) -> Result<(), Problem> {
    check_encoding(headers)?;
    let is_utf8 = charset(headers).is_none_or(|charset| charset == "utf-8" || charset == "utf8");
    if media_type(headers) == "application/json" && is_utf8 {
        Ok(())
    } else {
        Err(Problem::media_type("application/json in UTF-8"))
    }
}

/// The charset parameter of the content type, in lower case.
pub(crate) fn charset(headers: &HeaderMap) -> Option<String> {
    let written = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let parameters = written.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let (_, charset) =
        parameters.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    Some(charset.trim().trim_matches('"').to_ascii_lowercase())
}

/// Parses the JSON before its fields, so that a syntax error is 400 and an invalid field is 422 with
/// a pointer to the field.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    read(strict::value(bytes)?)
}

/// Reads the fields of an object.
pub(crate) fn read<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    if !value.is_object() {
        return Err(Problem::field("", "must be a JSON object"));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let pointer = pointer(error.path());
        let reason = error.inner().to_string();
        let missing =
            reason.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
        match missing {
            Some(name) => Problem::field(format!("{pointer}/{name}"), "is required"),
            None => Problem::field(pointer, reason),
        }
    })
}

impl From<Malformed> for Problem {
    fn from(malformed: Malformed) -> Self {
        match malformed {
            Malformed::NotUtf8 => Self::new(
                Code::NotUtf8,
                "the body must be valid UTF-8; write a deliberate U+FFFD as \\ufffd",
            ),
            Malformed::DuplicateName(name) => {
                let name = Value::String(name);
                let detail =
                    format!("an object in the body contains the name {name} more than once");
                Self::new(Code::DuplicateName, detail)
            }
            Malformed::Syntax(error) => {
                Self::new(Code::MalformedJson, format!("the body is not valid JSON: {error}"))
            }
        }
    }
}

fn pointer(path: &Path) -> String {
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}

/// A JSON response, as it is sent and as it is stored for an idempotency key.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn new(status: StatusCode, view: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_string(view).map_err(Problem::internal)?;
        Ok(Self { status, body })
    }

    pub(crate) fn ok(view: &impl Serialize) -> Result<Self, Problem> {
        Self::new(StatusCode::OK, view)
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let json = HeaderValue::from_static("application/json");
        (self.status, [(header::CONTENT_TYPE, json)], self.body).into_response()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;
    use crate::problem::tests::read;

    #[derive(Debug, Default, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        name: String,
        #[serde(default)]
        tags: BTreeMap<String, String>,
    }

    #[test]
    fn a_good_body_is_read() {
        let sample: Sample = parse(br#"{"name": "a", "tags": {"b": "c"}}"#).expect("valid");
        assert_eq!(sample.name, "a");
        assert_eq!(sample.tags["b"], "c");
    }

    async fn refused(content_type: &str, body: impl Into<Body>) -> (u16, String, String) {
        let request =
            Request::builder().header(header::CONTENT_TYPE, content_type).body(body.into());
        let refused = Json::<Sample>::from_request(request.expect("a request"), &()).await;
        let (status, body) = read(refused.err().expect("refused")).await;
        let pointer = body["errors"][0]["pointer"].as_str().unwrap_or("none");
        (status.as_u16(), body["code"].as_str().expect("a code").to_owned(), pointer.to_owned())
    }

    #[tokio::test]
    async fn bad_bodies_are_told_apart() {
        let check = async |content_type: &str, body: &str, expected: (u16, &str, &str)| {
            let (status, code, pointer) = refused(content_type, body.to_owned()).await;
            assert_eq!((status, &*code, &*pointer), expected, "{body}");
        };
        let json = "application/json; charset=utf-8";
        check("text/plain", "{}", (415, "unsupported_media_type", "none")).await;
        check(json, "{\"name\"", (400, "malformed_json", "none")).await;
        check(json, "", (400, "malformed_json", "none")).await;
        check(json, "[]", (422, "validation_failed", "")).await;
        check(json, "{}", (422, "validation_failed", "/name")).await;
        check(json, r#"{"name": 5}"#, (422, "validation_failed", "/name")).await;
        let unknown = r#"{"name": "a", "age": 5}"#;
        check(json, unknown, (422, "validation_failed", "/age")).await;
        let nested = r#"{"name": "a", "tags": {"a/b": 5}}"#;
        check(json, nested, (422, "validation_failed", "/tags/a~1b")).await;
        let latin1 = "application/json; charset=iso-8859-1";
        check(latin1, "{}", (415, "unsupported_media_type", "none")).await;
        check("application/problem+json", "{}", (415, "unsupported_media_type", "none")).await;
        let twice = r#"{"name": "a", "tags": {"b": "c", "b": "d"}}"#;
        check(json, twice, (400, "duplicate_name", "none")).await;
        let lone = r#"{"name": "\ud800"}"#;
        check(json, lone, (400, "malformed_json", "none")).await;
        let large = format!(r#"{{"name": "{}"}}"#, "x".repeat(MAX_BYTES));
        check(json, &large, (413, "body_too_large", "none")).await;
    }

    #[tokio::test]
    async fn a_body_that_is_not_utf8_is_refused() {
        for body in [&b"{\"name\": \"Zo\xeb\"}"[..], "{\"name\": \"Zo\u{FFFD}\"}".as_bytes()] {
            let (status, code, _) = refused("application/json", body.to_vec()).await;
            assert_eq!((status, &*code), (400, "not_utf8"));
        }
    }

    #[test]
    fn only_a_plain_body_is_read() {
        let check = |codings: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for coding in codings {
                headers.append(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
            }
            check_encoding(&headers).is_ok()
        };
        for plain in [&[][..], &["identity"], &["Identity"], &[""], &["identity, identity"]] {
            assert!(check(plain), "{plain:?}");
        }
        for coded in [&["gzip"][..], &["br"], &["identity, gzip"], &["identity", "deflate"]] {
            assert!(!check(coded), "{coded:?}");
        }
    }

    #[tokio::test]
    async fn a_body_may_be_left_out() {
        let empty = Request::new(Body::empty());
        assert!(MaybeJson::<Nothing>::from_request(empty, &()).await.is_ok());
        let some = Request::builder()
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(r#"{"a": 1}"#));
        let refused = MaybeJson::<Nothing>::from_request(some.expect("a request"), &()).await;
        assert!(refused.is_err());
    }
}
