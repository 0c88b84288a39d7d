//! docs/capacity.md and its picture match the program's output.

use std::path::PathBuf;

fn read(name: &str) -> String {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs")).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lines of a table that follow a comment with its name.
fn table_of<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = document.split_once(&format!("<!-- {name} -->\n"))?;
    let end = rest.split_inclusive('\n').take_while(|line| line.starts_with('|'));
    Some(&rest[..end.map(str::len).sum()])
}

#[test]
fn the_tables_are_what_the_program_prints() {
    let document = read("capacity.md");
    for (name, table) in capacity::report::tables() {
        assert!(table.lines().count() > 2, "{name} is empty");
        let found = table_of(&document, name);
        assert_eq!(found, Some(table.as_str()), "run `cargo run --release -p capacity`: {name}");
    }
}

#[test]
fn the_picture_is_what_the_program_draws() {
    assert_eq!(read("capacity.svg"), capacity::picture::svg(), "run `capacity picture`");
}
