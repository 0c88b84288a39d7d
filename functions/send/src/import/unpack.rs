//! Unpacking an archive into a plain file, which can be read from any place on.

use infra::clock;
use infra::files::{FileError, Upload};
use shared::import::limits::MAX_PACKED_BYTES;
use shared::import::{Batch, StoredFile};
use shared::time::Timestamp;

use super::gunzip::Gunzip;
use crate::App;

const TOO_LARGE: &str = "the archive is larger than 1 GB; split it, or send the file unpacked";
const TOO_SLOW: &str = "the archive takes too long to unpack; split it, or send the file unpacked";

/// Unpacks `packed` to `key` before `deadline`; `Err` says why it cannot be unpacked.
pub(super) async fn unpack(
    app: &App,
    packed: &StoredFile,
    key: String,
    deadline: Timestamp,
) -> Result<Result<StoredFile, String>, FileError> {
    if packed.size > MAX_PACKED_BYTES {
        return Ok(Err(TOO_LARGE.to_owned()));
    }
    let mut upload = app.files.upload(key, "text/plain");
    match write(app, packed, &mut upload, deadline).await? {
        Ok(()) => Ok(Ok(upload.finish().await?)),
        Err(reason) => {
            upload.abandon().await;
            Ok(Err(reason))
        }
    }
}

async fn write(
    app: &App,
    packed: &StoredFile,
    upload: &mut Upload<'_>,
    deadline: Timestamp,
) -> Result<Result<(), String>, FileError> {
    let mut gunzip = Gunzip::new();
    let mut offset = 0;
    while offset < packed.size {
        if !Batch::fits(clock::now(), deadline) {
            return Ok(Err(TOO_SLOW.to_owned()));
        }
        let block = app.files.read(packed, offset).await?;
        offset += block.len() as u64;
        let mut rest = &block[..];
        while !rest.is_empty() {
            let piece = match gunzip.unpack(rest) {
                Ok((behind, piece)) => {
                    rest = behind;
                    piece
                }
                Err(refused) => return Ok(Err(refused.to_string())),
            };
            upload.write(&piece).await?;
        }
    }
    match gunzip.finish() {
        Ok(last) => {
            upload.write(&last).await?;
            Ok(Ok(()))
        }
        Err(refused) => Ok(Err(refused.to_string())),
    }
}
