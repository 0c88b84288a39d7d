//! The contacts that rows mean, read ahead of the rows.

use futures::stream::{self, StreamExt, TryStreamExt};
use infra::table::TableError;
use shared::contact::Contact;
use shared::ids::ContactId;
use shared::import::{Content, Known, MatchBy, MatchKey, Reading, Row, RowError, SkipReason};
use shared::organization::Organization;

use crate::App;

const AT_ONCE: usize = 16;
/// The maximum number of contacts with a row's phone that are looked at. One transaction can note on
/// all of them that an import has a row for them.
const MAX_OF_LINE: usize = 20;

/// The contacts that a row may mean.
pub(super) struct Found {
    pub(super) key: MatchKey,
    pub(super) known: Known,
    /// The contact that has the row's external ID, unless that is what the row is matched by.
    pub(super) owner: Option<ContactId>,
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
            Self::Contact(_, Found { key, known: _, owner }) => {
                *key != MatchKey::New || owner.is_some()
            }
        }
    }
}

/// Looks up the contacts of rows, in the order of the rows.
pub(super) async fn look_up<'r>(
    app: &App,
    organization: &Organization,
    by: MatchBy,
    readings: &'r [Reading],
) -> Result<Vec<Lookup<'r>>, TableError> {
    let lookups = readings.iter().map(|reading| look_up_row(app, organization, by, reading));
    stream::iter(lookups).buffered(AT_ONCE).try_collect().await
}

async fn look_up_row<'r>(
    app: &App,
    organization: &Organization,
    by: MatchBy,
    reading: &'r Reading,
) -> Result<Lookup<'r>, TableError> {
    let row = match &reading.content {
        Content::Row(row) => row,
        Content::Skipped(reason) => return Ok(Lookup::Skipped(*reason)),
        Content::Refused(error) => return Ok(Lookup::Rejected(error.clone())),
    };
    let key = match row.match_key(by) {
        Ok(key) => key,
        Err(reason) => return Ok(Lookup::Rejected(reading.refused(None, None, reason))),
    };
    let known = known(app, organization, &key).await?;
    let owner = match (&key, &row.profile.external_id) {
        (MatchKey::ExternalId(_), _) | (_, None) => None,
        (_, Some(id)) => app.table.contact_of_external_id(organization, id).await?,
    };
    Ok(Lookup::Contact(row, Found { key, known, owner }))
}

async fn known(
    app: &App,
    organization: &Organization,
    key: &MatchKey,
) -> Result<Known, TableError> {
    Ok(match key {
        MatchKey::New => Known::None,
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
    })
}

fn one(contact: Option<Contact>) -> Known {
    contact.map_or(Known::None, |contact| Known::One(Box::new(contact)))
}
