//! Reading a filter from JSON, with the place of what is wrong.

use serde_json::{Map, Value};

use super::{Field, Filter, Leaf, MAX_BYTES, MAX_DEPTH, MAX_LEAVES, Node, Op};
use strum::VariantNames;

/// Why JSON is not a filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {reason}")]
pub struct InvalidFilter {
    /// A JSON Pointer (RFC 6901) into the filter.
    pub pointer: String,
    pub reason: String,
}

const FORMS: &str = "must be one of {\"all\": […]}, {\"any\": […]}, {\"none\": […]}, \
                     {\"segment\": ID} or {\"field\": …, \"op\": …, \"value\": …}";

impl Filter {
    /// Reads a filter as people write it. References are not resolved.
    pub fn parse(written: &Value) -> Result<Self, InvalidFilter> {
        let mut reader = Reader { leaves: 0 };
        let filter = reader.node(written, "", 1)?;
        if filter.to_json().to_string().len() > MAX_BYTES {
            return Err(refuse("", format!("must be at most {MAX_BYTES} bytes")));
        }
        Ok(filter)
    }
}

struct Reader {
    leaves: usize,
}

fn refuse(pointer: &str, reason: impl Into<String>) -> InvalidFilter {
    InvalidFilter { pointer: pointer.to_owned(), reason: reason.into() }
}

impl Reader {
    fn node(
        &mut self,
        written: &Value,
        pointer: &str,
        depth: usize,
    ) -> Result<Filter, InvalidFilter> {
        if depth > MAX_DEPTH {
            return Err(refuse(pointer, format!("must be at most {MAX_DEPTH} levels deep")));
        }
        let object = written.as_object().ok_or_else(|| refuse(pointer, FORMS))?;
        if object.contains_key("field") || object.contains_key("op") {
            return self.leaf(object, pointer).map(|leaf| Node::Leaf(Box::new(leaf)));
        }
        let mut entries = object.iter();
        let (Some((name, content)), None) = (entries.next(), entries.next()) else {
            return Err(refuse(pointer, FORMS));
        };
        let inside = format!("{pointer}/{name}");
        match name.as_str() {
            "all" => self.nodes(content, &inside, depth).map(Node::All),
            "any" => self.nodes(content, &inside, depth).map(Node::Any),
            "none" => self.nodes(content, &inside, depth).map(Node::None),
            "segment" => {
                self.count(pointer)?;
                let id = content.as_str().and_then(|id| id.parse().ok());
                id.map(Node::Segment).ok_or_else(|| refuse(&inside, "must be a segment's ID"))
            }
            _ => Err(refuse(pointer, FORMS)),
        }
    }

    fn nodes(
        &mut self,
        written: &Value,
        pointer: &str,
        depth: usize,
    ) -> Result<Vec<Filter>, InvalidFilter> {
        let nodes =
            written.as_array().ok_or_else(|| refuse(pointer, "must be a list of filters"))?;
        if nodes.is_empty() {
            return Err(refuse(pointer, "must contain at least 1 filter"));
        }
        let nodes = nodes.iter().enumerate();
        nodes
            .map(|(place, node)| self.node(node, &format!("{pointer}/{place}"), depth + 1))
            .collect()
    }

    fn count(&mut self, pointer: &str) -> Result<(), InvalidFilter> {
        self.leaves += 1;
        if self.leaves > MAX_LEAVES {
            let reason = format!("is one too many; a filter may have at most {MAX_LEAVES} tests");
            return Err(refuse(pointer, reason));
        }
        Ok(())
    }

    fn leaf(&mut self, object: &Map<String, Value>, pointer: &str) -> Result<Leaf, InvalidFilter> {
        self.count(pointer)?;
        let unknown = object.keys().find(|name| !matches!(name.as_str(), "field" | "op" | "value"));
        if unknown.is_some() {
            return Err(refuse(pointer, FORMS));
        }
        let required = |name: &str| {
            object.get(name).ok_or_else(|| refuse(&format!("{pointer}/{name}"), "is required"))
        };
        let field = Field::parse(required("field")?)
            .map_err(|reason| refuse(&format!("{pointer}/field"), reason))?;
        let op =
            required("op")?.as_str().and_then(|op| op.parse::<Op>().ok()).ok_or_else(|| {
                let reason = format!("must be one of {}", Op::VARIANTS.join(", "));
                refuse(&format!("{pointer}/op"), reason)
            })?;
        let value = object.get("value").cloned();
        Leaf::new(field, op, value).map_err(|reason| refuse(&format!("{pointer}/value"), reason))
    }
}
