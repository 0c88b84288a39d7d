//! The contacts that rows mean, read ahead of the rows.

use futures::stream::{self, StreamExt, TryStreamExt};
use infra::table::TableError;
use shared::import::{Content, Known, MatchBy, MatchKey, Reading};
use shared::organization::Organization;

use crate::App;

const AT_ONCE: usize = 16;

/// A row that is to become a contact, with the contacts that it may mean.
pub(super) type Lookup = Option<Result<(MatchKey, Known), String>>;

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
        Ok::<_, TableError>(Some(Ok((key, known))))
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
        MatchKey::Contact(id) => match app.table.contact(organization, *id).await? {
            Some(contact) => Known::One(Box::new(contact)),
            None => Known::None,
        },
        MatchKey::Line(line) => {
            let mut found = app.table.contacts_of_line(organization, line, 2).await?.into_iter();
            match (found.next(), found.next()) {
                (None, _) => Known::None,
                (Some(contact), None) => Known::One(Box::new(contact)),
                (Some(_), Some(_)) => Known::Several,
            }
        }
    })
}
