//! The contacts that rows mean, read ahead of the rows.

use std::sync::Arc;

use futures::stream::{self, StreamExt, TryStreamExt};
use infra::table::TableError;
use shared::contact::Contact;
use shared::ids::ContactId;
use shared::import::{Content, Known, MatchBy, MatchKey, Reading, Row, RowError, SkipReason};
use shared::organization::Organization;

use super::phones::Phones;
use crate::App;

const AT_ONCE: usize = 16;
/// The maximum number of contacts with a row's phone that are looked at. One transaction can note on
/// all of them that an import has a row for them.
const MAX_OF_LINE: usize = 20;

/// The contacts that a row may mean.
pub(super) struct Found {
    pub(super) key: MatchKey,
    pub(super) known: Known,
    /// The contact that has the row's external ID, unless that is what the row is matched by or the
    /// write will show it.
    pub(super) owner: Option<ContactId>,
    /// Whether the table was asked.
    is_read: bool,
}

/// How contacts are looked up.
pub(super) struct Lookups<'a> {
    pub(super) app: &'a App,
    pub(super) organization: &'a Organization,
    pub(super) by: MatchBy,
    /// Those that contacts may have, unless that is not to be relied on.
    pub(super) phones: Option<&'a Phones>,
    /// Whether rows with an external ID are written, which fails if another contact has it.
    pub(super) are_written: bool,
}

/// What a row asks for, with what the table has about it.
pub(super) enum Lookup<'r> {
    Skipped(SkipReason),
    Rejected(RowError),
    Contact(&'r Row, Found),
}

impl Lookup<'_> {
    /// Whether the row's contacts were read from the table.
    pub(super) fn is_read(&self) -> bool {
        match self {
            Self::Skipped(_) | Self::Rejected(_) => false,
            Self::Contact(_, found) => found.is_read,
        }
    }
}

impl Lookups<'_> {
    /// Looks up the contacts of rows, in the order of the rows.
    pub(super) async fn of<'r>(
        &self,
        readings: &'r [Arc<Reading>],
    ) -> Result<Vec<Lookup<'r>>, TableError> {
        let lookups = readings.iter().map(|reading| self.of_row(reading));
        stream::iter(lookups).buffered(AT_ONCE).try_collect().await
    }

    async fn of_row<'r>(&self, reading: &'r Reading) -> Result<Lookup<'r>, TableError> {
        let row = match &reading.content {
            Content::Row(row) => row,
            Content::Skipped(reason) => return Ok(Lookup::Skipped(*reason)),
            Content::Refused(error) => return Ok(Lookup::Rejected(error.clone())),
        };
        let key = match row.match_key(self.by) {
            Ok(key) => key,
            Err(reason) => return Ok(Lookup::Rejected(reading.refused(None, None, reason))),
        };
        let known = self.known(&key).await?;
        let owner = match (&key, &row.profile.external_id) {
            (MatchKey::ExternalId(_), _) | (_, None) => None,
            (_, Some(_)) if self.are_written => None,
            (_, Some(id)) => {
                Some(self.app.table.contact_of_external_id(self.organization, id).await?)
            }
        };
        let is_read = known.is_some() || owner.is_some();
        let (known, owner) = (known.unwrap_or(Known::None), owner.flatten());
        Ok(Lookup::Contact(row, Found { key, known, owner, is_read }))
    }

    /// The contacts with a row's key; `None` if there can be none, so that the table was not asked.
    async fn known(&self, key: &MatchKey) -> Result<Option<Known>, TableError> {
        let Self { app, organization, .. } = self;
        Ok(Some(match key {
            MatchKey::New => return Ok(None),
            MatchKey::Line(line) if self.phones.is_some_and(|phones| !phones.may_have(line)) => {
                return Ok(None);
            }
            MatchKey::Contact(id) => one(app.table.contact(organization, *id).await?),
            MatchKey::ExternalId(id) => {
                match app.table.contact_of_external_id(organization, id).await? {
                    Some(id) => one(app.table.contact(organization, id).await?),
                    None => Known::None,
                }
            }
            MatchKey::Line(line) => {
                let mut found = app.table.contacts_of_line(organization, line, MAX_OF_LINE).await?;
                if found.len() > 1 { Known::Several(found) } else { one(found.pop()) }
            }
        }))
    }
}

fn one(contact: Option<Contact>) -> Known {
    contact.map_or(Known::None, |contact| Known::One(Box::new(contact)))
}
