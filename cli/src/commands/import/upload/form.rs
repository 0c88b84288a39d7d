//! A `multipart/form-data` body with the file as its last field, as S3 wants it.

use std::fmt::Write;

use hyper::body::{Bytes, Frame};
use serde_json::Value;

/// It begins no line of a file of contacts.
const BOUNDARY: &str = "volley-8f0c5d0e3b7a4c1f9d62";

pub(super) struct Form {
    head: String,
    size: u64,
}

impl Form {
    /// All fields that the API signed, and then the file.
    pub(super) fn new(fields: &Value, size: u64) -> Self {
        let mut head = String::new();
        for (name, value) in fields.as_object().into_iter().flatten() {
            let value = value.as_str().unwrap_or_default();
            let _ = write!(
                head,
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
        }
        let _ = write!(
            head,
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"contacts\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        Self { head, size }
    }

    pub(super) fn content_type() -> String {
        format!("multipart/form-data; boundary={BOUNDARY}")
    }

    fn tail() -> String {
        format!("\r\n--{BOUNDARY}--\r\n")
    }

    /// S3 refuses a form without its length.
    pub(super) fn length(&self) -> u64 {
        self.head.len() as u64 + self.size + Self::tail().len() as u64
    }

    /// The whole body, with the file's blocks in its place.
    pub(super) fn around(
        &self,
        blocks: impl Iterator<Item = std::io::Result<Vec<u8>>> + Send + Sync + 'static,
    ) -> impl Iterator<Item = std::io::Result<Frame<Bytes>>> + Send + Sync + 'static {
        let head = std::iter::once(Ok(self.head.clone().into_bytes()));
        let tail = std::iter::once(Ok(Self::tail().into_bytes()));
        head.chain(blocks).chain(tail).map(|block| block.map(|block| Frame::data(block.into())))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_length_is_that_of_the_body() {
        let form = Form::new(&json!({"key": "imports/1", "policy": "e30="}), 7);
        let body = form.around([Ok(b"phone\n".to_vec()), Ok(b"1".to_vec())].into_iter());
        let frames = body.map(|frame| frame.unwrap().into_data().unwrap());
        let body: Vec<u8> = frames.flat_map(|block| block.to_vec()).collect();
        assert_eq!(body.len() as u64, form.length());
        let text = String::from_utf8(body).unwrap();
        assert!(text.contains("name=\"policy\"\r\n\r\ne30=\r\n"));
        assert!(text.ends_with(&format!("phone\n1\r\n--{BOUNDARY}--\r\n")));
    }
}
