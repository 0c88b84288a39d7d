//! Lists, page by page.

use serde_json::Value;

use super::{Api, Query, text};
use crate::failure::Failure;

const MAX_PAGE: usize = 100;

/// The items of a list that were not read yet.
pub(crate) struct Pages<'a> {
    api: &'a Api,
    path: String,
    query: Vec<(&'a str, String)>,
    /// `None` before the first page, and the empty text after the last one.
    cursor: Option<String>,
    /// How many more items are wanted.
    left: usize,
}

impl<'a> Pages<'a> {
    /// At most `limit` items of the list; all of them if there is no limit.
    pub(crate) fn new(api: &'a Api, path: String, query: &Query<'a>, limit: Option<usize>) -> Self {
        Self { api, path, query: query.to_vec(), cursor: None, left: limit.unwrap_or(usize::MAX) }
    }

    /// The next page, which may be empty; `None` after the last one.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Value>>, Failure> {
        if self.left == 0 || self.cursor.as_deref() == Some("") {
            return Ok(None);
        }
        let mut query = self.query.clone();
        query.push(("limit", self.left.min(MAX_PAGE).to_string()));
        if let Some(cursor) = &self.cursor {
            query.push(("cursor", cursor.clone()));
        }
        let mut page = self.api.get(&self.path, &query).await?;
        self.cursor = Some(text(&page["nextCursor"]).to_owned());
        let items = match page["items"].take() {
            Value::Array(items) => items,
            _ => Vec::new(),
        };
        self.left = self.left.saturating_sub(items.len());
        Ok(Some(items))
    }

    /// Whether the list has items beyond those that were wanted.
    pub(crate) fn has_more(&self) -> bool {
        self.cursor.as_deref().is_some_and(|cursor| !cursor.is_empty())
    }
}
