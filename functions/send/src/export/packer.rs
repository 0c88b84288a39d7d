//! Compresses a file in pieces that different processes write.
//!
//! The pieces are one gzip stream of one member. Several members would be shorter to write, and RFC 1952
//! allows them, but many readers stop after the first one without an error. A piece ends at a byte, and
//! the next one refers to nothing before it, so only the checksum and the length are carried on.

use crc32fast::Hasher;
use flate2::{Compress, Compression, FlushCompress, Status};
use shared::export::Gzip;

/// Magic number, deflate, no flags, no time, no extra flags, unknown system: RFC 1952, 2.3.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/// How much room there is for each piece of output.
const ROOM: usize = 64 * 1024;

pub(super) struct Packer {
    compress: Compress,
    checksum: Hasher,
    plain: u64,
    packed: Vec<u8>,
}

impl Packer {
    /// Begins a file.
    pub(super) fn begin() -> Self {
        Self::resume(Gzip::default(), HEADER.to_vec())
    }

    /// Goes on with a file, of which `rest` was not written yet.
    pub(super) fn resume(gzip: Gzip, rest: Vec<u8>) -> Self {
        let Gzip { checksum, plain } = gzip;
        // The processor's share is small, and rows compress well at any level.
        let compress = Compress::new(Compression::fast(), false);
        Self { compress, checksum: Hasher::new_with_initial(checksum), plain, packed: rest }
    }

    pub(super) fn write(&mut self, text: &[u8]) {
        self.checksum.update(text);
        self.plain += text.len() as u64;
        self.deflate(text, FlushCompress::None);
    }

    /// The number of bytes that are packed so far.
    pub(super) fn len(&self) -> usize {
        self.packed.len()
    }

    /// Ends the piece so that another one can follow.
    pub(super) fn pause(mut self) -> (Vec<u8>, Gzip) {
        self.deflate(&[], FlushCompress::Full);
        let gzip = self.gzip();
        (self.packed, gzip)
    }

    /// Ends the file.
    pub(super) fn finish(mut self) -> (Vec<u8>, Gzip) {
        self.deflate(&[], FlushCompress::Finish);
        let gzip = self.gzip();
        self.packed.extend(gzip.checksum.to_le_bytes());
        // The length is stored modulo 2^32.
        self.packed.extend(&gzip.plain.to_le_bytes()[..4]);
        (self.packed, gzip)
    }

    fn gzip(&self) -> Gzip {
        Gzip { checksum: self.checksum.clone().finalize(), plain: self.plain }
    }

    fn deflate(&mut self, mut input: &[u8], flush: FlushCompress) {
        loop {
            self.packed.reserve(ROOM);
            let before = self.compress.total_in();
            let status = self.compress.compress_vec(input, &mut self.packed, flush);
            let status = status.expect("compression of valid input does not fail");
            let read = usize::try_from(self.compress.total_in() - before).unwrap_or(input.len());
            input = &input[read..];
            let has_room = self.packed.len() < self.packed.capacity();
            if status == Status::StreamEnd || (input.is_empty() && has_room) {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    /// What a reader finds that stops after the first member.
    fn unpacked(file: &[u8]) -> Vec<u8> {
        let mut plain = Vec::new();
        let mut decoder = GzDecoder::new(file);
        decoder.read_to_end(&mut plain).expect("a valid file");
        assert!(decoder.into_inner().is_empty(), "nothing follows the member");
        plain
    }

    /// Text that neither repeats nor is random.
    fn text(bytes: usize) -> Vec<u8> {
        let mut state = 7_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            b'a' + u8::try_from(state >> 24).unwrap_or_default() % 20
        };
        (0..bytes).map(|_| next()).collect()
    }

    #[test]
    fn pieces_of_many_processes_are_one_member() {
        for (size, piece) in [(0, 1), (1, 1), (1_000, 7), (300_000, 50_000), (1_000_000, 999_999)] {
            let plain = text(size);
            let (mut file, mut gzip, mut is_first) = (Vec::new(), Gzip::default(), true);
            for chunk in plain.chunks(piece) {
                let mut packer =
                    if is_first { Packer::begin() } else { Packer::resume(gzip, Vec::new()) };
                is_first = false;
                packer.write(chunk);
                let (bytes, after) = packer.pause();
                file.extend(bytes);
                gzip = after;
            }
            let last = if is_first { Packer::begin() } else { Packer::resume(gzip, Vec::new()) };
            let (bytes, after) = last.finish();
            file.extend(bytes);
            assert_eq!(unpacked(&file), plain, "{size} {piece}");
            assert_eq!(after.plain, size as u64);
        }
    }

    #[test]
    fn a_rest_is_written_before_what_follows() {
        let mut packer = Packer::begin();
        packer.write(b"first ");
        let (rest, gzip) = packer.pause();
        let mut packer = Packer::resume(gzip, rest);
        packer.write(b"second");
        let (file, _) = packer.finish();
        assert_eq!(unpacked(&file), b"first second");
    }
}
