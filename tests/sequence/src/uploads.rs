//! Multipart uploads of a bucket in memory. As at S3, a part that is written again replaces the first
//! one, the request that completes an upload lists the parts of the object, and each must have the tag
//! that it names.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::bucket::{tag, tagged};

type Parts = BTreeMap<u32, Vec<u8>>;

#[derive(Clone, Debug, Default)]
pub(crate) struct Uploads(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    begun: usize,
    open: BTreeMap<String, Parts>,
}

impl Uploads {
    pub(crate) fn open(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).open.len()
    }

    /// Responds to a request about an upload. `complete` gets the content of one that is complete.
    pub(crate) fn respond(
        &self,
        method: &str,
        query: &str,
        body: &[u8],
        complete: impl FnOnce(Vec<u8>),
    ) -> Option<HttpResponse> {
        let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name));
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(id) = value("uploadId=") else {
            if method != "POST" || !query.split('&').any(|pair| pair.starts_with("uploads")) {
                return None;
            }
            state.begun += 1;
            let id = format!("upload-{}", state.begun);
            state.open.insert(id.clone(), Parts::new());
            return Some(xml(
                "InitiateMultipartUploadResult",
                &format!("<UploadId>{id}</UploadId>"),
            ));
        };
        let Some(parts) = state.open.get_mut(id) else {
            return Some(tagged(404, "", Vec::new()));
        };
        Some(match (method, value("partNumber=").and_then(|number| number.parse().ok())) {
            ("PUT", Some(number)) => {
                parts.insert(number, body.to_vec());
                tagged(200, &tag(body), Vec::new())
            }
            ("POST", _) => {
                let Some(content) = joined(parts, &String::from_utf8_lossy(body)) else {
                    return Some(tagged(400, "", Vec::new()));
                };
                state.open.remove(id);
                let tag = format!("<ETag>{}</ETag>", tag(&content));
                complete(content);
                xml("CompleteMultipartUploadResult", &tag)
            }
            _ => {
                state.open.remove(id);
                tagged(204, "", Vec::new())
            }
        })
    }
}

/// The parts that a request lists, in its order; `None` if one has another tag.
fn joined(parts: &Parts, request: &str) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    for part in request.split("<Part>").skip(1) {
        let field = |name: &str| {
            let rest = part.split(&format!("<{name}>")).nth(1)?;
            Some(rest.split('<').next()?.replace("&quot;", "\""))
        };
        let found = parts.get(&field("PartNumber")?.parse().ok()?)?;
        if field("ETag")? != tag(found) {
            return None;
        }
        content.extend(found);
    }
    Some(content)
}

fn xml(name: &str, content: &str) -> HttpResponse {
    let namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
    let body = format!("<{name} xmlns=\"{namespace}\">{content}</{name}>");
    let mut response = tagged(200, "", body.into_bytes());
    response.headers_mut().insert("content-type", "application/xml");
    response
}
