//! What is shown of a resource.

/// How a kind of resource is shown. A test compares it with the OpenAPI document.
pub(crate) struct Resource {
    #[cfg_attr(not(test), expect(dead_code, reason = "a test compares it"))]
    /// The schema in the OpenAPI document; empty for what commands put together themselves.
    pub(crate) schema: &'static str,
    pub(crate) plural: &'static str,
    pub(crate) fields: &'static [Field],
}

pub(crate) struct Field {
    pub(crate) title: &'static str,
    /// A JSON pointer into the resource.
    pub(crate) pointer: &'static str,
    /// Whether tables of several resources have the column.
    pub(crate) is_listed: bool,
}

impl Field {
    pub(crate) const fn listed(title: &'static str, pointer: &'static str) -> Self {
        Self { title, pointer, is_listed: true }
    }

    pub(crate) const fn shown(title: &'static str, pointer: &'static str) -> Self {
        Self { title, pointer, is_listed: false }
    }

    /// The column's name in CSV: `audience.recipients`.
    pub(crate) fn name(&self) -> String {
        self.pointer.trim_start_matches('/').replace('/', ".")
    }
}
