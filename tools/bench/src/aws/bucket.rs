//! A bucket whose every object is the same file of contacts. Its rows are made when they are read, so
//! that a file of any size takes no memory. Or it keeps what is put.

use std::sync::Mutex;

use hyper::header::{CONTENT_LENGTH, ETAG, HeaderValue, RANGE};

use bench::server::{Request, Response, response};

use super::locked;
use super::objects::Objects;

/// Every row is as long, so that any range of the file is found without the rest.
const WIDTH: u64 = 72;
const HEADER: &str = "phone,first name,last name,City,Plan";

const AREAS: [u16; 8] = [212, 213, 305, 312, 404, 415, 512, 617];

#[derive(Default)]
pub(crate) struct Bucket(Mutex<Content>);

enum Content {
    /// A file with this number of rows, its header not counted.
    Rows(u64),
    Kept(Objects),
}

impl Default for Content {
    fn default() -> Self {
        Self::Rows(0)
    }
}

impl Bucket {
    pub(crate) fn set_rows(&self, rows: u64) {
        *locked(&self.0) = Content::Rows(rows);
    }

    /// From now on keeps what is put, and has this file.
    pub(crate) fn set_file(&self, file: Vec<u8>) {
        *locked(&self.0) = Content::Kept(Objects::of(file));
    }

    /// The S3 operation of a request, and its response.
    pub(crate) fn answer(&self, request: &Request) -> (&'static str, Response) {
        let rows = match &mut *locked(&self.0) {
            Content::Kept(objects) => return objects.answer(request),
            Content::Rows(rows) => *rows,
        };
        let size = size(rows);
        let method = request.head.method.as_str();
        let (operation, mut response) = match method {
            "HEAD" => ("s3.HeadObject", response(200, "text/csv", Vec::new())),
            "GET" => {
                let asked = request.head.headers.get(RANGE).and_then(|range| range.to_str().ok());
                let (first, last) = asked.and_then(bounds).unwrap_or((0, size - 1));
                let body = range(first, last.min(size - 1));
                ("s3.GetObject", response(206, "text/csv", body))
            }
            _ => ("s3.PutObject", response(200, "text/csv", Vec::new())),
        };
        response.headers_mut().insert(ETAG, HeaderValue::from_static("\"bench\""));
        if method == "HEAD" {
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(size));
        }
        (operation, response)
    }
}

/// The size of a file with this number of rows and its header.
fn size(rows: u64) -> u64 {
    (rows + 1) * WIDTH
}

/// These bytes of the file, both ends included.
fn range(first: u64, last: u64) -> Vec<u8> {
    let text: String = (first / WIDTH..=last / WIDTH).map(row).collect();
    let skipped = usize::try_from(first % WIDTH).unwrap_or_default();
    let length = usize::try_from(last + 1 - first).unwrap_or_default();
    text.into_bytes().into_iter().skip(skipped).take(length).collect()
}

pub(super) fn bounds(range: &str) -> Option<(u64, u64)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

/// A row of the file; the first one is its header.
fn row(number: u64) -> String {
    let cells = match number.checked_sub(1) {
        None => HEADER.to_owned(),
        Some(index) => {
            format!("{},Emmanuelle,Number {index},San Francisco,gold", phone(index))
        }
    };
    let width = usize::try_from(WIDTH).unwrap_or_default() - 1;
    format!("{cells:<width$.width$}\n")
}

/// A number that may be assigned: no exchange of these ends in 11.
fn phone(index: u64) -> String {
    let areas = AREAS.len() as u64;
    let area = AREAS[usize::try_from(index % areas).unwrap_or_default()];
    let (exchange, line) = (index / areas / 10_000, index / areas % 10_000);
    format!("+1{area}{}{}{line:04}", 2 + exchange / 80 % 8, 20 + exchange % 80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_parts_of_one_file() {
        let whole = range(0, size(3) - 1);
        assert_eq!(whole.len() as u64, 4 * WIDTH);
        assert!(whole.starts_with(HEADER.as_bytes()));
        for (first, last) in [(0, 0), (5, 80), (71, 72), (200, 287)] {
            let part =
                usize::try_from(first).expect("small")..=usize::try_from(last).expect("small");
            assert_eq!(range(first, last), whole[part], "{first} {last}");
        }
        assert_eq!(bounds("bytes=5-80"), Some((5, 80)));
    }
}
