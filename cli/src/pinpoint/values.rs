//! Which attributes have several values in some endpoint.

use std::collections::BTreeSet;

use serde_json::Value;

/// Pinpoint allowed 250 attributes per application. More are not a dump of one.
const MAX_NAMES: usize = 10_000;

/// A merge field shows all values of an attribute, so a variable that shows one of several cannot be moved.
#[derive(Debug, Default)]
pub(super) struct Values {
    several: BTreeSet<String>,
}

impl Values {
    /// Notes an endpoint's attributes.
    pub(super) fn note(&mut self, endpoint: &Value) {
        let groups = [
            ("Attributes", &endpoint["Attributes"]),
            ("User.UserAttributes", &endpoint["User"]["UserAttributes"]),
        ];
        for (group, attributes) in groups {
            for (name, values) in attributes.as_object().into_iter().flatten() {
                let is_list = values.as_array().is_some_and(|values| values.len() > 1);
                if is_list && self.several.len() < MAX_NAMES {
                    self.several.insert(format!("{group}.{name}"));
                }
            }
        }
    }

    pub(super) fn has_several(&self, name: &str) -> bool {
        self.several.contains(name)
    }
}
