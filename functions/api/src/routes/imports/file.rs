//! The file in an import's request.

use axum::extract::{FromRequest, Request};
use shared::import::{Format, MAX_BYTES, upload};

use super::options::UploadRequest;
use crate::json::{self, Json};
use crate::problem::{Code, Problem};

/// The longest body in the event that Lambda receives for a request. An event may have 6 MB, of
/// which the headers take at most 10 KB.
const MAX_EVENT_BODY: usize = 6 * 1024 * 1024 - 64 * 1024;

/// The content types of CSV files. Windows calls them Excel's.
const TEXT_TYPES: [&str; 2] = ["text/csv", "text/tab-separated-values"];
const BINARY_TYPES: [&str; 5] = [
    "application/octet-stream",
    "application/csv",
    "application/vnd.ms-excel",
    "application/gzip",
    "application/x-gzip",
];
/// The content types of JSON lines.
const LINES_TYPES: [&str; 3] = ["application/x-ndjson", "application/ndjson", "application/jsonl"];

/// The body of a request: a file, or the request for the upload of one.
#[derive(Debug)]
pub(crate) enum Body {
    File(CsvFile),
    Upload(Box<UploadRequest>),
}

/// A file as it arrives.
#[derive(Debug)]
pub(crate) struct CsvFile {
    pub(super) content: Vec<u8>,
    /// Whether it came as `text/*`, which Amazon API Gateway decodes as UTF-8. What is not UTF-8 is
    /// lost then.
    pub(super) is_text: bool,
    /// The `charset` of the content type. Clients claim UTF-8 without looking, so that says nothing.
    pub(super) charset: Option<String>,
    /// The format, if the content type says so.
    pub(super) format: Option<Format>,
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        json::check_encoding(request.headers())?;
        let media_type = json::media_type(request.headers());
        let is_text = TEXT_TYPES.contains(&&*media_type);
        let is_lines = LINES_TYPES.contains(&&*media_type);
        if media_type == "application/json" {
            let Json(request) = Json::from_request(request, state).await?;
            return Ok(Self::Upload(Box::new(request)));
        }
        if !is_text && !is_lines && !BINARY_TYPES.contains(&&*media_type) {
            return Err(Problem::media_type("text/csv or application/octet-stream"));
        }
        let charset =
            json::charset(request.headers()).filter(|name| !matches!(&**name, "utf-8" | "utf8"));
        let content: Vec<u8> = json::bytes(request.into_body(), MAX_BYTES).await?.into();
        let length = if is_text {
            upload::escaped_length(&content)
        } else {
            upload::base64_length(content.len())
        };
        if length > MAX_EVENT_BODY {
            let detail = "the file is too large for text/csv, where quotes, line breaks and \
                          non-ASCII characters count several times; send it as \
                          application/octet-stream";
            return Err(Problem::new(Code::BodyTooLarge, detail));
        }
        let format = is_lines.then_some(Format::Jsonl);
        Ok(Self::File(CsvFile { content, is_text, charset, format }))
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body as Bytes;
    use http::header;

    use super::*;
    use crate::problem::tests::code;

    async fn file(content_type: &str, body: Vec<u8>) -> Result<CsvFile, (u16, String)> {
        let request = Request::builder()
            .header(header::CONTENT_TYPE, content_type)
            .body(Bytes::from(body))
            .expect("a request");
        match Body::from_request(request, &()).await {
            Ok(Body::File(file)) => Ok(file),
            Ok(Body::Upload(_)) => panic!("it is a file"),
            Err(refused) => Err(code(refused).await),
        }
    }

    #[tokio::test]
    async fn a_file_is_text_or_bytes() {
        let text = file("Text/CSV; charset=utf-8", b"phone\n".to_vec()).await.expect("taken");
        assert_eq!((text.is_text, text.charset), (true, None));
        let kind = "application/octet-stream; charset=\"Windows-1252\"";
        let bytes = file(kind, b"phone\n".to_vec()).await.expect("taken");
        assert_eq!((bytes.is_text, bytes.charset.as_deref()), (false, Some("windows-1252")));
        for kind in ["text/tab-separated-values", "application/csv", "application/vnd.ms-excel"] {
            assert!(file(kind, Vec::new()).await.is_ok(), "{kind}");
        }
        for kind in ["text/plain", "application/pdf", ""] {
            let refused = file(kind, Vec::new()).await.expect_err("refused");
            assert_eq!(refused, (415, "unsupported_media_type".to_owned()), "{kind}");
        }
        let lines = file("application/x-ndjson", b"{}\n".to_vec()).await.expect("taken");
        assert_eq!((lines.is_text, lines.format), (false, Some(Format::Jsonl)));
    }

    #[tokio::test]
    async fn a_file_fits_into_lambdas_event() {
        let too_large = async |kind: &str, unit: &str, length: usize| {
            let body = unit.repeat(length / unit.len()).into_bytes();
            match file(kind, body).await {
                Ok(_) => false,
                Err(refused) => {
                    assert_eq!(refused, (413, "body_too_large".to_owned()));
                    true
                }
            }
        };
        let (text, bytes) = ("text/csv", "application/octet-stream");
        assert!(!too_large(text, "a", MAX_BYTES).await);
        assert!(too_large(text, "a", MAX_BYTES + 1).await);
        assert!(!too_large(bytes, "\"ë\"\n", MAX_BYTES).await);
        assert!(too_large(bytes, "a", MAX_BYTES + 1).await);
        assert!(too_large(text, "\"ë\"\n", MAX_BYTES).await, "12 bytes of an event each");
        assert!(!too_large(text, "\"ë\"\n", MAX_BYTES / 3).await);
    }
}
