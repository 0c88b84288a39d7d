//! A gzip file of several members, as exports are: readers that stop after the first one lose the rest.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

/// The unpacked size of a member, at least. It ends in the middle of a line.
const MEMBER: usize = if cfg!(test) { 4 * 1024 } else { 16 * 1024 * 1024 };

pub struct Members<W: Write> {
    member: Option<GzEncoder<W>>,
    written: usize,
}

impl<W: Write> Members<W> {
    pub fn new(out: W) -> Self {
        Self { member: Some(GzEncoder::new(out, Compression::fast())), written: 0 }
    }

    /// Ends the last member.
    pub fn finish(mut self) -> io::Result<W> {
        self.member()?.try_finish()?;
        self.member.take().ok_or_else(broken)?.finish()
    }

    fn member(&mut self) -> io::Result<&mut GzEncoder<W>> {
        self.member.as_mut().ok_or_else(broken)
    }
}

/// An earlier error has cost the writer.
fn broken() -> io::Error {
    io::ErrorKind::BrokenPipe.into()
}

impl<W: Write> Write for Members<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.written >= MEMBER {
            let out = self.member.take().ok_or_else(broken)?.finish()?;
            self.member = Some(GzEncoder::new(out, Compression::fast()));
            self.written = 0;
        }
        let count = self.member()?.write(bytes)?;
        self.written += count;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.member()?.flush()
    }
}
