//! The tree of a filter.

use std::collections::BTreeSet;
use std::convert::Infallible;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Field, Leaf, Moment};
use crate::contact::Contact;
use crate::ids::SegmentId;

/// A node of a filter, with `R` for references to other segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node<R> {
    All(Vec<Self>),
    Any(Vec<Self>),
    None(Vec<Self>),
    Segment(R),
    Leaf(Box<Leaf>),
}

/// A filter as it was written.
pub type Filter = Node<SegmentId>;

/// A filter without references.
pub type Expanded = Node<Infallible>;

impl Expanded {
    #[must_use]
    pub fn matches(&self, contact: &Contact, at: &Moment) -> bool {
        match self {
            Self::All(nodes) => nodes.iter().all(|node| node.matches(contact, at)),
            Self::Any(nodes) => nodes.iter().any(|node| node.matches(contact, at)),
            Self::None(nodes) => !nodes.iter().any(|node| node.matches(contact, at)),
            Self::Segment(never) => match *never {},
            Self::Leaf(leaf) => leaf.matches(contact, at),
        }
    }

    /// The hash of the filter's canonical JSON. Equal filters have equal hashes.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.to_json().to_string()).into()
    }
}

impl<R> Node<R> {
    /// The fields that a contact must be read with.
    #[must_use]
    pub fn fields(&self) -> BTreeSet<&Field> {
        match self {
            Self::All(nodes) | Self::Any(nodes) | Self::None(nodes) => {
                nodes.iter().flat_map(Self::fields).collect()
            }
            Self::Segment(_) => BTreeSet::new(),
            Self::Leaf(leaf) => BTreeSet::from([&leaf.field]),
        }
    }
}

impl Filter {
    /// The segments that the filter refers to, not counting those that they refer to.
    #[must_use]
    pub fn references(&self) -> BTreeSet<SegmentId> {
        match self {
            Self::All(nodes) | Self::Any(nodes) | Self::None(nodes) => {
                nodes.iter().flat_map(Self::references).collect()
            }
            Self::Segment(id) => BTreeSet::from([*id]),
            Self::Leaf(_) => BTreeSet::new(),
        }
    }
}

/// What a reference is in JSON.
pub trait Reference {
    fn to_json(&self) -> Value;
}

impl Reference for SegmentId {
    fn to_json(&self) -> Value {
        json!({"segment": self.to_string()})
    }
}

impl Reference for Infallible {
    fn to_json(&self) -> Value {
        match *self {}
    }
}

impl<R: Reference> Node<R> {
    /// The node as JSON, with sorted names.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let group = |name: &str, nodes: &[Self]| {
            Value::from_iter([(name, nodes.iter().map(Self::to_json).collect::<Value>())])
        };
        match self {
            Self::All(nodes) => group("all", nodes),
            Self::Any(nodes) => group("any", nodes),
            Self::None(nodes) => group("none", nodes),
            Self::Segment(reference) => reference.to_json(),
            Self::Leaf(leaf) => leaf.to_json(),
        }
    }
}

impl<R: Reference> Serialize for Node<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Expanded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let filter = Filter::deserialize(deserializer)?;
        filter.expanded(&|_| None).map_err(D::Error::custom)
    }
}
