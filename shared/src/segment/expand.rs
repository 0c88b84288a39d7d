//! Replacing references by the filters of the segments that they name.

use super::{Expanded, Filter, MAX_BYTES, MAX_DEPTH, MAX_LEAVES, Node};
use crate::ids::SegmentId;

/// Why a filter cannot be expanded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    #[error("refers to the segment {0}, which does not exist")]
    Missing(SegmentId),
    #[error("refers to itself through the segment {0}")]
    Cycle(SegmentId),
    #[error("must be at most {MAX_DEPTH} levels deep, including the segments that it refers to")]
    TooDeep,
    #[error("may have at most {MAX_LEAVES} tests, including those of segments that it refers to")]
    TooManyLeaves,
    #[error("must be at most {MAX_BYTES} bytes, including the segments that it refers to")]
    TooLarge,
}

impl Filter {
    /// The filter with every reference replaced. `find` returns the filter of a segment.
    pub fn expanded<'f>(
        &'f self,
        find: &dyn Fn(SegmentId) -> Option<&'f Self>,
    ) -> Result<Expanded, Unresolved> {
        let mut expansion = Expansion { find, path: Vec::new(), leaves: 0 };
        let expanded = expansion.node(self, 1)?;
        if expanded.to_json().to_string().len() > MAX_BYTES {
            return Err(Unresolved::TooLarge);
        }
        Ok(expanded)
    }
}

struct Expansion<'f, 'c> {
    find: &'c dyn Fn(SegmentId) -> Option<&'f Filter>,
    /// The segments that are being expanded.
    path: Vec<SegmentId>,
    leaves: usize,
}

impl<'f> Expansion<'f, '_> {
    fn node(&mut self, node: &'f Filter, depth: usize) -> Result<Expanded, Unresolved> {
        if depth > MAX_DEPTH {
            return Err(Unresolved::TooDeep);
        }
        Ok(match node {
            Node::All(nodes) => Node::All(self.nodes(nodes, depth)?),
            Node::Any(nodes) => Node::Any(self.nodes(nodes, depth)?),
            Node::None(nodes) => Node::None(self.nodes(nodes, depth)?),
            Node::Segment(id) => {
                if self.path.contains(id) {
                    return Err(Unresolved::Cycle(*id));
                }
                let filter = (self.find)(*id).ok_or(Unresolved::Missing(*id))?;
                self.path.push(*id);
                let expanded = self.node(filter, depth)?;
                self.path.pop();
                expanded
            }
            Node::Leaf(leaf) => {
                self.leaves += 1;
                if self.leaves > MAX_LEAVES {
                    return Err(Unresolved::TooManyLeaves);
                }
                Node::Leaf(leaf.clone())
            }
        })
    }

    fn nodes(&mut self, nodes: &'f [Filter], depth: usize) -> Result<Vec<Expanded>, Unresolved> {
        nodes.iter().map(|node| self.node(node, depth + 1)).collect()
    }
}
