//! Unpacking gzip within bounds.

use std::io::Write;

use flate2::write::MultiGzDecoder;
use shared::import::limits::{MAX_PLAIN_BYTES, MAX_RATIO, RATIO_FROM_BYTES};

/// What is unpacked at once. It becomes at most a thousand times as much.
const SLICE: usize = 4 * 1024;

/// Unpacks a file of one or several gzip members that arrives piece by piece.
pub(crate) struct Gunzip {
    decoder: MultiGzDecoder<Vec<u8>>,
    packed: u64,
    plain: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error("the gzip archive is damaged or cut off; pack the file again")]
    Damaged,
    #[error("the unpacked file is larger than {MAX_PLAIN_BYTES} bytes; split it")]
    TooLarge,
    #[error(
        "the unpacked file is more than {MAX_RATIO} times as large as the archive; send it unpacked"
    )]
    Bomb,
}

impl Gunzip {
    pub(crate) fn new() -> Self {
        Self { decoder: MultiGzDecoder::new(Vec::new()), packed: 0, plain: 0 }
    }

    /// Unpacks a slice from the beginning of `packed`, and returns the rest and the unpacked bytes.
    pub(crate) fn unpack<'p>(&mut self, packed: &'p [u8]) -> Result<(&'p [u8], Vec<u8>), Refused> {
        let (slice, rest) = packed.split_at(packed.len().min(SLICE));
        self.decoder.write_all(slice).map_err(|_| Refused::Damaged)?;
        self.packed += slice.len() as u64;
        Ok((rest, self.taken()?))
    }

    /// The last of the unpacked file.
    pub(crate) fn finish(mut self) -> Result<Vec<u8>, Refused> {
        self.decoder.try_finish().map_err(|_| Refused::Damaged)?;
        self.taken()
    }

    fn taken(&mut self) -> Result<Vec<u8>, Refused> {
        let plain = std::mem::take(self.decoder.get_mut());
        self.plain += plain.len() as u64;
        if self.plain > MAX_PLAIN_BYTES {
            return Err(Refused::TooLarge);
        }
        if self.plain > RATIO_FROM_BYTES && self.plain > self.packed * MAX_RATIO {
            return Err(Refused::Bomb);
        }
        Ok(plain)
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).expect("in memory");
        encoder.finish().expect("in memory")
    }

    fn unpacked(mut packed: &[u8]) -> Result<Vec<u8>, Refused> {
        let mut gunzip = Gunzip::new();
        let mut plain = Vec::new();
        while !packed.is_empty() {
            let (rest, piece) = gunzip.unpack(packed)?;
            plain.extend(piece);
            packed = rest;
        }
        plain.extend(gunzip.finish()?);
        Ok(plain)
    }

    #[test]
    fn all_members_are_unpacked() {
        let first = "+14153550123\n".repeat(20_000);
        let members = [packed(first.as_bytes()), packed(b"+14153559999\n"), packed(b"")].concat();
        let expected = format!("{first}+14153559999\n").into_bytes();
        assert_eq!(unpacked(&members), Ok(expected));
    }

    #[test]
    fn a_damaged_archive_is_refused_whole() {
        let archive = packed(b"phone\n+14153550123\n");
        let cut = &archive[..archive.len() - 1];
        let mut flipped = archive.clone();
        let crc = flipped.len() - 8;
        flipped[crc] ^= 1;
        let garbage = [&*archive, b"garbage behind the end"].concat();
        for damaged in [cut, &archive[..5], &flipped, &garbage] {
            assert_eq!(unpacked(damaged), Err(Refused::Damaged));
        }
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_unpacked() {
        let zeros = vec![b'0'; usize::try_from(RATIO_FROM_BYTES).expect("small") * 2];
        let bomb = packed(&zeros);
        assert!(bomb.len() < 100_000);
        assert_eq!(unpacked(&bomb), Err(Refused::Bomb));
        assert!(unpacked(&packed(&zeros[..1_000_000])).is_ok(), "small files may be regular");
    }
}
