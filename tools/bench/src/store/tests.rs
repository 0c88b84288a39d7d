use serde_json::{Value, json};

use super::Store;

/// The status, the body and the units of a response.
fn ask(store: &mut Store, operation: &str, request: &Value) -> (u16, Value, String) {
    let answer = store.answer(operation, request.to_string().as_bytes());
    let body = serde_json::from_slice(&answer.body).expect("json");
    (answer.status, body, (answer.units.write + answer.units.read).to_string())
}

fn item(sk: &str, text: &str) -> Value {
    json!({ "pk": { "S": "p" }, "sk": { "S": sk }, "text": { "S": text } })
}

fn put(store: &mut Store, item: &Value) -> (u16, Value, String) {
    let condition = "attribute_not_exists(pk)";
    let request = json!({
        "Item": item,
        "ConditionExpression": condition,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    });
    ask(store, "PutItem", &request)
}

#[test]
fn a_failed_condition_writes_nothing_and_tells_what_is_there() {
    let mut store = Store::default();
    assert_eq!(put(&mut store, &item("1", "a")).0, 200);
    let (status, body, units) = put(&mut store, &item("1", &"b".repeat(3_000)));
    assert_eq!((status, units.as_str()), (400, "1"));
    assert_eq!(body["Item"], item("1", "a"));
    let got =
        ask(&mut store, "GetItem", &json!({ "Key": { "pk": { "S": "p" }, "sk": { "S": "1" } } }));
    assert_eq!((&got.1["Item"], got.2.as_str()), (&item("1", "a"), "0.5"));
}

#[test]
fn a_set_has_what_was_added_and_not_deleted() {
    let mut store = Store::default();
    put(&mut store, &item("1", "a"));
    let mut update = |update: &str, members: &[&str]| {
        let key = json!({ "pk": { "S": "p" }, "sk": { "S": "1" } });
        let request = json!({
            "Key": key,
            "UpdateExpression": update,
            "ExpressionAttributeValues": { ":own": { "SS": members } },
        });
        assert_eq!(ask(&mut store, "UpdateItem", &request).0, 200);
        ask(&mut store, "GetItem", &json!({ "Key": key })).1["Item"]["usedBy"].clone()
    };
    assert_eq!(update("ADD usedBy :own", &["b"]), json!({ "SS": ["b"] }));
    assert_eq!(update("ADD usedBy :own", &["a", "b"]), json!({ "SS": ["a", "b"] }));
    assert_eq!(update("DELETE usedBy :own", &["a", "c"]), json!({ "SS": ["b"] }));
    assert_eq!(update("DELETE usedBy :own", &["b"]), Value::Null);
}

#[test]
fn a_query_goes_on_where_its_page_ended() {
    let mut store = Store::default();
    for number in 0..5_000 {
        put(&mut store, &item(&format!("A#{number:04}"), &"x".repeat(500)));
    }
    put(&mut store, &item("B#", "behind"));
    let mut request = json!({
        "KeyConditionExpression": "#pk = :pk AND begins_with(#sk, :from)",
        "ExpressionAttributeNames": { "#pk": "pk", "#sk": "sk" },
        "ExpressionAttributeValues": { ":pk": { "S": "p" }, ":from": { "S": "A#" } },
        "ProjectionExpression": "sk",
        "ConsistentRead": true,
    });
    let (mut count, mut read) = (0, Vec::new());
    loop {
        let (_, page, units) = ask(&mut store, "Query", &request);
        count += page["Count"].as_u64().unwrap_or_default();
        read.push(units);
        match page.get("LastEvaluatedKey") {
            Some(last) => request["ExclusiveStartKey"] = last.clone(),
            None => break,
        }
    }
    assert_eq!(count, 5_000);
    // Pages of 2,036, 2,036 and 928 items of 515 bytes.
    assert_eq!(read, ["256", "256", "117"]);
    request["ScanIndexForward"] = json!(false);
    request["Limit"] = json!(1);
    request.as_object_mut().expect("an object").remove("ExclusiveStartKey");
    let (_, page, _) = ask(&mut store, "Query", &request);
    assert_eq!(page["Items"], json!([{ "sk": { "S": "A#4999" } }]));
}

#[test]
fn a_transaction_writes_all_or_nothing_at_twice_the_units() {
    let mut store = Store::default();
    let absent = |item: Value| json!({ "Put": { "Item": item, "ConditionExpression": "attribute_not_exists(pk)" } });
    let both = json!({ "TransactItems": [absent(item("1", "a")), absent(item("2", "a"))] });
    assert_eq!(ask(&mut store, "TransactWriteItems", &both).2, "4");
    let one = json!({ "TransactItems": [absent(item("3", "a")), absent(item("2", "a"))] });
    let (status, body, _) = ask(&mut store, "TransactWriteItems", &one);
    assert_eq!(status, 400);
    assert_eq!(body["CancellationReasons"][0]["Code"], "None");
    assert_eq!(body["CancellationReasons"][1]["Code"], "ConditionalCheckFailed");
    assert!(store.get("p", "3").is_none());
}

#[test]
fn each_statement_of_a_batch_stands_for_itself() {
    let mut store = Store::default();
    let insert = |sk: &str| {
        json!({
            "Statement": "INSERT INTO \"t\" VALUE {'pk': ?, 'rank': ?, 'sk': ?}",
            "Parameters": [{ "S": "p" }, { "N": "0" }, { "S": sk }],
        })
    };
    let batch = json!({ "Statements": [insert("1"), insert("1"), insert("2")] });
    let (_, answer, units) = ask(&mut store, "BatchExecuteStatement", &batch);
    assert_eq!(units, "3");
    assert_eq!(answer["Responses"][1]["Error"]["Code"], "DuplicateItem");
    let update = |sk: &str, rank: &str| {
        json!({
            "Statement": "UPDATE \"t\" SET \"rank\" = ? SET \"id\" = ? WHERE \"pk\" = ? AND \"sk\" = ? \
                          AND \"id\" IS MISSING AND \"rank\" IN [0, ?] AND \"rank\" < ?",
            "Parameters": [{ "N": rank }, { "S": "x" }, { "S": "p" }, { "S": sk }, { "N": "7" }, { "N": rank }],
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        })
    };
    let batch = json!({ "Statements": [update("1", "2"), update("1", "3"), update("9", "1")] });
    let (_, answer, _) = ask(&mut store, "BatchExecuteStatement", &batch);
    assert_eq!(answer["Responses"][0].get("Error"), None);
    assert_eq!(answer["Responses"][1]["Error"]["Code"], "ConditionalCheckFailed");
    assert_eq!(answer["Responses"][1]["Error"]["Item"]["rank"], json!({ "N": "2" }));
    assert_eq!(answer["Responses"][2]["Error"].get("Item"), None);
}

#[test]
fn what_is_not_known_is_refused() {
    let mut store = Store::default();
    assert_eq!(ask(&mut store, "Scan", &json!({})).0, 400);
    let request = json!({ "Item": item("1", "a"), "ConditionExpression": "contains(pk, :x)" });
    assert_eq!(ask(&mut store, "PutItem", &request).0, 400);
}
