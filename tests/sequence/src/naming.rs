//! What the model calls requests to the table.

use model::sequence::together;
use serde_json::Value;

/// Items of which the model knows nothing, because its promises do not depend on them.
const LEFT_OUT: [&str; 3] = ["HALT", "ORGANIZATION", "PACE"];

/// The requests that one call makes. A batch has many, each with its own condition.
pub(crate) fn requests(operation: &str, asked: &Value, told: &Value, status: u16) -> Vec<String> {
    let is_made = status == 200;
    match operation {
        "GetItem" => known(kind_of(&asked["Key"])).map(|kind| format!("get {kind}")).collect(),
        "BatchGetItem" => {
            let tables = asked["RequestItems"].as_object().into_iter().flatten();
            let first = tables.map(|(_, wanted)| kind_of(&wanted["Keys"][0])).next();
            known(first.unwrap_or_default()).map(|kind| format!("get {kind}")).collect()
        }
        "Query" => query(asked, told).into_iter().collect(),
        "PutItem" => write("put", &kind_of(&asked["Item"]), is_made),
        "DeleteItem" => write("delete", &kind_of(&asked["Key"]), is_made),
        "UpdateItem" => {
            let expression = asked["UpdateExpression"].as_str().unwrap_or_default();
            let kind = kind_of(&asked["Key"]);
            let part = if kind == "MESSAGE" { part_of_message(expression) } else { "" };
            write("update", &format!("{kind}{part}"), is_made)
        }
        "TransactWriteItems" => {
            let writes = asked["TransactItems"].as_array().into_iter().flatten().map(transacted);
            // A report is written with its counts, and decides nothing.
            let known = writes.filter(|write| write != "put REPORT");
            vec![judged(&together(known.collect()), is_made)]
        }
        "BatchExecuteStatement" => {
            let statements = asked["Statements"].as_array().into_iter().flatten();
            let answers = told["Responses"].as_array().into_iter().flatten();
            let pairs = statements.zip(answers);
            pairs.map(|(asked, told)| statement(asked, told["Error"].is_null())).collect()
        }
        other => vec![other.to_owned()],
    }
}

fn known(kind: String) -> impl Iterator<Item = String> {
    Some(kind).into_iter().filter(|kind| !LEFT_OUT.contains(&kind.as_str()))
}

fn judged(request: &str, is_made: bool) -> String {
    format!("{request}: {}", if is_made { "made" } else { "refused" })
}

fn write(verb: &str, kind: &str, is_made: bool) -> Vec<String> {
    known(kind.to_owned()).map(|kind| judged(&format!("{verb} {kind}"), is_made)).collect()
}

/// The kind of an item, given its attributes or its key.
fn kind_of(item: &Value) -> String {
    kind(item["pk"]["S"].as_str().unwrap_or_default(), item["sk"]["S"].as_str().unwrap_or_default())
}

/// The kind is the name that its sort key begins with; due work has none there.
fn kind(pk: &str, sk: &str) -> String {
    let name = if pk.starts_with("DUE#") { pk } else { sk };
    name.split(['#', '$']).next().unwrap_or_default().to_owned()
}

/// A range of one kind, or of the kinds between two. The sweep reads every partition of due work;
/// those without any are left out.
fn query(asked: &Value, told: &Value) -> Option<String> {
    let values = &asked["ExpressionAttributeValues"];
    let value = |name: &str| values[name]["S"].as_str();
    let pk = value(":pk").unwrap_or_default();
    let from = kind(pk, value(":from").unwrap_or_default());
    let to = kind(pk, value(":to").unwrap_or(value(":from").unwrap_or_default()));
    if from == "DUE" && told["Count"] == 0 {
        return None;
    }
    Some(if from == to { format!("query {from}") } else { format!("query {from} to {to}") })
}

fn transacted(item: &Value) -> String {
    let writes = [("Put", "put"), ("Update", "update"), ("Delete", "delete")];
    let check = ("ConditionCheck", "check");
    for (name, verb) in writes.into_iter().chain([check]) {
        let write = &item[name];
        if !write.is_null() {
            let key = if name == "Put" { &write["Item"] } else { &write["Key"] };
            return format!("{verb} {}", kind_of(key));
        }
    }
    item.to_string()
}

