//! The file of an import, read block by block as its rows are needed.

use infra::files::{FileError, Files};
use shared::import::{HEAD_BYTES, Import, Layout, Position, Rows, Stage, StoredFile};

use crate::App;

/// The rows of a pass, and the file that they come from.
pub(super) struct Source {
    files: Files,
    file: StoredFile,
    /// How much of the file has been fed.
    offset: u64,
    stage: Stage,
    pub(super) rows: Rows,
}

impl Source {
    /// Opens an import's file where its current pass goes on; `Err` says why it cannot be read.
    pub(super) async fn open(
        app: &App,
        import: &Import,
    ) -> Result<Result<Self, String>, FileError> {
        let found = import.rows_file().cloned().zip(import.description());
        let Some((file, description)) = found else {
            return Ok(Err("the encoding of the file is unknown".to_owned()));
        };
        let head = head(&app.files, &file).await?;
        let layout = Layout::read(&head, file.size <= HEAD_BYTES, &description);
        let layout = layout.and_then(|layout| {
            let has_ids = import.progress.first_pass.has_ids;
            let is_clear = import.stage() == Stage::FirstPass || has_ids;
            if is_clear || !layout.has_unclear_ids() { Ok(layout) } else { layout.without_ids() }
        });
        let layout = match layout {
            Ok(layout) => layout,
            Err(invalid) => return Ok(Err(invalid.to_string())),
        };
        let rows = Rows::new(layout, position(import));
        let mut source = Self {
            files: app.files.clone(),
            file,
            offset: rows.offset(),
            stage: import.stage(),
            rows,
        };
        // Most files are read by one request.
        let read = usize::try_from(source.offset).ok().and_then(|offset| head.get(offset..));
        if let Some(read) = read {
            source.feed(read);
        }
        Ok(Ok(source))
    }

    /// Whether the next row is the one that the import goes on with.
    pub(super) fn is_at(&self, import: &Import) -> bool {
        self.stage == import.stage() && self.rows.position().rows == position(import).rows
    }

    /// Reads so much of the file that the next row can be peeked at, if there is one.
    pub(super) async fn fill(&mut self) -> Result<(), FileError> {
        while self.rows.needs_bytes() {
            if self.offset >= self.file.size {
                self.rows.end();
            } else {
                let block = self.files.read(&self.file, self.offset).await?;
                self.feed(&block);
            }
        }
        Ok(())
    }

    fn feed(&mut self, block: &[u8]) {
        self.offset += block.len() as u64;
        self.rows.feed(block);
    }
}

/// The first bytes of a file, by which it is recognized.
pub(super) async fn head(files: &Files, file: &StoredFile) -> Result<Vec<u8>, FileError> {
    if file.size == 0 { Ok(Vec::new()) } else { files.read(file, 0).await }
}

fn position(import: &Import) -> Position {
    match import.stage() {
        Stage::FirstPass => import.progress.first_pass.position,
        Stage::SecondPass | Stage::Inspect | Stage::Over => import.progress.second_pass,
    }
}
