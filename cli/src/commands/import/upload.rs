//! Sending a large file to the bucket, by the form that the API signed.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::Context;
use crate::api::text;
use crate::failure::Failure;
use crate::progress::Progress;

mod form;

use form::Form;

/// A slow line needs a quarter of an hour for a gigabyte; the form is valid that long.
const TIMEOUT: Duration = Duration::from_mins(15);
const BLOCK: usize = 64 * 1024;

/// Uploads the file and starts its import. Returns the import's ID.
pub(super) async fn run(
    context: &Context,
    file: &Path,
    size: u64,
    request: &Value,
) -> Result<String, Failure> {
    let api = &context.api;
    let import = api.post(&api.path(&["contacts", "imports"]).await?, request).await?;
    let id = text(&import["id"]).to_owned();
    let upload = &import["upload"];
    let form = Form::new(&upload["fields"], size);
    let reading = Blocks::new(context, file, size)?;
    let body = reqwest::Body::wrap(http_body_util::StreamBody::new(futures::stream::iter(
        form.around(reading),
    )));
    api.upload(text(&upload["url"]), &Form::content_type(), form.length(), TIMEOUT, body).await?;
    api.act(&api.path(&["contacts", "imports", &id, "start"]).await?).await?;
    Ok(id)
}

/// The file's content, block by block, shown as progress.
struct Blocks {
    file: File,
    sent: u64,
    size: u64,
    progress: Progress,
    is_over: bool,
}

impl Blocks {
    fn new(context: &Context, path: &Path, size: u64) -> Result<Self, Failure> {
        let file = File::open(path).map_err(Failure::file(path))?;
        let progress = Progress::new(&context.output, "bytes uploaded");
        Ok(Self { file, sent: 0, size, progress, is_over: false })
    }
}

impl Iterator for Blocks {
    type Item = std::io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let mut block = vec![0; BLOCK];
        match self.file.read(&mut block) {
            Ok(0) => {
                self.is_over = true;
                None
            }
            Ok(count) => {
                block.truncate(count);
                self.sent += count as u64;
                self.progress.set(self.sent, Some(self.size));
                Some(Ok(block))
            }
            Err(error) => {
                self.is_over = true;
                Some(Err(error))
            }
        }
    }
}
