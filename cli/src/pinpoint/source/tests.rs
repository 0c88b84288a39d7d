use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use super::*;

#[derive(Default)]
struct Seen {
    objects: Vec<Value>,
    skipped: Vec<String>,
}

impl Visitor for Seen {
    fn object(&mut self, _: &str, value: Value) {
        self.objects.push(value);
    }

    fn skipped(&mut self, _: &str, reason: &str) {
        self.skipped.push(reason.to_owned());
    }
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn archive(name: &str, content: &[u8]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_size(content.len() as u64);
    // `set_path` refuses the names that a hostile archive has.
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_cksum();
    builder.append(&header, content).unwrap();
    builder.into_inner().unwrap()
}

fn zipped(name: &str, content: &[u8]) -> Vec<u8> {
    let mut archive = rawzip::ZipArchiveWriter::new(Vec::new());
    let file = archive.new_file(rawzip::path::EntryPath::verbatim(name.as_bytes()));
    let file = file.compression_method(rawzip::CompressionMethod::DEFLATE);
    let (mut entry, config) = file.start().unwrap();
    let encoder = flate2::write::DeflateEncoder::new(&mut entry, Compression::best());
    let mut writer = config.wrap(encoder);
    writer.write_all(content).unwrap();
    let (encoder, descriptor) = writer.finish().unwrap();
    encoder.finish().unwrap();
    entry.finish(descriptor).unwrap();
    archive.finish().unwrap()
}

fn read(content: &[u8]) -> Seen {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("dump"), content).unwrap();
    let mut seen = Seen::default();
    visit(&[folder.path().to_owned()], &mut seen).unwrap();
    seen
}

#[test]
fn objects_are_found_in_every_wrapping() {
    let plain = b"{\"a\":1}{\"a\":2}\n{\n \"a\": 3\n}".as_slice();
    let members = [gzip(b"{\"a\":1}\n"), gzip(b"{\"a\":2}\n{\"a\":3}")].concat();
    let wrappings = [
        plain.to_vec(),
        b"[{\"a\":1},{\"a\":2},{\"a\":3}]".to_vec(),
        members.clone(),
        archive("export/part-1.gz", &members),
        gzip(&archive("part-1", plain)),
        zipped("export/part-1.gz", &members),
        zipped("part-1.json", plain),
        b"a\n1\n2\n3\n".to_vec(),
    ];
    for (place, content) in wrappings.iter().enumerate() {
        let seen = read(content);
        assert_eq!(seen.objects.len(), 3, "wrapping {place}: {:?}", seen.skipped);
        assert!(seen.skipped.is_empty());
    }
}

#[test]
fn hostile_archives_are_refused() {
    let object = b"{\"a\":1}".as_slice();
    for (content, reason) in [
        (archive("../../etc/passwd", object), "a path that leaves it"),
        (zipped("../x", object), "a path that leaves it"),
        (archive("/etc/passwd", object), "a path that leaves it"),
        (gzip(&vec![b' '; 4 * 1024 * 1024]), "far more than a dump"),
        (zipped("bomb", &vec![b' '; 4 * 1024 * 1024]), "far more than a dump"),
        (gzip(&gzip(&gzip(&gzip(object)))), "nested too deeply"),
        (format!("{{\"a\":\"{}\"}}", "x".repeat(2 * 1024 * 1024)).into_bytes(), "too large"),
        ("[".repeat(100_000).into_bytes(), "not valid JSON"),
        (b"{\"a\":1}{\"a\":".to_vec(), "not valid JSON"),
        (Vec::new(), "is empty"),
    ] {
        let seen = read(&content);
        assert_eq!(seen.skipped.len(), 1, "{reason}");
        assert!(seen.skipped[0].contains(reason), "{reason}: {}", seen.skipped[0]);
    }
}
