//! Files that Pinpoint imported as CSV. A repeated header means several values.

use std::io::Read;

use serde_json::{Map, Value};

use super::{Unreadable, Visitor};

/// Reads each row as the object that JSON lines would have. Values keep their dotted names.
pub(super) fn rows(
    reader: &mut dyn Read,
    name: &str,
    visitor: &mut dyn Visitor,
) -> Result<(), Unreadable> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(reader);
    let invalid = |error: csv::Error| Unreadable(format!("is not valid CSV: {error}"));
    let header: Vec<String> =
        reader.headers().map_err(invalid)?.iter().map(str::to_owned).collect();
    for record in reader.records() {
        let record = record.map_err(invalid)?;
        visitor.object(name, object(&header, &record));
    }
    Ok(())
}

fn object(header: &[String], record: &csv::StringRecord) -> Value {
    let mut row = Map::new();
    for (name, cell) in header.iter().zip(record).filter(|(_, cell)| !cell.is_empty()) {
        put(&mut row, name.trim_start_matches('\u{feff}').trim(), cell);
    }
    row.into()
}

/// Names of attributes may have dots, so only the known beginnings are taken apart.
fn put(row: &mut Map<String, Value>, name: &str, cell: &str) {
    const GROUPS: [(&str, bool); 5] = [
        ("User.UserAttributes.", true),
        ("Attributes.", true),
        ("Metrics.", false),
        ("Location.", false),
        ("Demographic.", false),
    ];
    for (group, is_list) in GROUPS {
        let Some(own) = name.strip_prefix(group) else { continue };
        let mut inner = row;
        for step in group.trim_end_matches('.').split('.') {
            let next = inner.entry(step).or_insert_with(|| Map::new().into());
            let Value::Object(next) = next else { return };
            inner = next;
        }
        if !is_list {
            inner.insert(own.to_owned(), cell.into());
        } else if let Value::Array(values) =
            inner.entry(own).or_insert_with(|| Vec::<Value>::new().into())
        {
            values.push(cell.into());
        }
        return;
    }
    if name == "User.UserId" {
        if let Value::Object(user) = row.entry("User").or_insert_with(|| Map::new().into()) {
            user.insert("UserId".to_owned(), cell.into());
        }
        return;
    }
    row.insert(name.to_owned(), cell.into());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn repeated_headers_are_several_values() {
        let header = "ChannelType,Address,User.UserId,Attributes.A.b,Attributes.A.b,Metrics.N";
        let header: Vec<String> = header.split(',').map(str::to_owned).collect();
        let record = csv::StringRecord::from(vec!["SMS", "+16045550182", "u1", "x", "y", "3"]);
        let expected = json!({
            "ChannelType": "SMS",
            "Address": "+16045550182",
            "User": {"UserId": "u1"},
            "Attributes": {"A.b": ["x", "y"]},
            "Metrics": {"N": "3"},
        });
        assert_eq!(object(&header, &record), expected);
    }
}
