//! The limits of a row's attributes.

use std::collections::BTreeMap;

use crate::contact::{Attribute, MAX_ATTRIBUTE_BYTES, MAX_ATTRIBUTES};

/// The number of columns that an error names, and the length of each name.
const MAX_NAMED: usize = 5;
const MAX_NAME: usize = 40;

const HINT: &str = "choose columns with ?attributes=NAME,NAME or ?attributes=none";

/// Refuses attributes that exceed a contact's limits. Names the limit, and a column that exceeds
/// it.
pub(super) fn check(attributes: &BTreeMap<String, Attribute>) -> Result<(), (String, String)> {
    let count = attributes.len();
    if let Some(first) = attributes.keys().nth(MAX_ATTRIBUTES) {
        let names = named(attributes.keys().skip(MAX_ATTRIBUTES).map(|name| shortened(name)));
        let reason = format!(
            "has {count} attributes, {} more than the {MAX_ATTRIBUTES} that a contact may have, \
             such as {names}; {HINT}",
            count - MAX_ATTRIBUTES
        );
        return Err((first.clone(), reason));
    }
    let mut sizes: Vec<(usize, &String)> =
        attributes.iter().map(|(name, value)| (name.len() + value.len(), name)).collect();
    let bytes: usize = sizes.iter().map(|(size, _)| size).sum();
    if bytes <= MAX_ATTRIBUTE_BYTES {
        return Ok(());
    }
    sizes.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
    let names = sizes.iter().map(|(size, name)| format!("{} ({size})", shortened(name)));
    let reason = format!(
        "has attributes of {bytes} bytes, names included, more than the {MAX_ATTRIBUTE_BYTES} \
         that a contact may have; the largest are {}; {HINT}",
        named(names)
    );
    let largest = sizes.first().map(|(_, name)| (*name).clone()).unwrap_or_default();
    Err((largest, reason))
}

fn named(names: impl Iterator<Item = String>) -> String {
    names.take(MAX_NAMED).collect::<Vec<_>>().join(", ")
}

fn shortened(name: &str) -> String {
    let mut shortened: String = name.chars().take(MAX_NAME).collect();
    if shortened.len() < name.len() {
        shortened.push('…');
    }
    format!("'{shortened}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(sizes: &[usize]) -> BTreeMap<String, Attribute> {
        let pair =
            |(place, size): (usize, &usize)| (format!("a{place:02}"), "x".repeat(*size).into());
        sizes.iter().enumerate().map(pair).collect()
    }

    #[test]
    fn limits_are_named_with_their_columns() {
        assert_eq!(check(&attributes(&[1; MAX_ATTRIBUTES])), Ok(()));
        let (column, reason) = check(&attributes(&[1; 22])).expect_err("too many");
        assert_eq!(column, "a20");
        assert!(reason.starts_with("has 22 attributes, 2 more than the 20"), "{reason}");
        assert!(reason.contains("'a20', 'a21';"), "{reason}");
        let (column, reason) = check(&attributes(&[10, 2_500, 10])).expect_err("too large");
        assert_eq!(column, "a01");
        assert!(reason.starts_with("has attributes of 2529 bytes"), "{reason}");
        assert!(reason.contains("the largest are 'a01' (2503), "), "{reason}");
        assert_eq!(check(&attributes(&[MAX_ATTRIBUTE_BYTES - 3])), Ok(()));
    }
}
