use super::*;
use crate::import::row::Content;

fn entry(text: &str) -> Entry {
    let line = Record { cells: vec![text.to_owned()], line: 3, ..Record::default() };
    Objects::default().entry(&line, 3, &Columns::default(), Region::default())
}

#[test]
fn nested_names_are_joined_and_lists_too() {
    let entry = entry(
        r#"{"phone": 14155550123, "attributes": {"City": "Oakland"}, "User": {"UserId": "b-3",
        "UserAttributes": {"Interests": ["bread", "cake"]}}, "email": null, "active": true}"#,
    );
    let pairs: Vec<(&str, &str)> = entry
        .header
        .names
        .iter()
        .map(String::as_str)
        .zip(entry.record.cells.iter().map(String::as_str))
        .collect();
    assert_eq!(
        pairs,
        [
            ("User.UserAttributes.Interests", "bread\u{FDD0}cake"),
            ("User.UserId", "b-3"),
            ("active", "true"),
            ("City", "Oakland"),
            ("phone", "14155550123"),
        ]
    );
    assert_eq!((entry.header.phones.as_slice(), entry.refusal), (&[4][..], None));
}

#[test]
fn a_file_of_hostile_objects_takes_little_memory() {
    let mut objects = Objects::default();
    let mut read = |text: String| {
        let line = Record { cells: vec![text], line: 3, ..Record::default() };
        let entry = objects.entry(&line, 3, &Columns::default(), Region::default());
        (entry.refusal, objects.headers.len())
    };
    let fields: Vec<String> = (0..100_000).map(|place| format!("\"{place}\":1")).collect();
    let fields = fields.join(",");
    let (refusal, kept) = read(format!("{{\"phone\":\"+14155550123\",{fields}}}"));
    let refusal = refusal.expect("refused");
    for part in ["more than 200 fields", "?attributes=none", "such as "] {
        assert!(refusal.contains(part), "{refusal}");
    }
    assert_eq!(kept, 0);
    let (refusal, kept) = read("{\"name\":\"Ana\"}".to_owned());
    assert!(refusal.is_some() && kept == 0, "refused names are not kept");
    let long = "x".repeat(500_000);
    let (refusal, kept) = read(format!("{{\"phone\":\"1\",\"{long}\":{{{fields}}}}}"));
    assert!(refusal.is_some() && kept == 0);
    let mut pairs = Vec::new();
    let nested = serde_json::json!({ (long.as_str()): { "a": 1, "b": 2 } });
    if let Value::Object(nested) = nested {
        flatten("", nested, MAX_COLUMNS, &mut pairs);
    }
    assert_eq!(pairs.len(), 2);
    assert!(pairs.iter().all(|(name, _)| name.len() == MAX_KEPT_NAME));
    let (refusal, kept) = read("{\"phone\":\"+14155550123\"}".to_owned());
    assert_eq!((refusal, kept), (None, 1));
}

#[test]
fn a_line_that_is_no_object_is_refused_by_itself() {
    let deep = format!("{{\"phone\": {}1{}}}", "[".repeat(500), "]".repeat(500));
    for (line, expected) in [
        ("[1]", "must be a JSON object"),
        ("{\"phone\":", "is not valid JSON"),
        ("{\"name\": \"Ana\"}", "has no field for a phone; its fields are name"),
        (&deep, "is not valid JSON"),
    ] {
        let refusal = entry(line).refusal.expect("refused");
        assert!(refusal.starts_with(expected), "{refusal}");
    }
    assert_eq!(entry(" \t").refusal, None, "a blank line");
}

#[test]
fn many_fields_can_be_left_out() {
    let fields: Vec<String> = (0..300).map(|place| format!("\"c{place}\":1")).collect();
    let text = format!("{{\"phone\":\"+14155550123\",{}}}", fields.join(","));
    let line = Record { cells: vec![text], line: 3, ..Record::default() };
    for (attributes, count) in [("none", 0), ("c1,c299", 2)] {
        let columns = Columns { attributes: Some(attributes.to_owned()), ..Columns::default() };
        let entry = Objects::default().entry(&line, 3, &columns, Region::default());
        assert_eq!((entry.refusal, entry.header.attributes.len()), (None, count));
    }
}

#[test]
fn a_repeated_name_is_refused_and_its_opt_out_is_kept() {
    let own = r#""id":null,"firstName":null,"lastName":null,"email":null,"externalId":null,
        "status":"active","tags":[],"timeZone":null,"language":null,"importId":null,
        "createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-01T00:00:00Z""#;
    for (fields, phones) in [
        (r#""phone":"+14153550123","optOut":"ALL","optOut":"NONE""#, &["+14153550123"][..]),
        (r#""phone":"+14153550123","optOut":"NONE","optOut":"ALL""#, &["+14153550123"]),
        (r#""phone":"+14153550123","optOut":"NONE","optOut":"NONE""#, &[]),
        (
            r#""phone":"4153550123","phone":"4153550124","optOut":true"#,
            &["+14153550123", "+14153550124"],
        ),
        (r#""phone":"+14153550123","optOut":"ALL","optOut":{},"optOut":"NONE""#, &["+14153550123"]),
        (r#""phone":"+14153550123","smsConsent":false,"smsConsent":true"#, &["+14153550123"]),
    ] {
        for others in ["", &format!(",{own}")] {
            let entry = entry(&format!("{{{fields}{others}}}"));
            let refusal = entry.refusal.as_deref().expect("refused");
            assert!(refusal.starts_with("has several values named '"), "{refusal}");
            let found = entry.opt_out(Region::default(), false);
            let found: Vec<String> =
                found.into_iter().flat_map(|it| it.phones).map(|it| it.to_string()).collect();
            assert_eq!(found, phones, "{fields}{others}");
        }
    }
}

#[test]
fn a_name_with_and_without_its_prefix_is_one() {
    let text = r#"{"phone":"+14153550123","optOut":"ALL","attributes":{"optOut":"NONE"}}"#;
    let entry = entry(text);
    assert_eq!(entry.refusal.as_deref(), Some("has several values named 'optOut'; keep one"));
    assert!(entry.opt_out(Region::default(), false).is_some());
}

#[test]
fn a_number_is_a_phone_only_if_it_has_all_digits() {
    for (written, is_phone) in [
        ("14153550123", true),
        ("4153550123", true),
        ("4153550123.0", true),
        ("4.15355e9", false),
        ("4.1535501e9", false),
        ("4153550123e0", false),
        ("4153550123.5", false),
    ] {
        let entry = entry(&format!("{{\"phone\":{written}}}"));
        let content = entry.reading(1, Region::default()).content;
        assert_eq!(matches!(content, Content::Row(_)), is_phone, "{written}: {content:?}");
    }
}
