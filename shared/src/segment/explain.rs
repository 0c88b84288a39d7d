//! Why a contact matches a filter, or why not.

use serde_json::Value;

use super::field::Found;
use super::{Expanded, Leaf, Moment, Node};
use crate::contact::Contact;

/// A node of a filter with its result for one contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Explanation {
    All { matches: bool, nodes: Vec<Self> },
    Any { matches: bool, nodes: Vec<Self> },
    None { matches: bool, nodes: Vec<Self> },
    Leaf { matches: bool, test: Value, found: Vec<String> },
}

impl Explanation {
    #[must_use]
    pub fn of(filter: &Expanded, contact: &Contact, at: &Moment) -> Self {
        let inside =
            |nodes: &[Expanded]| nodes.iter().map(|node| Self::of(node, contact, at)).collect();
        let matches = filter.matches(contact, at);
        match filter {
            Node::All(nodes) => Self::All { matches, nodes: inside(nodes) },
            Node::Any(nodes) => Self::Any { matches, nodes: inside(nodes) },
            Node::None(nodes) => Self::None { matches, nodes: inside(nodes) },
            Node::Segment(never) => match *never {},
            Node::Leaf(leaf) => {
                Self::Leaf { matches, test: leaf.to_json(), found: found(leaf, contact) }
            }
        }
    }

    #[must_use]
    pub fn matches(&self) -> bool {
        match self {
            Self::All { matches, .. }
            | Self::Any { matches, .. }
            | Self::None { matches, .. }
            | Self::Leaf { matches, .. } => *matches,
        }
    }
}

/// The contact's values of a leaf's field.
fn found(leaf: &Leaf, contact: &Contact) -> Vec<String> {
    match leaf.field.of(contact) {
        None => Vec::new(),
        Some(Found::Time(moment)) => vec![moment.to_string()],
        Some(Found::Texts(texts)) => texts.into_iter().map(String::from).collect(),
    }
}
