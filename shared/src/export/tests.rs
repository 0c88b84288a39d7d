use uuid::Uuid;

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::EPOCH.plus_seconds(seconds)
}

fn export(kind: Kind, format: Format) -> Export {
    let (id, organization) = (ExportId(Uuid::nil()), OrganizationId(Uuid::nil()));
    Export::new(id, organization, (kind, format, None), None, at(0))
}

fn part(number: u32) -> Part {
    Part { number, etag: Some(format!("\"{number}\"")), checksum: None, size: 10 }
}

#[test]
fn an_export_reads_completes_and_ends() {
    let export = export(Kind::Messages, Format::Csv);
    assert_eq!((export.stage(), export.expires_at()), (Stage::Rows, None));
    let claimed = export.claimed("upload".to_owned(), at(1));
    assert_eq!((claimed.status, claimed.parts.claimed), (Status::Running, 1));
    let gzip = Gzip { checksum: 7, plain: 100 };
    let next = Position { shard: 1, ..Position::default() };
    let wrote = claimed.wrote(part(1), (5, gzip), Some(next.clone()), at(2));
    assert_eq!((wrote.stage(), wrote.position.clone(), wrote.rows), (Stage::Rows, next, 5));
    assert_eq!(wrote.parts.claimed, 2, "each part has its own number");
    let read = wrote.wrote(part(2), (9, gzip), None, at(3));
    assert_eq!((read.stage(), read.parts.size()), (Stage::Complete, 20));
    let done = read.completed(20, at(4));
    assert_eq!((done.stage(), done.size, done.rows), (Stage::Over, Some(20), 9));
    assert_eq!(done.expires_at(), Some(at(4 + 7 * 86_400)));
    assert_eq!(done.parts, Parts::default());
}

/// What a run that was overtaken uploads has a number that no other run uses.
#[test]
fn two_runs_never_write_the_same_part() {
    let export = export(Kind::Messages, Format::Csv);
    let first = export.claimed("upload".to_owned(), at(1));
    let second = first.claimed("upload".to_owned(), at(2));
    assert_ne!(first.parts.claimed, second.parts.claimed);
    assert_ne!(first.rest_key(), second.rest_key());
    let wrote = second.wrote(part(2), (1, Gzip::default()), Some(Position::default()), at(3));
    assert!(wrote.parts.claimed > second.parts.claimed);
    let restarted = wrote.restarted(UnknownAttributes(["a".to_owned()].into()), at(4));
    assert!(restarted.parts.claimed > wrote.parts.claimed && restarted.parts.are_empty());
}

#[test]
fn attributes_get_columns_before_the_first_row() {
    let export = export(Kind::Contacts, Format::Csv);
    assert_eq!(export.stage(), Stage::Attributes);
    assert_eq!(self::export(Kind::Contacts, Format::Jsonl).stage(), Stage::Rows);
    let next = Position { shard: 3, ..Position::default() };
    let searched = export.searched(["a".to_owned()], Some(next.clone()), at(1));
    assert_eq!((searched.stage(), searched.position.clone()), (Stage::Attributes, next));
    let known = searched.searched(["b".to_owned()], None, at(2));
    assert_eq!((known.stage(), known.position.clone()), (Stage::Rows, Position::default()));
    assert_eq!(known.attributes.len(), 2);
    let many = (0..=MAX_ATTRIBUTE_COLUMNS).map(|number| number.to_string());
    let failed = known.searched(many, None, at(3));
    assert_eq!(failed.status, Status::Failed);
    assert!(failed.failure.expect("a reason").contains("jsonl"));
}

#[test]
fn an_export_starts_again_for_new_attributes_a_few_times() {
    let mut export = export(Kind::Contacts, Format::Csv).searched([], None, at(1));
    for restart in 0..MAX_RESTARTS {
        let found = UnknownAttributes([restart.to_string()].into());
        export = export.restarted(found, at(2));
        assert_eq!((export.stage(), export.rows), (Stage::Rows, 0));
    }
    let failed = export.restarted(UnknownAttributes(["z".to_owned()].into()), at(3));
    assert_eq!(failed.status, Status::Failed);
}

#[test]
fn a_file_has_a_limit() {
    let mut export = export(Kind::Messages, Format::Jsonl).claimed("upload".to_owned(), at(1));
    let mut number = 0;
    while export.stage() == Stage::Rows {
        number += 1;
        let next = Some(Position::default());
        export = export.wrote(part(number), (0, Gzip::default()), next, at(2));
    }
    assert_eq!((export.status, export.parts.written.len()), (Status::Failed, 2_500));
    assert!(serde_json::to_string(&export.parts).expect("JSON").len() < 350_000);
}
