//! What is known of a person, for when they ask.

use axum::extract::State;
use infra::table::MessagesTo;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::auth::{Access, TenantAdmin};
use crate::json::Reply;
use crate::params::{Query, Segment, WrittenPhone};
use crate::problem::Problem;
use crate::state::App;
use crate::views::{ContactView, InboundView, MessageView, PersonView, PreferenceView};

/// More contacts than any phone has.
const MAX_CONTACTS: usize = 1_000;
/// The number of texts that are shown. The list of inbound messages has all of them.
const MAX_TEXTS: usize = 100;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PersonQuery {
    /// The `nextCursor` of the previous page of messages.
    cursor: Option<String>,
}

/// Get what is known of a person
///
/// Returns the contacts with a phone, what the register of unsubscribes holds of it, with the evidence,
/// the newest 100 texts from it, and the messages to it over all campaigns. A phone that can be written in two forms is found in both.
/// A person of whom nothing is known has empty lists.
///
/// Files that the organization imported or exported are not searched; they are removed after 30 and
/// seven days. All texts from the phone are listed by `…/inbound?phone=`, and each of them by its ID
/// with the replies to it.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/people/{phone}", tag = "People",
    params(PersonQuery),
    responses((status = 200, description = "What is known, with a page of messages.",
        body = PersonView)))]
pub(crate) async fn get_person(
    State(app): State<App>,
    access: Access<TenantAdmin>,
    Segment(phone): Segment<WrittenPhone>,
    Query(PersonQuery { cursor }): Query<PersonQuery>,
) -> Result<Reply, Problem> {
    let organization = &access.organization;
    let phone = phone.read(organization)?;
    let line = phone.line();
    let scope = format!("{}/people/{}", organization.id, line.as_phone());
    let list = app.cursors.list(scope, None)?;
    let after = list.position(cursor.as_deref())?;
    let (contacts, preferences, mut texts, (found, next)) = futures::try_join!(
        app.table.contacts_of_line(organization, &line, MAX_CONTACTS),
        app.table.register_of(organization, &phone),
        app.table.inbound_from(organization.id, &phone),
        app.table.messages_to(organization.id, &phone, after),
    )?;
    texts.truncate(MAX_TEXTS);
    let inbound = app.table.inbound_by_ids(organization.id, &texts).await?;
    Reply::ok(&PersonView {
        phones: phone.forms(),
        contacts: contacts.into_iter().map(ContactView::from).collect(),
        preferences: preferences.into_iter().map(PreferenceView::from).collect(),
        inbound: inbound.into_iter().map(InboundView::from).collect(),
        messages: found.into_iter().flat_map(messages).collect(),
        next_cursor: list.cursor(next)?,
    })
}

fn messages(found: MessagesTo) -> Vec<MessageView> {
    let MessagesTo { campaign, messages, tests } = found;
    let claimed = messages.into_iter().filter_map(|message| {
        let broadcast = campaign.broadcast()?;
        Some(MessageView::of_campaign(&campaign, broadcast, message))
    });
    claimed.chain(tests.into_iter().map(MessageView::from)).collect()
}
