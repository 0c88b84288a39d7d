//! Segments: saved filters over an audience.
//!
//! A filter is a small tree: groups, references to other segments, and leaves that test one field.
//! [`Filter`] is the tree as people write it. Before it is used, every reference is replaced by the
//! segment's filter ([`Filter::expanded`]), and only an expanded tree can be evaluated. So a reference
//! that cannot be resolved can never be taken for a filter that matches everyone.

mod check;
mod date;
mod expand;
mod explain;
mod field;
mod leaf;
mod saved;
mod test;
mod tree;

pub use check::InvalidFilter;
pub use expand::Unresolved;
pub use explain::Explanation;
pub use field::Field;
pub use leaf::{Leaf, Op};
pub use saved::Segment;
pub use tree::{Expanded, Filter, Node};

use crate::time::Timestamp;
use crate::zone::Zone;

/// How deep groups may be nested, the leaf included.
pub const MAX_DEPTH: usize = 5;
pub const MAX_LEAVES: usize = 50;
/// The most values of one leaf.
pub const MAX_VALUES: usize = 100;
/// The longest value, in characters.
pub const MAX_VALUE: usize = 200;
/// The most bytes of a filter as JSON. Like all limits, it holds after references are expanded.
pub const MAX_BYTES: usize = 64 * 1024;

/// What a filter is evaluated with besides the contact. A campaign's is frozen when it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub now: Timestamp,
    /// The organization's zone, in which days begin and end.
    pub zone: Zone,
}

#[cfg(test)]
mod tests;
