//! The file of an import, read block by block as its rows are needed.

use std::collections::VecDeque;
use std::sync::Arc;

use infra::files::{FileError, Files};
use shared::import::{
    HEAD_BYTES, Import, Layout, Malformed, MatchBy, Position, Reading, Rows, Stage, StoredFile,
};

use crate::App;

/// The rows of a pass, and the file that they come from.
pub(super) struct Source {
    files: Files,
    file: StoredFile,
    /// How much of the file has been fed.
    offset: u64,
    stage: Stage,
    pub(super) rows: Rows,
    /// Rows that are read and not passed yet, each with where the next one begins.
    ahead: VecDeque<(Arc<Reading>, Position)>,
    /// Why the file cannot be read after those.
    malformed: Option<Malformed>,
    position: Position,
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
            if has_ids(import, &layout) { Ok(layout) } else { layout.without_ids() }
        });
        let layout = match layout {
            Ok(layout) => layout,
            Err(invalid) => return Ok(Err(invalid.to_string())),
        };
        let position = position(import);
        let rows = Rows::new(layout, position);
        let mut source = Self {
            files: app.files.clone(),
            file,
            offset: rows.offset(),
            stage: import.stage(),
            rows,
            ahead: VecDeque::new(),
            malformed: None,
            position,
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
        let is_first = self.stage == Stage::FirstPass;
        let here = if is_first { self.rows.position() } else { self.position };
        self.stage == import.stage() && here.rows == position(import).rows
    }

    /// Reads up to this number of rows ahead.
    pub(super) async fn read_ahead(&mut self, count: usize) -> Result<(), FileError> {
        while self.ahead.len() < count && self.malformed.is_none() {
            self.fill().await?;
            match self.rows.peek() {
                Some(Ok(reading)) => {
                    self.rows.pass();
                    self.ahead.push_back((Arc::new(reading), self.rows.position()));
                }
                Some(Err(malformed)) => self.malformed = Some(malformed),
                None => break,
            }
        }
        Ok(())
    }

    /// The rows that are read ahead, up to `count`.
    pub(super) fn ahead(&self, count: usize) -> Vec<Arc<Reading>> {
        self.ahead.iter().take(count).map(|(reading, _)| Arc::clone(reading)).collect()
    }

    /// Why the file cannot be read after its last row, unless that is its end.
    pub(super) fn end(&self) -> Option<Malformed> {
        self.malformed.clone()
    }

    /// Passes the first of the rows that are read ahead, and returns where the next one begins.
    pub(super) fn pass(&mut self) -> Position {
        if let Some((_, position)) = self.ahead.pop_front() {
            self.position = position;
        }
        self.position
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

/// The first bytes of a file, which show what it is.
pub(super) async fn head(files: &Files, file: &StoredFile) -> Result<Vec<u8>, FileError> {
    if file.size == 0 { Ok(Vec::new()) } else { files.read(file, 0).await }
}

/// Whether the rows may have contacts' ids. The first pass reads them in any case, since an opt-out may
/// name its contact, and finds out about a column that is only named like one.
fn has_ids(import: &Import, layout: &Layout) -> bool {
    let is_matched = import.match_by() == MatchBy::Id;
    let are_known = import.progress.first_pass.has_ids || !layout.has_unclear_ids();
    import.stage() == Stage::FirstPass || (is_matched && are_known)
}

fn position(import: &Import) -> Position {
    if import.stage() == Stage::FirstPass {
        import.progress.first_pass.position
    } else {
        import.progress.second_pass
    }
}
