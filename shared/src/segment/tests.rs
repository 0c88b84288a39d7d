mod properties;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::contact::{Attribute, Contact, Profile, Status};
use crate::ids::{ContactId, ImportId, OrganizationId, SegmentId};
use crate::import::Imported;
use crate::phone::Phone;

fn moment(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn at() -> Moment {
    let zone = "America/New_York".parse().expect("a zone");
    Moment { now: moment("2026-11-27T12:00:00Z"), zone }
}

fn ana() -> Contact {
    let attributes = [
        ("City", Attribute::from("Austin")),
        ("Points", Attribute::from("0950")),
        ("Stores", Attribute::List(vec!["North".to_owned(), "South".to_owned()])),
        ("Renewal", Attribute::from("2026-12-01")),
    ];
    let profile = Profile {
        phone: Phone::from_e164("+14155550123").ok(),
        first_name: Some("Ana".to_owned()),
        tags: ["vip", "spring"].map(str::to_owned).into(),
        attributes: attributes.map(|(name, value)| (name.to_owned(), value)).into(),
        ..Profile::default()
    };
    Contact {
        id: ContactId(Uuid::nil()),
        organization_id: OrganizationId(Uuid::nil()),
        profile,
        imported: None,
        created_at: moment("2026-11-01T03:30:00Z"),
        updated_at: moment("2026-11-26T00:00:00Z"),
    }
}

fn expanded(filter: &Value) -> Expanded {
    let filter = Filter::parse(filter).expect("a filter");
    filter.expanded(&|_| None).expect("no references")
}

fn check(filter: &Value, expected: bool) {
    assert_eq!(expanded(filter).matches(&ana(), &at()), expected, "{filter}");
}

fn leaf(field: &Value, op: &str, value: &Value) -> Value {
    json!({"field": field, "op": op, "value": value})
}

#[test]
fn texts_are_compared_exactly_and_lists_by_any_element() {
    let stores = json!({"attribute": "Stores"});
    for (field, op, value, expected) in [
        (json!("firstName"), "eq", json!("Ana"), true),
        (json!("firstName"), "eq", json!("ana"), false),
        (json!("firstName"), "startsWith", json!("A"), true),
        (json!("firstName"), "contains", json!("na"), true),
        (json!("country"), "in", json!(["US", "CA"]), true),
        (json!("tags"), "in", json!(["vip", "x"]), true),
        (json!("tags"), "notIn", json!(["x", "vip"]), false),
        (json!("tags"), "ne", json!("vip"), false),
        (json!("tags"), "ne", json!("x"), true),
        (json!("status"), "eq", json!("active"), true),
        (stores.clone(), "eq", json!("South"), true),
        (stores.clone(), "ne", json!("South"), false),
        (stores, "startsWith", json!("S"), true),
    ] {
        check(&leaf(&field, op, &value), expected);
    }
}

#[test]
fn a_missing_field_matches_only_what_says_so() {
    for (op, value, expected) in [
        ("eq", json!("x"), false),
        ("ne", json!("x"), false),
        ("in", json!(["x"]), false),
        ("notIn", json!(["x"]), true),
        ("contains", json!("x"), false),
        ("lt", json!(5), false),
        ("between", json!([1, 5]), false),
        ("before", json!("2026-01-01"), false),
        ("withinLast", json!("5d"), false),
    ] {
        check(&leaf(&json!("lastName"), op, &value), expected);
    }
    check(&json!({"field": "lastName", "op": "missing"}), true);
    check(&json!({"field": "lastName", "op": "exists"}), false);
    check(&json!({"field": "tags", "op": "exists"}), true);
    check(&json!({"none": [leaf(&json!("lastName"), "eq", &json!("x"))]}), true);
}

#[test]
fn numbers_compare_as_numbers_if_both_are() {
    let points = json!({"attribute": "Points"});
    for (op, value, expected) in [
        ("gt", json!(900), true),
        ("gt", json!("900"), true),
        ("gt", json!(950), false),
        ("gte", json!(950.0), true),
        ("lt", json!(1000), true),
        ("between", json!([900, 950]), true),
        ("between", json!([951, 2000]), false),
        ("eq", json!("950"), false),
        ("eq", json!("0950"), true),
        ("lte", json!("1"), false),
    ] {
        check(&leaf(&points, op, &value), expected);
    }
    let city = json!({"attribute": "City"});
    check(&leaf(&city, "gt", &json!(5)), false);
    check(&leaf(&city, "lt", &json!(5)), false);
    check(&leaf(&city, "lt", &json!("B")), true);
}

#[test]
fn dates_are_in_the_organizations_zone() {
    // Created on October 31 in New York.
    for (field, op, value, expected) in [
        (json!("createdAt"), "before", json!("2026-11-01"), true),
        (json!("createdAt"), "before", json!("2026-11-01T03:00:00Z"), false),
        (json!("createdAt"), "after", json!("2026-10-31"), false),
        (json!("createdAt"), "after", json!("2026-10-30"), true),
        (json!("createdAt"), "between", json!(["2026-10-31", "2026-10-31"]), true),
        (json!("createdAt"), "between", json!(["2026-11-01", "2026-11-02"]), false),
        (json!("updatedAt"), "withinLast", json!("2d"), true),
        (json!("updatedAt"), "withinLast", json!("12h"), false),
        (json!({"attribute": "Renewal"}), "after", json!("2026-11-30"), true),
        (json!({"attribute": "Renewal"}), "after", json!("2026-12-01"), false),
        (json!({"attribute": "Renewal"}), "between", json!(["2026-12-01", "2026-12-31"]), true),
        (json!({"attribute": "City"}), "after", json!("2000-01-01"), false),
    ] {
        check(&leaf(&field, op, &value), expected);
    }
}

#[test]
fn a_bad_filter_is_refused_at_its_place() {
    let many: Vec<Value> = (0..51).map(|_| json!({"field": "tags", "op": "exists"})).collect();
    let values: Vec<Value> = (0..101).map(|n| json!(n.to_string())).collect();
    let deep =
        (0..5).fold(json!({"field": "tags", "op": "exists"}), |node, _| json!({"all": [node]}));
    for (filter, pointer) in [
        (json!([]), ""),
        (json!({}), ""),
        (json!({"all": []}), "/all"),
        (json!({"all": [{"any": {}}]}), "/all/0/any"),
        (json!({"all": [{"not": []}]}), "/all/0"),
        (json!({"all": [], "any": []}), ""),
        (json!({"segment": "x"}), "/segment"),
        (json!({"field": "Name", "op": "exists"}), "/field"),
        (json!({"field": "attributes.City", "op": "exists"}), "/field"),
        (json!({"field": {"attribute": 1}, "op": "exists"}), "/field"),
        (json!({"op": "exists"}), "/field"),
        (json!({"field": "tags"}), "/op"),
        (json!({"field": "tags", "op": "like"}), "/op"),
        (json!({"field": "tags", "op": "exists", "values": 1}), ""),
        (json!({"field": "tags", "op": "exists", "value": 1}), "/value"),
        (json!({"any": [{"field": "tags", "op": "in", "value": []}]}), "/any/0/value"),
        (json!({"field": "tags", "op": "in", "value": values}), "/value"),
        (json!({"field": "tags", "op": "eq", "value": 7}), "/value"),
        (json!({"field": "tags", "op": "eq", "value": ""}), "/value"),
        (json!({"field": "tags", "op": "eq", "value": "x".repeat(201)}), "/value"),
        (json!({"field": "tags", "op": "gt", "value": 1e300}), "/value"),
        (json!({"field": "tags", "op": "between", "value": [1, "b"]}), "/value"),
        (json!({"field": "createdAt", "op": "eq", "value": "2026-01-01"}), "/value"),
        (json!({"field": "createdAt", "op": "between", "value": [1, 2]}), "/value"),
        (json!({"field": "createdAt", "op": "withinLast", "value": "soon"}), "/value"),
        (json!({"all": many}), "/all/50"),
        (deep, "/all/0/all/0/all/0/all/0/all/0"),
    ] {
        let refused = Filter::parse(&filter).expect_err("refused");
        assert_eq!(refused.pointer, pointer, "{filter}");
    }
}

#[test]
fn references_are_replaced_and_limits_hold_afterwards() {
    let id = |n: u128| SegmentId(Uuid::from_u128(n));
    let parse = |filter: Value| Filter::parse(&filter).expect("a filter");
    let reference = |n: u128| json!({"segment": id(n).to_string()});
    let tests = |count: usize| vec![json!({"field": "tags", "op": "exists"}); count];
    let expand = |filter: Value, segments: &[(u128, Value)]| {
        let segments: Vec<(SegmentId, Filter)> =
            segments.iter().map(|(n, filter)| (id(*n), parse(filter.clone()))).collect();
        let find = |id| segments.iter().find(|(own, _)| *own == id).map(|(_, filter)| filter);
        parse(filter).expanded(&find)
    };
    let both =
        expand(json!({"all": [reference(1), reference(1)]}), &[(1, json!({"any": tests(2)}))]);
    assert_eq!(
        both.map(|it| it.to_json()),
        Ok(json!({"all": [{"any": tests(2)}, {"any": tests(2)}]}))
    );
    assert_eq!(expand(reference(1), &[]), Err(Unresolved::Missing(id(1))));
    let cycle = [(1, json!({"any": [reference(2)]})), (2, reference(1))];
    assert_eq!(expand(reference(1), &cycle), Err(Unresolved::Cycle(id(1))));
    assert_eq!(expand(reference(1), &[(1, reference(1))]), Err(Unresolved::Cycle(id(1))));
    let wide = [(1, json!({"all": tests(26)}))];
    let twice = expand(json!({"any": [reference(1), reference(1)]}), &wide);
    assert_eq!(twice, Err(Unresolved::TooManyLeaves));
    let nested = json!({"all": [{"all": [{"all": tests(1)}]}]});
    let deep = expand(json!({"all": [{"all": [reference(1)]}]}), &[(1, nested)]);
    assert_eq!(deep, Err(Unresolved::TooDeep));
    let values: Vec<String> = (0..100).map(|n| format!("{n:0>200}")).collect();
    let large = json!({"all": vec![leaf(&json!("tags"), "in", &json!(values)); 2]});
    let large = expand(json!({"any": vec![reference(1); 2]}), &[(1, large)]);
    assert_eq!(large, Err(Unresolved::TooLarge));
}

#[test]
fn an_explanation_shows_each_result_and_what_was_found() {
    let city = leaf(&json!({"attribute": "City"}), "eq", &json!("Boston"));
    let filter = json!({"any": [city, {"field": "lastName", "op": "exists"}]});
    let explanation = Explanation::of(&expanded(&filter), &ana(), &at());
    assert!(!explanation.matches());
    let Explanation::Any { nodes, .. } = explanation else { panic!("a group") };
    let found = vec!["Austin".to_owned()];
    assert_eq!(nodes[0], Explanation::Leaf { matches: false, test: city.clone(), found });
    assert!(matches!(&nodes[1], Explanation::Leaf { found, .. } if found.is_empty()));
}

#[test]
fn a_filter_is_stored_as_it_was_written() {
    let filter = json!({"all": [
        {"field": {"attribute": "a.b"}, "op": "in", "value": ["x"]},
        {"none": [{"segment": Uuid::from_u128(7).to_string()}]},
    ]});
    let read: Filter = serde_json::from_value(filter.clone()).expect("a filter");
    assert_eq!(serde_json::to_value(&read).expect("JSON"), filter);
    assert_eq!(read.references().len(), 1);
    let fields: Vec<&Field> = read.fields().into_iter().collect();
    assert_eq!(fields, [&Field::Attribute("a.b".to_owned())]);
    assert!(serde_json::from_value::<Expanded>(filter).is_err(), "a reference is not resolved");
}
