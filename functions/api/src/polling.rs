//! What helps clients that poll and page: `ETag` with `If-None-Match`, and `Link` to the next page.
//!
//! One layer adds them to all responses to GETs, from the bodies, so that no handler can forget them.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::problem::Problem;

/// A tag is a part of a hash: as many bytes as make a collision impossible in practice.
const TAG_BYTES: usize = 15;
/// In a body that has another page. Within a string, the quotes would be escaped.
const NEXT: &[u8] = b"\"nextCursor\":\"";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    next_cursor: Option<String>,
}

pub(crate) async fn middleware(request: Request, next: Next) -> Result<Response, Problem> {
    if request.method() != Method::GET {
        return Ok(next.run(request).await);
    }
    let (uri, known) = (request.uri().clone(), known(request.headers()));
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return Ok(response);
    }
    let (mut parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.map_err(Problem::internal)?;
    let tag = tag(&body);
    parts.headers.extend(next_page(&uri, &body).map(|link| (header::LINK, link)));
    // A browser may keep the response, but asks each time, and only for the same key.
    parts.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    parts.headers.append(header::VARY, HeaderValue::from_static("authorization"));
    let is_known = known.iter().any(|one| one == "*" || *one == tag);
    parts.headers.extend(HeaderValue::from_str(&tag).ok().map(|tag| (header::ETAG, tag)));
    if is_known {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Ok((parts, Body::empty()).into_response());
    }
    Ok((parts, Body::from(body)).into_response())
}

/// A weak tag: API Gateway and browsers may compress the body.
fn tag(body: &[u8]) -> String {
    let hash = Sha256::digest(body);
    format!("W/\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&hash[..TAG_BYTES]))
}

/// The tags that the client has, as weak ones: the comparison ignores strength (RFC 9110, 13.1.2).
fn known(headers: &HeaderMap) -> Vec<String> {
    let fields = headers.get_all(header::IF_NONE_MATCH).iter();
    let tags = fields.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    tags.map(str::trim)
        .map(|tag| if tag.starts_with('"') { format!("W/{tag}") } else { tag.to_owned() })
        .collect()
}

/// The next page of a list, relative to the API's address, which the function does not know.
fn next_page(uri: &Uri, body: &Bytes) -> Option<HeaderValue> {
    if !body.windows(NEXT.len()).any(|part| part == NEXT) {
        return None;
    }
    let cursor = serde_json::from_slice::<Page>(body).ok()?.next_cursor?;
    let kept = uri.query().unwrap_or_default().split('&');
    let kept = kept.filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let query: Vec<String> = kept.map(str::to_owned).chain([format!("cursor={cursor}")]).collect();
    let path = uri.path();
    HeaderValue::from_str(&format!("<{path}?{}>; rel=\"next\"", query.join("&"))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(uri: &str, body: &'static str) -> Option<String> {
        let uri: Uri = uri.parse().expect("an address");
        let link = next_page(&uri, &Bytes::from_static(body.as_bytes()))?;
        Some(link.to_str().expect("text").to_owned())
    }

    #[test]
    fn a_page_links_to_the_next_one() {
        let more = r#"{"items":[],"nextCursor":"abc_-"}"#;
        let check = |uri, expected: &str| {
            assert_eq!(link(uri, more), Some(format!("<{expected}>; rel=\"next\"")));
        };
        check("/v1/a", "/v1/a?cursor=abc_-");
        check("/v1/a?limit=2", "/v1/a?limit=2&cursor=abc_-");
        check("/v1/a?cursor=x&limit=2&q=a%20b", "/v1/a?limit=2&q=a%20b&cursor=abc_-");
        assert_eq!(link("/v1/a", r#"{"items":[],"nextCursor":null}"#), None);
        assert_eq!(link("/v1/a", r#"{"name":"\"nextCursor\":\"x\""}"#), None);
        assert_eq!(link("/v1/a", r#"{"inner":{"nextCursor":"x"}}"#), None);
    }

    #[test]
    fn a_tag_is_that_of_the_body() {
        assert_eq!(tag(b"a"), tag(b"a"));
        assert_ne!(tag(b"a"), tag(b"b"));
        let mut headers = HeaderMap::new();
        headers.append(header::IF_NONE_MATCH, HeaderValue::from_static("\"a\", W/\"b\""));
        headers.append(header::IF_NONE_MATCH, HeaderValue::from_static("*"));
        assert_eq!(known(&headers), ["W/\"a\"", "W/\"b\"", "*"]);
    }
}
