//! The routes, one file per group.

pub(crate) mod api_keys;
pub(crate) mod audit;
mod bodies;
pub(crate) mod campaigns;
pub(crate) mod contacts;
pub(crate) mod controls;
pub(crate) mod copies;
pub(crate) mod deliveries;
pub(crate) mod exports;
pub(crate) mod halts;
pub(crate) mod imports;
pub(crate) mod inbound;
pub(crate) mod me;
pub(crate) mod members;
pub(crate) mod messages;
pub(crate) mod organizations;
pub(crate) mod people;
pub(crate) mod quotes;
pub(crate) mod reconciliations;
pub(crate) mod reports;
pub(crate) mod resends;
pub(crate) mod restored;
pub(crate) mod segments;
pub(crate) mod sending;
pub(crate) mod service;
pub(crate) mod skipped;
pub(crate) mod templates;
pub(crate) mod text_previews;
pub(crate) mod unsubscribes;
pub(crate) mod webhooks;

use std::collections::BTreeSet;

use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::problem::Problem;

const MAX_IDS: usize = 100;

/// The items of a bulk delete.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ids {
    #[schema(min_items = 1, max_items = 100)]
    ids: Vec<Uuid>,
}

impl Ids {
    /// The IDs without duplicates.
    fn checked<T>(self, id: impl Fn(Uuid) -> T) -> Result<Vec<T>, Problem> {
        if !(1..=MAX_IDS).contains(&self.ids.len()) {
            return Err(Problem::field(
                "/ids",
                format!("must contain between 1 and {MAX_IDS} IDs"),
            ));
        }
        let ids: BTreeSet<Uuid> = self.ids.into_iter().collect();
        Ok(ids.into_iter().map(id).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_bounded_and_taken_once() {
        let ids = |count: u128| Ids { ids: (0..count).map(Uuid::from_u128).collect() };
        assert!(ids(0).checked(|id| id).is_err());
        assert!(ids(101).checked(|id| id).is_err());
        assert_eq!(ids(100).checked(|id| id).map_err(|_| ()).map(|ids| ids.len()), Ok(100));
        let twice = Ids { ids: vec![Uuid::nil(), Uuid::nil()] };
        let once = twice.checked(|id| id).map_err(|_| ());
        assert_eq!(once, Ok(vec![Uuid::nil()]));
    }
}
