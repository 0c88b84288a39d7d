//! Idempotency keys: repeating a POST with the same key returns the original response.
//!
//! The middleware looks for a stored response before a handler runs, and again if the handler lost a
//! race, possibly to a request with the same key. A handler only adds the record from
//! [`Once::remember`] to its write.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use infra::clock;
use infra::table::{Answer, Fingerprint, Remember};
use sha2::{Digest, Sha256};
use shared::access::SecretHash;
use shared::import;
use shared::time::Timestamp;

use crate::auth::Caller;
use crate::json::{self, Reply};
use crate::problem::{Code, Problem, Raced};
use crate::state::App;

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const MAX_KEY_LENGTH: usize = 255;

/// A request's idempotency key, if it has one.
#[derive(Clone)]
pub(crate) struct Once(Option<Given>);

#[derive(Clone)]
struct Given {
    key: String,
    fingerprint: Fingerprint,
    body_hash: String,
}

impl Once {
    /// The request's fingerprint and the hash of its body, for a handler that repeats its work rather
    /// than have its response stored.
    pub(crate) fn fingerprint(&self) -> Option<(&Fingerprint, &str)> {
        self.0.as_ref().map(|given| (&given.fingerprint, given.body_hash.as_str()))
    }

    /// The key itself, for an id that is derived from it.
    pub(crate) fn key(&self) -> Option<&str> {
        self.0.as_ref().map(|given| given.key.as_str())
    }

    /// The record to write in the same transaction as the request's effect.
    pub(crate) fn remember(&self, reply: &Reply, now: Timestamp) -> Option<Remember> {
        let given = self.0.clone()?;
        Some(Remember {
            fingerprint: given.fingerprint,
            answer: Answer {
                body_hash: given.body_hash,
                status: reply.status.as_u16(),
                body: reply.body.clone(),
            },
            now,
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Once {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or(Self(None)))
    }
}

pub(crate) async fn middleware(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if request.method() != Method::POST {
        return Ok(next.run(request).await);
    }
    let Some(key) = read_key(request.headers())? else {
        return Ok(next.run(request).await);
    };
    let (mut parts, body) = request.into_parts();
    let caller = Caller::from_request_parts(&mut parts, &app).await?;
    let body = json::bytes(body, import::MAX_BYTES).await?;
    let given = Given {
        fingerprint: Fingerprint::of(&caller.name(), "POST", parts.uri.path(), &key),
        key,
        body_hash: body_hash(parts.uri.query().unwrap_or_default(), &body),
    };
    if let Some(answer) = app.table.answered(&given.fingerprint, clock::now()).await? {
        return replay(answer, &given);
    }
    parts.extensions.insert(Once(Some(given.clone())));
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let may_have_raced = [StatusCode::CONFLICT, StatusCode::SERVICE_UNAVAILABLE];
    if !may_have_raced.contains(&response.status()) {
        return Ok(response);
    }
    match app.table.answered(&given.fingerprint, clock::now()).await? {
        Some(answer) => replay(answer, &given),
        None if response.extensions().get::<Raced>().is_some() => Err(Problem::new(
            Code::IdempotencyInProgress,
            "a request with this Idempotency-Key is in progress; retry later",
        )),
        None => Ok(response),
    }
}

fn replay(answer: Answer, given: &Given) -> Result<Response, Problem> {
    if answer.body_hash != given.body_hash {
        return Err(reused());
    }
    let reply = Reply {
        status: StatusCode::from_u16(answer.status).map_err(Problem::internal)?,
        body: answer.body,
    };
    Ok(([(REPLAYED, HeaderValue::from_static("true"))], reply).into_response())
}

pub(crate) fn reused() -> Problem {
    Problem::new(
        Code::IdempotencyKeyReused,
        "this Idempotency-Key was used with a different body; use a new key",
    )
}

fn read_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(HEADER) else {
        return Ok(None);
    };
    let key = value.to_str().unwrap_or_default();
    let is_visible = key.bytes().all(|byte| byte.is_ascii_graphic());
    if key.is_empty() || key.len() > MAX_KEY_LENGTH || !is_visible {
        let detail =
            format!("Idempotency-Key must be 1 to {MAX_KEY_LENGTH} visible ASCII characters");
        return Err(Problem::new(Code::InvalidIdempotencyKey, detail));
    }
    Ok(Some(key.to_owned()))
}

/// The query is part of the request as the body is: an import's query names columns.
fn body_hash(query: &str, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update((query.len() as u64).to_be_bytes());
    hash.update(query);
    hash.update(body);
    SecretHash(hash.finalize().into()).to_hex()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::tests::read;

    #[test]
    fn keys_are_short_and_visible() {
        let key = |value: &str| {
            let mut headers = HeaderMap::new();
            let value = HeaderValue::from_bytes(value.as_bytes());
            headers.insert(HEADER, value.expect("a header"));
            read_key(&headers).map_err(|_| ())
        };
        assert_eq!(key("a-1"), Ok(Some("a-1".to_owned())));
        assert!(key(&"x".repeat(255)).is_ok());
        for refused in ["", "a b", "ä", &"x".repeat(256)] {
            assert_eq!(key(refused), Err(()), "{refused}");
        }
        assert_eq!(read_key(&HeaderMap::new()).map_err(|_| ()), Ok(None));
    }

    #[tokio::test]
    async fn another_body_is_not_answered() {
        let given = Given {
            key: "k".to_owned(),
            fingerprint: Fingerprint::of("admin", "POST", "/", "k"),
            body_hash: body_hash("", b"{}"),
        };
        let answer =
            |body_hash: String| Answer { body_hash, status: 201, body: r#"{"id":1}"#.to_owned() };
        let (status, body) = read(replay(answer(body_hash("", b"{}")), &given)).await;
        assert_eq!(status, StatusCode::CREATED);
        assert_eq!(body["id"], 1);
        for other in [body_hash("", b"{ }"), body_hash("phone=a", b"{}")] {
            let (status, body) = read(replay(answer(other), &given)).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(body["code"], "idempotency_key_reused");
        }
    }
}
