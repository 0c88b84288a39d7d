//! A bucket in memory.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

use crate::uploads::Uploads;

#[derive(Clone, Debug, Default)]
pub(crate) struct Bucket {
    objects: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    uploads: Uploads,
}

impl Bucket {
    /// Puts an object, and returns its tag.
    pub(crate) fn put(&self, key: &str, content: &[u8]) -> String {
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        objects.insert(key.to_owned(), content.to_vec());
        tag(content)
    }

    /// The number of multipart uploads that are neither complete nor abandoned.
    pub(crate) fn open_uploads(&self) -> usize {
        self.uploads.open()
    }

    pub(crate) fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// Responds to a request whose path is the bucket's name and a key.
    pub(crate) fn respond(&self, request: &HttpRequest) -> Option<HttpResponse> {
        let path = request.uri().split("//").nth(1)?.split('?').next()?;
        let key = path.splitn(3, '/').nth(2)?;
        let header = |name| request.headers().get(name);
        let query = request.uri().split_once('?').map(|(_, query)| query).unwrap_or_default();
        let body = request.body().bytes().unwrap_or_default();
        if let Some(response) = self.uploads.respond(request.method(), query, body, |content| {
            self.put(key, &content);
        }) {
            return Some(response);
        }
        Some(match request.method() {
            "PUT" => {
                let tag = self.put(key, body);
                tagged(200, &tag, Vec::new())
            }
            "DELETE" => {
                self.objects.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
                tagged(204, "", Vec::new())
            }
            method => {
                let Some(content) = self.get(key) else {
                    return Some(tagged(404, "", Vec::new()));
                };
                let found = tag(&content);
                if header("if-match").is_some_and(|tag| tag != found) {
                    return Some(tagged(412, &found, Vec::new()));
                }
                if method == "HEAD" {
                    let mut response = tagged(200, &found, Vec::new());
                    response.headers_mut().insert("content-length", content.len().to_string());
                    return Some(response);
                }
                let range = header("range").and_then(bounds).unwrap_or((0, content.len()));
                let part = content.get(range.0..range.1.min(content.len())).unwrap_or_default();
                tagged(206, &found, part.to_vec())
            }
        })
    }
}

pub(crate) fn tag(content: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    format!("\"{:x}\"", hasher.finish())
}

pub(crate) fn tagged(status: u16, tag: &str, content: Vec<u8>) -> HttpResponse {
    let status = StatusCode::try_from(status).expect("a status");
    let mut response = HttpResponse::new(status, SdkBody::from(content));
    response.headers_mut().insert("etag", tag.to_owned());
    response
}

/// The bytes of a range, its end left out.
fn bounds(range: &str) -> Option<(usize, usize)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    Some((first.parse().ok()?, last.parse::<usize>().ok()? + 1))
}
