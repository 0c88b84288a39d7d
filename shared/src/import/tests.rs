use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::*;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/imports")
}

/// The columns and the encoding that a query names.
fn options(query: &str) -> (Columns, Option<Charset>) {
    let value = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
    };
    let columns = Columns {
        id: value("id"),
        phone: value("phone"),
        attributes: value("attributes"),
        ..Columns::default()
    };
    let encoding = value("encoding").map(|name| Charset::named(&name).expect("known"));
    (columns, encoding)
}

/// What is read from a file, one row per line.
fn transcript(content: &[u8], query: &str) -> String {
    let (columns, named) = options(query);
    let encoding = named.map(Charset::name);
    let options = Options { columns, encoding, ..Options::default() };
    let region = Region::default();
    let charset = Charset::of(content, named, region).expect("clear");
    let mut out = format!("?{query}\nencoding {}\n", charset.name());
    let read = ReadFile::of(content, true, &options, region);
    let (read, mut rows) =
        match read.and_then(|(read, layout)| Ok((read, opened(content, layout)?))) {
            Ok(opened) => opened,
            Err(refusal) => return out + &format!("refused: {refusal}\n"),
        };
    for warning in &read.warnings {
        writeln!(out, "warning: {}", warning.detail()).expect("a text");
    }
    while let Some(row) = rows.peek() {
        match row {
            Ok(reading) => describe(&mut out, &reading),
            Err(malformed) => return out + &format!("failed: {malformed}\n"),
        }
        if let Some(Ok(FirstReading { number, opt_out: Some(opt_out), .. })) = rows.peek_first() {
            let phones: Vec<String> = opt_out.phones.iter().map(ToString::to_string).collect();
            let at = opt_out.at.map(|at| format!(" at {at}")).unwrap_or_default();
            writeln!(out, "  opt-out of row {number}: {}{at}", phones.join(" ")).expect("a text");
        }
        rows.pass();
        rows.needs_bytes();
    }
    out
}

/// The rows of the second pass.
fn opened(content: &[u8], layout: Layout) -> Result<Rows, InvalidHeader> {
    let mut first = Rows::of(layout.clone(), content);
    let mut has_ids = false;
    while let Some(Ok(reading)) = first.peek_first() {
        has_ids |= reading.has_id;
        first.pass();
        first.needs_bytes();
    }
    let layout =
        if has_ids || !layout.has_unclear_ids() { layout } else { layout.without_ids()? };
    Ok(Rows::of(layout, content))
}

fn describe(out: &mut String, reading: &Reading) {
    let Reading { number, line, sheet_row: _, content } = reading;
    write!(out, "row {number}, line {line}: ").expect("a text");
    match content {
        Content::Skipped(SkipReason::Blank) => writeln!(out, "blank"),
        Content::Skipped(reason) => writeln!(out, "skipped, {reason:?}"),
        Content::Refused(error) => {
            let column = error.column.as_deref().unwrap_or("-");
            writeln!(out, "refused, {column:?} {}", error.reason)
        }
        Content::Row(row) => {
            let profile = &row.profile;
            let texts = [&profile.first_name, &profile.last_name, &profile.email];
            let texts: Vec<&str> =
                texts.iter().map(|text| text.as_deref().unwrap_or("-")).collect();
            let phone = profile.phone.as_ref().map_or("-", |phone| phone.as_str());
            writeln!(out, "{phone} {} {:?}", texts.join(" "), profile.attributes)
        }
    }
    .expect("a text");
}

/// Each file is an export of some program, with the expected result beside it. With
/// `RENEW_FIXTURES` set, the results are written again, to be reviewed before they are committed.
#[test]
fn files_are_read_as_their_programs_meant_them() {
    let mut count = 0;
    for entry in std::fs::read_dir(folder()).expect("the fixtures") {
        let path = entry.expect("a file").path();
        if path.extension().is_none_or(|extension| extension != "csv" && extension != "jsonl") {
            continue;
        }
        count += 1;
        let content = std::fs::read(&path).expect("the file");
        let expected_path = path.with_extension("txt");
        let expected = std::fs::read_to_string(&expected_path).expect("what is expected");
        let query = expected.lines().next().and_then(|line| line.strip_prefix('?'));
        let found = transcript(&content, query.expect("a query"));
        if std::env::var_os("RENEW_FIXTURES").is_some() {
            std::fs::write(&expected_path, found).expect("written");
        } else {
            assert_eq!(found, expected, "{}", path.display());
        }
    }
    assert!(count > 50, "{count}");
}

#[test]
fn an_import_goes_from_stage_to_stage() {
    let now = Timestamp::EPOCH;
    let (id, organization_id) = (ImportId::new(now, [0; 10]), OrganizationId::new(now, [1; 10]));
    let mut import = Import::new(id, organization_id, Options::default(), None, now);
    assert_eq!(import.stage(), Stage::Inspect);
    let read = ReadFile::of(b"phone\n", true, &import.options, Region::default());
    import.reading = read.ok().map(|(reading, _)| reading);
    assert_eq!(import.stage(), Stage::FirstPass);
    import.progress.first_pass.is_done = true;
    assert_eq!(import.stage(), Stage::SecondPass);
    import.status = Status::Done;
    assert_eq!(import.stage(), Stage::Over);
}

#[test]
fn the_first_character_shows_the_format() {
    let format = |text: &[u8]| Format::of(text, Charset::UTF_8);
    assert_eq!(format(b"\xef\xbb\xbf\n {\"phone\": 1}"), Format::Jsonl);
    assert_eq!(format(b"phone,{x}\n"), Format::Csv);
    assert_eq!(format(b""), Format::Csv);
}
