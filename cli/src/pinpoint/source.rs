//! Finds the objects in files, folders and archives, without unpacking anything to the disk.

use std::cell::Cell;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use flate2::read::{DeflateDecoder, MultiGzDecoder};

use super::{Unreadable, Visitor, table};

const MEGABYTE: u64 = 1024 * 1024;
/// Pinpoint's largest import job is 1 GB. What unpacks to more than this is not a dump.
const MAX_UNPACKED: u64 = 10 * 1024 * MEGABYTE;
/// JSON packs well, but not better than this.
const MAX_RATIO: u64 = 200;
/// Below this, a small file may pack well by chance. Tests reach this limit and the next one, so theirs are
/// lower.
const FREE: u64 = if cfg!(test) { MEGABYTE } else { 16 * MEGABYTE };
/// The largest object: the AWS CLI prints a whole list of opt-outs as one, of half a million numbers here.
const MAX_OBJECT: u64 = if cfg!(test) { MEGABYTE } else { 64 * MEGABYTE };
/// A `.tar.gz` in a `.zip` is as deep as dumps go.
const MAX_DEPTH: u32 = 3;

/// Reads these files and folders, in order of their names.
pub(crate) fn visit(paths: &[PathBuf], visitor: &mut dyn Visitor) -> Result<(), Unreadable> {
    for path in paths {
        let about = |error: std::io::Error| Unreadable(format!("{}: {error}", path.display()));
        if std::fs::metadata(path).map_err(about)?.is_dir() {
            let entries = std::fs::read_dir(path).map_err(about)?;
            let mut inner: Vec<_> =
                entries.map(|entry| Ok(entry?.path())).collect::<Result<_, _>>().map_err(about)?;
            // A link may lead anywhere, or in circles.
            inner.retain(|path| !path.is_symlink());
            inner.sort();
            visit(&inner, visitor)?;
            continue;
        }
        let name = path.display().to_string();
        if let Err(Unreadable(reason)) = file(path, &name, visitor) {
            visitor.skipped(&name, &reason);
        }
    }
    Ok(())
}

fn file(path: &Path, name: &str, visitor: &mut dyn Visitor) -> Result<(), Unreadable> {
    let mut file = File::open(path)?;
    let mut head = [0; 4];
    let length = file.read(&mut head)?;
    if head[..length] == *b"PK\x03\x04" {
        return zip(path, name, visitor);
    }
    let size = file.metadata()?.len();
    let file = File::open(path)?;
    stream(&mut BufReader::new(file), name, Budget::new(size), 0, visitor)
}

/// How many bytes an archive may still unpack to.
#[derive(Clone)]
struct Budget(Rc<Cell<u64>>);

impl Budget {
    fn new(packed: u64) -> Self {
        let most = packed.saturating_mul(MAX_RATIO).clamp(FREE, MAX_UNPACKED);
        Self(Rc::new(Cell::new(most)))
    }
}

/// Reads until the budget is used up.
struct Bounded<R> {
    inner: R,
    left: Budget,
    message: &'static str,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        match self.left.0.get().checked_sub(count as u64) {
            Some(left) => self.left.0.set(left),
            None => return Err(std::io::Error::other(self.message)),
        }
        Ok(count)
    }
}

/// A file, or a part of an archive.
fn stream(
    reader: &mut dyn BufRead,
    name: &str,
    budget: Budget,
    depth: u32,
    visitor: &mut dyn Visitor,
) -> Result<(), Unreadable> {
    let head = reader.fill_buf()?;
    if head.is_empty() {
        return Err(Unreadable("the file is empty".to_owned()));
    }
    let is_tar = head.get(257..262) == Some(b"ustar");
    if (is_tar || head.starts_with(b"\x1f\x8b")) && depth == MAX_DEPTH {
        return Err(Unreadable("archives are nested too deeply".to_owned()));
    }
    if head.starts_with(b"\x1f\x8b") {
        let inner = Bounded {
            inner: MultiGzDecoder::new(reader),
            left: budget.clone(),
            message: "unpacks to far more than a dump has",
        };
        return stream(&mut BufReader::new(inner), name, budget, depth + 1, visitor);
    }
    if is_tar {
        return tar(reader, name, &budget, depth, visitor);
    }
    if head.starts_with(b"PK\x03\x04") {
        return Err(Unreadable("is a zip inside of another archive; unpack it first".to_owned()));
    }
    match head.iter().find(|byte| !byte.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(byte)) {
        Some(b'{' | b'[') => objects(reader, name, visitor),
        _ => table::rows(reader, name, visitor),
    }
}

