use serde_json::json;

use super::*;

#[test]
fn dimensions_become_tests() {
    let dimensions = json!({"Dimensions": {
        "Attributes": {"Plan": {"AttributeType": "INCLUSIVE", "Values": ["gold", "silver"]}},
        "UserAttributes": {"Since": {"AttributeType": "BEFORE", "Values": ["2026-01-01"]}},
        "Metrics": {"Orders": {"ComparisonOperator": "EQUAL", "Value": 7.0}},
        "Demographic": {"Channel": {"DimensionType": "INCLUSIVE", "Values": ["SMS"]}},
        "Location": {"Country": {"DimensionType": "EXCLUSIVE", "Values": ["US"]}},
        "Behavior": {},
    }});
    let expected = json!({"all": [
        {"field": {"attribute": "Attributes.Plan"}, "op": "in", "value": ["gold", "silver"]},
        {"field": "country", "op": "notIn", "value": ["US"]},
        {"field": {"attribute": "Metrics.Orders"}, "op": "between", "value": [7.0, 7.0]},
        {"field": {"attribute": "User.UserAttributes.Since"}, "op": "before", "value": "2026-01-01"},
    ]});
    assert_eq!(translate(&dimensions), Ok(expected));
}

#[test]
fn groups_keep_their_logic() {
    let plan = json!({"Attributes": {"Plan": {"Values": ["gold"]}}});
    let groups = json!({"SegmentGroups": {"Include": "NONE", "Groups": [
        {"Type": "ANY", "SourceType": "ALL", "SourceSegments": [{"Id": "abc", "Version": 2}], "Dimensions": [plan]},
    ]}});
    let test = json!({"field": {"attribute": "Attributes.Plan"}, "op": "in", "value": ["gold"]});
    let expected = json!({"none": [{"all": [{"all": [{"segment": "abc"}]}, {"any": [test]}]}]});
    assert_eq!(translate(&groups), Ok(expected));
}

#[test]
fn what_has_no_equal_is_refused() {
    let of = |dimensions: Value| json!({"Dimensions": dimensions});
    for (segment, reason) in [
        (json!({"SegmentType": "IMPORT"}), "import its file"),
        (json!({"SegmentType": "DIMENSIONAL"}), "everyone"),
        (of(json!({"Behavior": {"Recency": {"Duration": "DAY_7"}}})), "when people used"),
        (of(json!({"Location": {"GPSPoint": {"RangeInKilometers": 2}}})), "Location.GPSPoint"),
        (of(json!({"Demographic": {"Make": {"Values": ["x"]}}})), "Demographic.Make"),
        (of(json!({"Demographic": {"Channel": {"Values": ["EMAIL"]}}})), "no one who gets texts"),
        (of(json!({"Attributes": {"A": {"AttributeType": "LIKE", "Values": ["x"]}}})), "LIKE"),
        (of(json!({"Metrics": {"A": {"ComparisonOperator": "IS", "Value": 1}}})), "IS"),
        (json!({"SegmentGroups": {"Groups": [{"Type": "ALL"}]}}), "selects everyone"),
    ] {
        let refused = translate(&segment).expect_err(reason);
        assert!(refused.contains(reason), "{refused}");
    }
}
