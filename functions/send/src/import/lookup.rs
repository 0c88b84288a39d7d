//! The contacts that rows mean, read ahead of the rows.

use futures::stream::{self, StreamExt, TryStreamExt};
use infra::table::TableError;
use shared::contact::Contact;
use shared::ids::ContactId;
use shared::import::{Content, Known, MatchBy, MatchKey, Reading};
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

/// A row that is to become a contact, with the contacts that it may mean.
pub(super) type Lookup = Option<Result<Found, String>>;

/// Looks up the contacts of rows, in the order of the rows. `None` where a row is not a
/// contact, `Err` where it lacks what it is matched by.
pub(super) async fn look_up(
    app: &App,
    organization: &Organization,
    by: MatchBy,
    readings: &[Reading],
) -> Result<Vec<Lookup>, TableError> {
    let lookups = readings.iter().map(async |reading: &Reading| {
        let row = match &reading.content {
            Content::Row(row) => row,
            Content::Skipped(_) | Content::Refused(_) => return Ok(None),
        };
        let key = match row.match_key(by) {
            Ok(key) => key,
            Err(reason) => return Ok(Some(Err(reason))),
        };
        let known = known(app, organization, &key).await?;
        let owner = match (&key, &row.profile.external_id) {
            (MatchKey::ExternalId(_), _) | (_, None) => None,
            (_, Some(id)) => app.table.contact_of_external_id(organization, id).await?,
        };
        Ok::<_, TableError>(Some(Ok(Found { key, known, owner })))
    });
    stream::iter(lookups).buffered(AT_ONCE).try_collect().await
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
