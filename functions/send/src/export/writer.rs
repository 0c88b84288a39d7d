//! The step of an export that writes rows: one part, or the rest of a run's time.

use infra::clock;
use infra::files::FileError;
use shared::export::{Encoder, Export, Parts, Position};
use shared::import::StoredFile;

use super::packer::Packer;
use super::pages::Pace;
use super::{CONTENT_TYPE, Run, Turn};

/// Rows that were read and packed, and are not saved yet.
struct Ahead {
    packer: Packer,
    rows: u64,
    next: Option<Position>,
}

impl Run<'_> {
    /// Writes the next part, or what there is of it when the run ends.
    pub(super) async fn write(&mut self) -> anyhow::Result<Turn> {
        if !self.has_claimed {
            match self.claim().await? {
                Turn::Next => self.has_claimed = true,
                Turn::Overtaken => return Ok(Turn::Overtaken),
            }
        }
        let encoder = Encoder::of(&self.export);
        let mut ahead = self.open(&encoder).await?;
        let mut share = Pace::begin();
        while let Some(at) = ahead.next.take() {
            let page = self.pages().rows(&at).await?;
            ahead.rows += page.rows.len() as u64;
            ahead.next = page.next;
            match encoder.rows(page.rows) {
                Ok(text) => {
                    ahead.packer.write(&text);
                    share.keep(page.lookups, text.len()).await;
                }
                Err(unknown) => {
                    return self.save(self.export.restarted(unknown, clock::now())).await;
                }
            }
            if ahead.packer.len() >= self.app.part_bytes {
                break;
            }
            if !self.has_time() && ahead.next.is_some() {
                return self.pause(ahead).await;
            }
        }
        self.write_part(ahead).await
    }

    /// Makes this run the only one that writes the next part. The first run begins the upload.
    async fn claim(&mut self) -> anyhow::Result<Turn> {
        let begun = match &self.export.parts.upload {
            Some(_) => None,
            None => Some(self.app.files.begin_parts(&self.export.key(), CONTENT_TYPE).await?),
        };
        let upload = begun.clone().or_else(|| self.export.parts.upload.clone());
        let claimed = self.export.claimed(upload.unwrap_or_default(), clock::now());
        let turn = self.save(claimed).await?;
        if let Some(upload) = begun.filter(|_| turn != Turn::Next) {
            self.app.files.abandon_parts(&self.export.key(), &upload).await;
        }
        Ok(turn)
    }

    /// Goes on behind what is saved.
    async fn open(&self, encoder: &Encoder) -> Result<Ahead, FileError> {
        let Export { parts, rows, position, .. } = &self.export;
        let rest = match &parts.rest {
            Some(rest) => self.read(rest).await?,
            None => Vec::new(),
        };
        let packer = if parts.are_empty() {
            let mut packer = Packer::begin();
            packer.write(&encoder.header());
            packer
        } else {
            Packer::resume(parts.gzip, rest)
        };
        Ok(Ahead { packer, rows: *rows, next: Some(position.clone()) })
    }

    async fn read(&self, file: &StoredFile) -> Result<Vec<u8>, FileError> {
        let mut content = Vec::new();
        while (content.len() as u64) < file.size {
            content.extend(self.app.files.read(file, content.len() as u64).await?);
        }
        Ok(content)
    }

    async fn write_part(&mut self, ahead: Ahead) -> anyhow::Result<Turn> {
        let Ahead { packer, rows, next } = ahead;
        let (content, gzip) = if next.is_none() { packer.finish() } else { packer.pause() };
        let (key, parts) = (self.export.key(), &self.export.parts);
        let upload = parts.upload.clone().unwrap_or_default();
        let part = self.app.files.write_part(&key, &upload, parts.claimed, content).await?;
        self.save(self.export.wrote(part, (rows, gzip), next, clock::now())).await
    }

    /// Saves what is too little for a part, and leaves the rest to another run.
    async fn pause(&mut self, ahead: Ahead) -> anyhow::Result<Turn> {
        let Ahead { packer, rows, next } = ahead;
        let (content, gzip) = packer.pause();
        let rest = self.app.files.put(self.export.rest_key(), CONTENT_TYPE, content).await?;
        let parts = Parts { rest: Some(rest), gzip, ..self.export.parts.clone() };
        let position = next.unwrap_or_default();
        let paused = self.export.paused(parts, rows, position, clock::now());
        self.save(paused).await
    }
}
