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
    let charset = Charset::of(content, named, Region::default()).expect("clear");
    let mut out = format!("?{query}\nencoding {}\n", charset.name());
    let mut rows = match Rows::open(content, charset, &columns, Region::default()) {
        Ok(rows) => rows,
        Err(refusal) => return out + &format!("refused: {refusal}\n"),
    };
    while let Some(row) = rows.peek() {
        match row {
            Ok(reading) => describe(&mut out, &reading),
            Err(malformed) => return out + &format!("failed: {malformed}\n"),
        }
        if let Some(Ok((number, Some(opt_out)))) = rows.peek_opt_out() {
            let phones: Vec<String> = opt_out.phones.iter().map(ToString::to_string).collect();
            let at = opt_out.at.map(|at| format!(" at {at}")).unwrap_or_default();
            writeln!(out, "  opt-out of row {number}: {}{at}", phones.join(" ")).expect("a text");
        }
        rows.pass();
    }
    out
}

fn describe(out: &mut String, reading: &Reading) {
    let Reading { number, line, content } = reading;
    write!(out, "row {number}, line {line}: ").expect("a text");
    match content {
        Content::Blank => writeln!(out, "blank"),
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
        if path.extension().is_none_or(|extension| extension != "csv") {
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
fn steps_grow_with_every_save() {
    let pass = |rows, is_done| FirstPass { rows, is_done, opt_outs: 0 };
    let progress = |first_pass, rows| Progress { first_pass, rows, ..Progress::default() };
    let saves = [
        progress(pass(0, false), 0),
        progress(pass(2, false), 0),
        progress(pass(3, true), 0),
        progress(pass(3, true), 1),
    ];
    assert!(saves.is_sorted_by(|before, after| before.steps() < after.steps()));
    assert!(pass(0, true) != pass(0, false) && progress(pass(0, true), 0).steps() > 0);
}

#[test]
fn progress_of_older_versions_is_read() {
    let stored = r#"{"rows": 3, "created": 2, "updated": 0, "rejected": 1,
        "errors": [{"row": 2, "column": null, "reason": "names no contact"}]}"#;
    let progress: Progress = serde_json::from_str(stored).expect("readable");
    assert_eq!((progress.steps(), progress.first_pass.is_done, progress.blank), (3, false, 0));
    assert_eq!(progress.errors[0].line, None);
}