/// Which of its writers' attributes an update of a message sets.
fn part_of_message(expression: &str) -> &'static str {
    let sets = |name: &str| {
        [format!("SET {name} ="), format!("SET \"{name}\" =")]
            .iter()
            .any(|it| expression.contains(it))
    };
    if sets("unknownAt") {
        " unknown"
    } else if sets("acceptedAt") || sets("failedAt") {
        " outcome"
    } else if sets("receipt") {
        " receipt"
    } else {
        " otherwise"
    }
}

fn statement(asked: &Value, is_made: bool) -> String {
    let text = asked["Statement"].as_str().unwrap_or_default();
    let parameter = |place: usize| asked["Parameters"][place]["S"].as_str().unwrap_or_default();
    if text.starts_with("INSERT") {
        // Its parameters are in the order of the names.
        let names: Vec<&str> = text.split('\'').skip(1).step_by(2).collect();
        let place = |name: &str| names.iter().position(|known| *known == name).unwrap_or_default();
        let kind = kind(parameter(place("pk")), parameter(place("sk")));
        return judged(&format!("insert {kind}"), is_made);
    }
    let set = text.matches("SET ").count();
    let kind = kind(parameter(set), parameter(set + 1));
    judged(&format!("update {kind}{}", part_of_message(text)), is_made)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn requests_are_told_by_operation_kind_and_condition() {
        let key = |pk: &str, sk: &str| json!({ "pk": { "S": pk }, "sk": { "S": sk } });
        let (organization, shard) = ("ORG#1", "CAMPAIGN#2#0");
        let campaign = key(organization, "CAMPAIGN#2");
        let due = key("DUE#3", "2026-11-25T09:00:00.000Z#poll#2");
        let range = |pk: &str, from: &str, to: &str| {
            json!({ "ExpressionAttributeValues":
                { ":pk": { "S": pk }, ":from": { "S": from }, ":to": { "S": to } } })
        };
        for (operation, asked, told, status, expected) in [
            ("GetItem", json!({ "Key": campaign }), json!({}), 200, vec!["get CAMPAIGN"]),
            (
                "GetItem",
                json!({ "Key": key(organization, "ORGANIZATION") }),
                json!({}),
                200,
                vec![],
            ),
            ("PutItem", json!({ "Item": key("SENDER#1", "PACE") }), json!({}), 200, vec![]),
            (
                "DeleteItem",
                json!({ "Key": key(shard, "MESSAGE#4") }),
                json!({}),
                400,
                vec!["delete MESSAGE: refused"],
            ),
            (
                "UpdateItem",
                json!({ "Key": key(shard, "MESSAGE#4"), "UpdateExpression": "SET unknownAt = :now" }),
                json!({}),
                200,
                vec!["update MESSAGE unknown: made"],
            ),
            ("Query", range("DUE#1", "2026", "2026"), json!({ "Count": 0 }), 200, vec![]),
            (
                "Query",
                range("DUE#1", "2026", "2026"),
                json!({ "Count": 1 }),
                200,
                vec!["query DUE"],
            ),
            (
                "Query",
                range(shard, "CHUNKSTATE#", "PARKED$"),
                json!({ "Count": 0 }),
                200,
                vec!["query CHUNKSTATE to PARKED"],
            ),
            (
                "TransactWriteItems",
                json!({ "TransactItems": [
                    { "Put": { "Item": campaign } }, { "Delete": { "Key": due } },
                ] }),
                json!({}),
                400,
                vec!["delete DUE + put CAMPAIGN: refused"],
            ),
            (
                "BatchExecuteStatement",
                json!({ "Statements": [
                    {
                        "Statement": "INSERT INTO \"t\" VALUE {'a': ?, 'pk': ?, 'sk': ?}",
                        "Parameters": [{ "S": "x" }, { "S": shard }, { "S": "MESSAGE#4" }],
                    },
                    {
                        "Statement": "UPDATE \"t\" SET \"acceptedAt\" = ? WHERE \"pk\" = ? AND \"sk\" = ?",
                        "Parameters": [{ "S": "x" }, { "S": shard }, { "S": "MESSAGE#4" }],
                    },
                ] }),
                json!({ "Responses": [{ "Error": { "Code": "DuplicateItem" } }, {}] }),
                200,
                vec!["insert MESSAGE: refused", "update MESSAGE outcome: made"],
            ),
        ] {
            assert_eq!(requests(operation, &asked, &told, status), expected, "{asked}");
        }
    }
}
