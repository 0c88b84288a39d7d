//! Lists of files.

use shared::import::StoredFile;
use shared::time::Timestamp;

use super::{FileError, Files};
use crate::clock;

/// A file, and when it was written last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedFile {
    pub file: StoredFile,
    pub written_at: Timestamp,
}

impl Files {
    /// Up to 1,000 files whose names begin with `prefix`, and where the list goes on.
    pub async fn list(
        &self,
        prefix: &str,
        from: Option<String>,
    ) -> Result<(Vec<ListedFile>, Option<String>), FileError> {
        let list = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix);
        let listed = list.set_continuation_token(from).send().await;
        self.usage.call("s3.ListObjectsV2");
        let listed = listed.map_err(|error| FileError::request("list", prefix, error))?;
        let next = listed.next_continuation_token;
        let files = listed.contents.unwrap_or_default().into_iter().filter_map(|object| {
            let size = object.size.and_then(|size| size.try_into().ok()).unwrap_or_default();
            let at =
                object.last_modified.and_then(|at| Timestamp::from_millis(at.to_millis().ok()?));
            Some(ListedFile {
                file: StoredFile { key: object.key?, etag: object.e_tag, size },
                // A file that doesn't say when it was written is taken for a new one.
                written_at: at.unwrap_or_else(clock::now),
            })
        });
        Ok((files.collect(), next))
    }
}
