//! Paged lists.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use shared::access::SecretHash;
use shared::cursor::Seals;
use utoipa::{IntoParams, ToSchema};

use crate::json::Reply;
use crate::problem::{Code, Problem};

const DEFAULT_LIMIT: u8 = 50;
const MAX_LIMIT: u8 = 100;

/// What the cursors of all lists are sealed with.
pub(crate) struct Cursors(Seals);

/// The query of lists without filters.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// The maximum number of items. A page may be shorter.
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub(crate) limit: Option<u32>,
    /// The `nextCursor` of the previous page.
    pub(crate) cursor: Option<String>,
}

/// A requested list.
pub(crate) struct List<'a> {
    cursors: &'a Cursors,
    scope: String,
    pub(crate) limit: u8,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = List)]
pub(crate) struct ListView<T> {
    items: Vec<T>,
    /// The cursor of the next page; null on the last page.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

impl Cursors {
    pub(crate) fn new(key: SecretHash) -> Self {
        Self(Seals::new(key))
    }

    /// Starts a list. `scope` identifies it among all organizations' lists, filters included.
    pub(crate) fn list(&self, scope: String, limit: Option<u32>) -> Result<List<'_>, Problem> {
        let limit = limit.map_or(Some(DEFAULT_LIMIT), |limit| u8::try_from(limit).ok());
        let limit = limit.filter(|limit| (1..=MAX_LIMIT).contains(limit)).ok_or_else(|| {
            let detail = format!("limit must be between 1 and {MAX_LIMIT}");
            Problem::new(Code::InvalidQuery, detail)
        })?;
        Ok(List { cursors: self, scope, limit })
    }
}

impl List<'_> {
    /// The position that the cursor encodes.
    pub(crate) fn position<P: DeserializeOwned>(
        &self,
        cursor: Option<&str>,
    ) -> Result<Option<P>, Problem> {
        let Some(cursor) = cursor else {
            return Ok(None);
        };
        let position = self.cursors.0.open(&self.scope, cursor);
        let detail = "the cursor is invalid or belongs to another list; start without a cursor";
        position.map(Some).ok_or_else(|| Problem::new(Code::InvalidCursor, detail))
    }

    pub(crate) fn reply<T: Serialize>(
        &self,
        items: impl IntoIterator<Item = T>,
        next: Option<impl Serialize>,
    ) -> Result<Reply, Problem> {
        let next_cursor = self.cursor(next)?;
        Reply::ok(&ListView { items: items.into_iter().collect(), next_cursor })
    }

    /// The cursor of the next page.
    pub(crate) fn cursor(&self, next: Option<impl Serialize>) -> Result<Option<String>, Problem> {
        let seal =
            |position| self.cursors.0.seal(&self.scope, &position).map_err(Problem::internal);
        next.map(seal).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursors() -> Cursors {
        Cursors::new(SecretHash([7; 32]))
    }

    fn list<'a>(cursors: &'a Cursors, scope: &str) -> List<'a> {
        cursors.list(scope.to_owned(), None).expect("a list")
    }

    #[test]
    fn a_limit_is_bounded() {
        let cursors = cursors();
        let limit = |limit| {
            let list = cursors.list(String::new(), limit);
            list.map(|list| list.limit).map_err(|_| ())
        };
        assert_eq!(limit(None), Ok(50));
        assert_eq!(limit(Some(1)), Ok(1));
        assert_eq!(limit(Some(100)), Ok(100));
        for refused in [0, 101, 256, u32::MAX] {
            assert_eq!(limit(Some(refused)), Err(()));
        }
    }

    #[test]
    fn a_page_is_items_and_a_cursor() {
        let cursors = cursors();
        let reply = list(&cursors, "a").reply([1, 2], None::<u8>);
        let body = reply.expect("a page").body;
        assert_eq!(body, r#"{"items":[1,2],"nextCursor":null}"#);
    }
}
