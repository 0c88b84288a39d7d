//! Lists of contacts, all of them or those that a filter keeps.

use shared::contact::{Contact, Status};
use shared::organization::Organization;
use shared::phone::{Line, Phone};
use shared::segment::{Expanded, Moment};

use super::super::dynamo::{Item, SortKey, parse, text};
use super::super::keys;
use super::super::walk::{ShardPosition, Walk};
use super::super::{Result, Table};
use super::KIND;
use super::row::{Row, is_tombstone};

/// What a list of contacts keeps: the contacts that meet all conditions.
#[derive(Clone, Debug, Default)]
pub struct ContactFilter {
    /// Digits that phones begin with, after a `+`. Only this is found without reading the rest.
    pub phone_digits: Option<String>,
    pub tag: Option<String>,
    pub status: Option<Status>,
    pub segment: Option<(Expanded, Moment)>,
    /// The beginning of a name, an email address or an external ID, in any case.
    pub beginning: Option<String>,
}

impl ContactFilter {
    /// Whether contacts that are read can be left out.
    #[must_use]
    pub fn is_selective(&self) -> bool {
        self.tag.is_some()
            || self.status.is_some()
            || self.segment.is_some()
            || self.beginning.is_some()
    }

    fn keeps(&self, contact: &Contact) -> bool {
        let profile = &contact.profile;
        let begins = |beginning: &String| {
            let texts =
                [&profile.first_name, &profile.last_name, &profile.email, &profile.external_id];
            texts.into_iter().flatten().any(|text| begins_with(text, beginning))
        };
        self.tag.as_ref().is_none_or(|tag| profile.tags.contains(tag))
            && self.status.is_none_or(|status| profile.status == status)
            && self.beginning.as_ref().is_none_or(begins)
            && self.segment.as_ref().is_none_or(|(filter, at)| filter.matches(contact, at))
    }
}

fn begins_with(text: &str, beginning: &str) -> bool {
    let mut text = text.chars().flat_map(char::to_lowercase);
    beginning.chars().flat_map(char::to_lowercase).all(|c| text.next() == Some(c))
}

impl Table {
    /// Contacts of an organization, shard by shard. A page can be short, even empty, although the list
    /// goes on.
    pub async fn contacts(
        &self,
        organization: &Organization,
        filter: &ContactFilter,
        limit: usize,
        after: Option<ShardPosition>,
    ) -> Result<(Vec<Contact>, Option<ShardPosition>)> {
        let digits = filter.phone_digits.as_ref();
        let prefix =
            digits.map_or(keys::CONTACT.to_owned(), |digits| format!("{}+{digits}", keys::CONTACT));
        let sort_keys = || SortKey::Prefix(prefix.clone());
        let walk = Walk { sort_keys, limit, is_selective: filter.is_selective() };
        self.walk(organization, walk, after, |item| {
            let contact = live(organization, item)?;
            Ok(contact.filter(|contact| filter.keeps(contact)))
        })
        .await
    }
}

impl Table {
    /// The next contacts of a shard for a job that reads all of them: up to 1 MB, eventually consistent.
    pub async fn contacts_in_bulk(
        &self,
        organization: &Organization,
        at: ShardPosition,
    ) -> Result<(Vec<Contact>, Option<ShardPosition>)> {
        self.walk_in_bulk(organization, (all(), None), at, |item| live(organization, item)).await
    }

    /// The lines of the next contacts in the same order, also of contacts that have left them.
    pub async fn lines_in_bulk(
        &self,
        organization: &Organization,
        at: ShardPosition,
    ) -> Result<(Vec<Line>, Option<ShardPosition>)> {
        let line = |item| {
            let phone = text(&item, "sk").and_then(|sk| keys::read_contact(&sk)?.0);
            Ok(phone.as_ref().map(Phone::line))
        };
        self.walk_in_bulk(organization, (all(), Some("sk")), at, line).await
    }
}

fn all() -> SortKey {
    SortKey::Prefix(keys::CONTACT.to_owned())
}

/// A contact, unless the item is the tombstone of one.
pub(super) fn live(organization: &Organization, item: Item) -> Result<Option<Contact>> {
    if is_tombstone(&item) {
        return Ok(None);
    }
    Ok(Some(parse::<Row>(KIND, item)?.into_contact(organization.id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_are_compared_in_any_case() {
        assert!(begins_with("Émile", "ÉM"));
        assert!(begins_with("Ana", ""));
        assert!(!begins_with("Ana", "anab"));
        assert!(!begins_with("Diana", "ana"));
    }
}