fn tar(
    reader: &mut dyn BufRead,
    name: &str,
    budget: &Budget,
    depth: u32,
    visitor: &mut dyn Visitor,
) -> Result<(), Unreadable> {
    let mut archive = tar::Archive::new(reader);
    for entry in archive.entries()? {
        let entry = entry?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let path = entry.path()?.into_owned();
        check_path(&path)?;
        let inner = format!("{name}/{}", path.display());
        let read = stream(&mut BufReader::new(entry), &inner, budget.clone(), depth + 1, visitor);
        if let Err(Unreadable(reason)) = read {
            visitor.skipped(&inner, &reason);
        }
    }
    Ok(())
}

fn zip(path: &Path, name: &str, visitor: &mut dyn Visitor) -> Result<(), Unreadable> {
    let file = File::open(path)?;
    let budget = Budget::new(file.metadata()?.len());
    let invalid = |error: rawzip::Error| Unreadable(error.to_string());
    let mut buffer = vec![0; rawzip::RECOMMENDED_BUFFER_SIZE];
    let archive = rawzip::ZipArchive::from_file(file, &mut buffer).map_err(invalid)?;
    let mut entries = archive.entries(&mut buffer);
    while let Some(entry) = entries.next_entry().map_err(invalid)? {
        if entry.is_dir() {
            continue;
        }
        let inner = String::from_utf8_lossy(entry.file_path().as_ref()).into_owned();
        check_path(Path::new(&inner))?;
        let inner = format!("{name}/{inner}");
        let method = entry.compression_method();
        let packed = archive.get_entry(entry.wayfinder()).map_err(invalid)?;
        let reader: Box<dyn Read> = match method {
            rawzip::CompressionMethod::STORE => Box::new(packed.reader()),
            rawzip::CompressionMethod::DEFLATE => Box::new(DeflateDecoder::new(packed.reader())),
            _ => {
                visitor.skipped(&inner, "is compressed in a way that only few programs know");
                continue;
            }
        };
        let reader = packed.verifying_reader(Bounded {
            inner: reader,
            left: budget.clone(),
            message: "unpacks to far more than a dump has",
        });
        let read = stream(&mut BufReader::new(reader), &inner, budget.clone(), 1, visitor);
        if let Err(Unreadable(reason)) = read {
            visitor.skipped(&inner, &reason);
        }
    }
    Ok(())
}

/// Nothing is written under an archive's names, but one that climbs out of its folder was made to harm.
fn check_path(path: &Path) -> Result<(), Unreadable> {
    let is_safe = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if path.components().all(is_safe) && !path.to_string_lossy().contains('\\') {
        return Ok(());
    }
    Err(Unreadable(format!("the archive has a path that leaves it: {}", path.display())))
}

/// JSON objects behind each other, with or without line ends, or in a list.
fn objects(
    reader: &mut dyn BufRead,
    name: &str,
    visitor: &mut dyn Visitor,
) -> Result<(), Unreadable> {
    let left = Budget(Rc::new(Cell::new(MAX_OBJECT)));
    let reader =
        Bounded { inner: reader, left: left.clone(), message: "an object is too large for a dump" };
    let reader = BufReader::with_capacity(64 * 1024, reader);
    let stream = serde_json::Deserializer::from_reader(reader).into_iter::<serde_json::Value>();
    for value in stream {
        let value = value.map_err(|error| Unreadable(format!("is not valid JSON: {error}")))?;
        left.0.set(MAX_OBJECT);
        match value {
            serde_json::Value::Array(items) => {
                for item in items {
                    visitor.object(name, item);
                }
            }
            value => visitor.object(name, value),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
