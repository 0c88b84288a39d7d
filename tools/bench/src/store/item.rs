//! Items in DynamoDB's JSON form, held compactly, and their sizes as DynamoDB counts them.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::sync::Arc;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An attribute's value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Attribute {
    S(Box<str>),
    N(Box<str>),
    /// Binary, as base64.
    B(Box<str>),
    BOOL(bool),
    NULL(bool),
    M(Item),
    L(Vec<Attribute>),
    /// A set of texts.
    SS(BTreeSet<Box<str>>),
}

/// An attribute's name. There are few, so each is held once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name(Arc<str>);

/// Attributes in the order of their names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item(Vec<(Name, Attribute)>);

thread_local! {
    static NAMES: RefCell<HashSet<Arc<str>>> = RefCell::default();
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        NAMES.with_borrow_mut(|names| {
            if let Some(known) = names.get(text) {
                return Self(Arc::clone(known));
            }
            let name: Arc<str> = text.into();
            names.insert(Arc::clone(&name));
            Self(name)
        })
    }
}

impl Name {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Item {
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Attribute> {
        self.place(name).ok().map(|place| &self.0[place].1)
    }

    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Attribute::S(text) => Some(text),
            _ => None,
        }
    }

    pub fn set(&mut self, name: Name, value: Attribute) {
        match self.place(name.as_str()) {
            Ok(place) => self.0[place].1 = value,
            Err(place) => self.0.insert(place, (name, value)),
        }
    }

    pub fn remove(&mut self, name: &str) {
        if let Ok(place) = self.place(name) {
            self.0.remove(place);
        }
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.as_str().cmp(name))
    }

    /// The attributes that a projection names.
    #[must_use]
    pub fn only(&self, names: &[Box<str>]) -> Self {
        let is_named = |name: &Name| names.iter().any(|wanted| **wanted == *name.as_str());
        Self(self.0.iter().filter(|(name, _)| is_named(name)).cloned().collect())
    }

    /// Bytes, as DynamoDB counts them: names in UTF-8, and values by their kind.
    #[must_use]
    pub fn size(&self) -> usize {
        self.0.iter().map(|(name, value)| name.0.len() + value.size()).sum()
    }
}

impl FromIterator<(Name, Attribute)> for Item {
    fn from_iter<T: IntoIterator<Item = (Name, Attribute)>>(attributes: T) -> Self {
        let mut attributes: Vec<_> = attributes.into_iter().collect();
        attributes.sort_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
        attributes.dedup_by(|(later, _), (kept, _)| later == kept);
        attributes.shrink_to_fit();
        Self(attributes)
    }
}

impl Attribute {
    /// Source: "Item sizes and formats" in DynamoDB's developer guide.
    fn size(&self) -> usize {
        match self {
            Self::S(text) => text.len(),
            Self::B(base64) => base64.trim_end_matches('=').len() * 3 / 4,
            Self::N(number) => number.trim_matches(['-', '0', '.']).len().div_ceil(2) + 1,
            Self::BOOL(_) | Self::NULL(_) => 1,
            Self::M(map) => 3 + map.size() + map.0.len(),
            Self::L(list) => 3 + list.iter().map(|value| value.size() + 1).sum::<usize>(),
            Self::SS(set) => set.iter().map(|text| text.len()).sum(),
        }
    }

    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::N(number) => number.parse().ok(),
            _ => None,
        }
    }
}

impl PartialOrd for Attribute {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::S(one), Self::S(other)) => Some(one.cmp(other)),
            (Self::N(_), Self::N(_)) => self.number()?.partial_cmp(&other.number()?),
            _ => (self == other).then_some(Ordering::Equal),
        }
    }
}

impl Serialize for Item {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name.as_str(), value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Attributes;
        impl<'de> Visitor<'de> for Attributes {
            type Value = Item;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an item")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Item, A::Error> {
                let mut attributes = Vec::new();
                while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
                    attributes.push((Name::from(&*name), map.next_value()?));
                }
                Ok(attributes.into_iter().collect())
            }
        }
        deserializer.deserialize_map(Attributes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_dynamodbs() {
        let size = |json: &str| serde_json::from_str::<Item>(json).expect("an item").size();
        assert_eq!(size(r#"{"pk":{"S":"abc"},"n":{"N":"12345"},"b":{"BOOL":true}}"#), 5 + 5 + 2);
        assert_eq!(size(r#"{"n":{"N":"0"},"m":{"N":"100"}}"#), 2 + 3);
        assert_eq!(size(r#"{"b":{"B":"AAECAw=="},"c":{"B":"AAEC"}}"#), 2 + 4 + 3);
        assert_eq!(size(r#"{"l":{"L":[{"S":"a"}]},"m":{"M":{"k":{"S":"v"}}}}"#), 6 + 7);
    }

    #[test]
    fn numbers_order_as_numbers() {
        let number = |text: &str| Attribute::N(text.into());
        assert!(number("9") < number("10"));
        assert!(Attribute::S("9".into()) > Attribute::S("10".into()));
        assert_eq!(number("1").partial_cmp(&Attribute::S("1".into())), None);
    }
}
