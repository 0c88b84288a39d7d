//! Cross-origin requests from browsers, for the origins that the deployment names.
//!
//! Credentials are never allowed: a key is sent in a header, and there are no cookies.

use std::fmt;
use std::str::FromStr;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use crate::state::App;

const METHODS: &str = "GET, POST, PUT, PATCH, DELETE";
const HEADERS: &str = "authorization, content-type, idempotency-key, if-none-match, traceparent";
/// What a page may read of a response, besides what it always may.
const EXPOSED: &str =
    "etag, link, retry-after, ratelimit, ratelimit-policy, idempotency-replayed, www-authenticate";
/// How long a browser may remember a preflight. None of them remembers more.
const MAX_AGE_SECONDS: &str = "7200";

/// The origins whose pages may call the API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Origins {
    #[default]
    None,
    All,
    Some(Vec<String>),
}

#[derive(Debug)]
pub(crate) struct InvalidOrigins;

impl fmt::Display for InvalidOrigins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be * or origins such as https://app.example.com, separated by commas")
    }
}

impl FromStr for Origins {
    type Err = InvalidOrigins;

    fn from_str(text: &str) -> Result<Self, InvalidOrigins> {
        if text == "*" {
            return Ok(Self::All);
        }
        let origins = text.split(',').map(str::trim);
        let is_origin = |origin: &str| {
            let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '*', ' ']))
        };
        origins
            .map(|origin| is_origin(origin).then(|| origin.to_ascii_lowercase()))
            .collect::<Option<_>>()
            .map(Self::Some)
            .ok_or(InvalidOrigins)
    }
}

impl Origins {
    /// The value of `Access-Control-Allow-Origin` for a request from `origin`.
    fn allow(&self, origin: &HeaderValue) -> Option<HeaderValue> {
        match self {
            Self::None => None,
            Self::All => Some(HeaderValue::from_static("*")),
            Self::Some(origins) => {
                let given = origin.to_str().ok()?;
                origins.iter().any(|one| one == given).then(|| origin.clone())
            }
        }
    }
}

pub(crate) async fn middleware(State(app): State<App>, request: Request, next: Next) -> Response {
    if app.origins == Origins::None {
        return next.run(request).await;
    }
    let allowed = request.headers().get(header::ORIGIN).and_then(|one| app.origins.allow(one));
    let is_preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match (&allowed, is_preflight) {
        (Some(_), true) => StatusCode::NO_CONTENT.into_response(),
        _ => next.run(request).await,
    };
    let headers = response.headers_mut();
    if matches!(app.origins, Origins::Some(_)) {
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
    if let Some(allowed) = allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        permit(headers, is_preflight);
    }
    response
}

fn permit(headers: &mut HeaderMap, is_preflight: bool) {
    let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
    if is_preflight {
        set(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        set(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
        set(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECONDS);
    } else {
        set(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_have_no_path() {
        assert!(matches!("*".parse(), Ok(Origins::All)));
        let two: Origins = "https://A.example.com, http://localhost:5173".parse().expect("origins");
        let expected = ["https://a.example.com", "http://localhost:5173"].map(str::to_owned);
        assert_eq!(two, Origins::Some(expected.to_vec()));
        for refused in ["", "example.com", "https://", "https://a.com/", "https://*.a.com", "a,*"] {
            assert!(refused.parse::<Origins>().is_err(), "{refused}");
        }
    }

    #[test]
    fn only_named_origins_are_allowed() {
        let check = |origins: &str, origin: &'static str| {
            let origins: Origins = origins.parse().expect("origins");
            origins.allow(&HeaderValue::from_static(origin))
        };
        let own = "https://a.example.com";
        assert_eq!(check(own, own), Some(HeaderValue::from_static(own)));
        assert_eq!(check(own, "https://b.example.com"), None);
        assert_eq!(check("*", "null"), Some(HeaderValue::from_static("*")));
        assert_eq!(Origins::None.allow(&HeaderValue::from_static(own)), None);
    }
}
