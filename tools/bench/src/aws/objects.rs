//! A bucket that keeps what is put. What was never put is the file that is imported.

use std::collections::{BTreeMap, HashMap};

use hyper::body::Bytes;
use hyper::header::{CONTENT_LENGTH, ETAG, HeaderValue, RANGE};

use bench::server::{Request, Response, response};

use super::bucket::bounds;

#[derive(Default)]
pub(crate) struct Objects {
    file: Bytes,
    kept: HashMap<String, Bytes>,
    /// The parts of uploads that are under way, by path and number.
    parts: HashMap<String, BTreeMap<u32, Bytes>>,
}

impl Objects {
    pub(crate) fn of(file: Vec<u8>) -> Self {
        Self { file: file.into(), ..Self::default() }
    }

    /// The S3 operation of a request, and its response.
    pub(crate) fn answer(&mut self, request: &Request) -> (&'static str, Response) {
        let path = request.head.uri.path().to_owned();
        let query = request.head.uri.query().unwrap_or_default();
        let is_upload = query.contains("uploadId=");
        match request.head.method.as_str() {
            "HEAD" => ("s3.HeadObject", self.head(&path)),
            "GET" => ("s3.GetObject", self.get(&path, request)),
            "PUT" if is_upload => {
                let part = part_number(query).unwrap_or_default();
                self.parts.entry(path).or_default().insert(part, request.body.clone());
                ("s3.UploadPart", tagged(response(200, "text/plain", Vec::new())))
            }
            "PUT" => {
                self.kept.insert(path, request.body.clone());
                ("s3.PutObject", tagged(response(200, "text/plain", Vec::new())))
            }
            "POST" if is_upload => {
                let parts = self.parts.remove(&path).unwrap_or_default();
                let whole: Vec<u8> = parts.into_values().flatten().collect();
                self.kept.insert(path, whole.into());
                let body = "<CompleteMultipartUploadResult><ETag>\"bench\"</ETag></CompleteMultipartUploadResult>";
                ("s3.CompleteMultipartUpload", response(200, "application/xml", body.into()))
            }
            "POST" => {
                let body = "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>";
                ("s3.CreateMultipartUpload", response(200, "application/xml", body.into()))
            }
            _ => ("s3.DeleteObject", response(204, "text/plain", Vec::new())),
        }
    }

    fn object(&self, path: &str) -> &Bytes {
        self.kept.get(path).unwrap_or(&self.file)
    }

    fn head(&self, path: &str) -> Response {
        let mut response = tagged(response(200, "text/plain", Vec::new()));
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(self.object(path).len()));
        response
    }

    fn get(&self, path: &str, request: &Request) -> Response {
        let object = self.object(path);
        let asked = request.head.headers.get(RANGE).and_then(|range| range.to_str().ok());
        let whole = (0, object.len() as u64);
        let (first, last) = asked.and_then(bounds).unwrap_or(whole);
        let place = |at: u64| usize::try_from(at).map_or(object.len(), |at| at.min(object.len()));
        let part = object.slice(place(first)..place(last.saturating_add(1)));
        tagged(response(206, "text/plain", part.into()))
    }
}

fn part_number(query: &str) -> Option<u32> {
    query.split('&').find_map(|pair| pair.strip_prefix("partNumber=")?.parse().ok())
}

fn tagged(mut response: Response) -> Response {
    response.headers_mut().insert(ETAG, HeaderValue::from_static("\"bench\""));
    response
}
