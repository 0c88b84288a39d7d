//! Lists of contacts.

use axum::extract::State;
use infra::clock;
use infra::table::{ContactFilter, ShardPosition};
use serde::Deserialize;
use shared::contact::{Contact, MAX_EXTERNAL_ID, Status};
use shared::ids::SegmentId;
use shared::organization::Organization;
use shared::segment::Moment;
use utoipa::IntoParams;

use crate::auth::{Access, Viewer};
use crate::json::Reply;
use crate::page::ListView;
use crate::params::Query;
use crate::problem::{Code, Problem};
use crate::routes::segments;
use crate::state::{App, Volley};
use crate::views::{ContactView, labels};

/// The most digits of a phone.
const MAX_DIGITS: usize = 15;

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ContactQuery {
    /// The maximum number of items. A page may be shorter.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u32>,
    /// The `nextCursor` of the previous page.
    cursor: Option<String>,
    /// Only contacts with this tag. Reads the whole audience, page by page.
    tag: Option<String>,
    /// Only contacts of this segment. Reads the whole audience, page by page.
    #[param(value_type = Option<String>, format = Uuid)]
    segment: Option<SegmentId>,
    /// Only contacts whose phone begins with these digits in E.164, such as `+1415`. Reads only them.
    phone: Option<String>,
    /// Only the contact with this external ID. Found at once, and no other filter applies.
    external_id: Option<String>,
    /// Only contacts with this status. Reads the whole audience, page by page.
    #[param(value_type = Option<labels::ContactStatus>)]
    status: Option<Status>,
    /// Only contacts whose phone begins with these digits, or whose name, email address or external ID
    /// begins with this text in any case. Digits read only what they find; a text reads the whole
    /// audience, page by page.
    q: Option<String>,
}

/// List contacts
///
/// The order is unspecified. Contacts that match all filters are returned. With a filter that reads the
/// whole audience, a page can be short or even empty: continue until `nextCursor` is null.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/contacts", tag = "Contacts",
    params(ContactQuery),
    responses((status = 200, description = "A page of contacts.", body = ListView<ContactView>)))]
pub(crate) async fn list_contacts(
    State(app): State<App>,
    access: Access<Viewer>,
    Query(query): Query<ContactQuery>,
) -> Result<Reply, Problem> {
    let organization = &access.organization;
    let list = app.cursors.list(query.scope(organization), query.limit)?;
    let after: Option<ShardPosition> = list.position(query.cursor.as_deref())?;
    if let Some(external_id) = &query.external_id {
        let found = of_external_id(&app, organization, external_id).await?;
        return list.reply(found.into_iter().map(ContactView::from), None::<ShardPosition>);
    }
    let filter = query.filter(&app, organization).await?;
    let contacts = app.table.contacts(organization, &filter, list.limit.into(), after);
    let (contacts, next) = contacts.await?;
    list.reply(contacts.into_iter().map(ContactView::from), next)
}

async fn of_external_id(
    app: &Volley,
    organization: &Organization,
    external_id: &str,
) -> Result<Option<Contact>, Problem> {
    if external_id.chars().count() > MAX_EXTERNAL_ID {
        return Ok(None);
    }
    match app.table.contact_of_external_id(organization, external_id.trim()).await? {
        Some(id) => Ok(app.table.contact(organization, id).await?),
        None => Ok(None),
    }
}

impl ContactQuery {
    /// The list's name among all lists: a cursor of other filters is another list's.
    fn scope(&self, organization: &Organization) -> String {
        let filters = (
            &self.tag,
            self.segment,
            &self.phone,
            &self.external_id,
            self.status.map(Status::as_str),
            &self.q,
        );
        let filters = serde_json::to_string(&filters).unwrap_or_default();
        format!("{}/contacts?{filters}", organization.id)
    }

    async fn filter(
        &self,
        app: &Volley,
        organization: &Organization,
    ) -> Result<ContactFilter, Problem> {
        let phone_digits = self.phone.as_deref().map(digits).transpose()?;
        let q = self.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
        let q_digits = q.and_then(|q| digits(q).ok());
        if let (Some(_), Some(_)) = (&phone_digits, &q_digits) {
            let detail = "q looks like a phone; use either phone or q";
            return Err(Problem::new(Code::InvalidQuery, detail));
        }
        let beginning = q.filter(|_| q_digits.is_none()).map(str::to_owned);
        let segment = match self.segment {
            Some(id) => {
                let filter = segments::expanded(app, organization.id, id).await?;
                Some((filter, Moment { now: clock::now(), zone: organization.time_zone }))
            }
            None => None,
        };
        Ok(ContactFilter {
            phone_digits: phone_digits.or(q_digits),
            tag: self.tag.clone(),
            status: self.status,
            segment,
            beginning,
        })
    }
}

/// The digits after the `+` of a phone's beginning. In a query, an unencoded `+` is a space.
fn digits(written: &str) -> Result<String, Problem> {
    let digits = written.trim_start().trim_start_matches('+');
    let is_number = (1..=MAX_DIGITS).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0');
    if is_number {
        Ok(digits.to_owned())
    } else {
        let detail = "phone must be the beginning of a number in E.164, such as +1415";
        Err(Problem::new(Code::InvalidQuery, detail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phones_beginning_may_have_lost_its_plus() {
        for (written, expected) in [("+1415", "1415"), (" 1415", "1415"), ("49", "49")] {
            assert_eq!(digits(written).map_err(|_| ()), Ok(expected.to_owned()));
        }
        for written in ["", "+", "0171", "+1 415", "Ana", "1234567890123456"] {
            assert!(digits(written).is_err(), "{written}");
        }
    }
}
