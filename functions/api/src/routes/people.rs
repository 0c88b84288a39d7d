//! What is known of a person, for when they ask.

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::table::{MessagesTo, Saved};
use serde::Deserialize;
use shared::actor::Actor;
use shared::erasure::Erasure;
use shared::job::{Due, JobsJob};
use shared::organization::Organization;
use shared::phone::Phone;
use utoipa::IntoParams;

use crate::auth::{Access, TenantAdmin};
use crate::json::Reply;
use crate::params::{Query, Segment, WrittenPhone};
use crate::problem::Problem;
use crate::state::{App, MAX_RACES, Volley};
use crate::views::{
    ContactView, ErasureView, InboundView, MessageView, PersonView, PreferenceView,
};

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
    let (contacts, preferences, mut texts, (found, next), erasure) = futures::try_join!(
        app.table.contacts_of_line(organization, &line, MAX_CONTACTS),
        app.table.register_of(organization, &phone),
        app.table.inbound_from(organization.id, &phone),
        app.table.messages_to(organization.id, &phone, after),
        app.table.erasure_of(organization.id, &phone),
    )?;
    texts.truncate(MAX_TEXTS);
    let inbound = app.table.inbound_by_ids(organization.id, &texts).await?;
    Reply::ok(&PersonView {
        phones: phone.forms(),
        contacts: contacts.into_iter().map(ContactView::from).collect(),
        preferences: preferences.into_iter().map(PreferenceView::from).collect(),
        inbound: inbound.into_iter().map(InboundView::from).collect(),
        messages: found.into_iter().flat_map(messages).collect(),
        erasure: erasure.as_ref().map(ErasureView::from),
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

/// Erase a person
///
/// Removes the phone, and everything that says who the person is, from contacts, messages, chunks, imports
/// and exports. Sums of campaigns stay as they are. The phone is suppressed from then on, by a hash that
/// can't be computed without a key of the deployment: a contact that is created with it later is skipped,
/// until the person sends START or an admin lifts it. Messages that are being sent may still arrive until
/// the status is `done`. Repeating the request is safe.
///
/// Files of an import that has not ended are kept until they expire, and so are backups.
#[utoipa::path(delete, path = "/v1/organizations/{organizationId}/people/{phone}", tag = "People",
    responses(
        (status = 202, description = "The person is being erased. The status is in what is known of the \
                                      person.", body = ErasureView),
        (status = 409, description = "`erasure_unavailable`: the deployment has no keys for erasures."),
    ))]
pub(crate) async fn erase_person(
    State(app): State<App>,
    access: Access<TenantAdmin>,
    Segment(phone): Segment<WrittenPhone>,
) -> Result<Reply, Problem> {
    let organization = &access.organization;
    let phone = phone.read(organization)?;
    for _ in 0..MAX_RACES {
        if let Some(erasure) = request(&app, organization, &phone, &access.actor).await? {
            return Reply::new(StatusCode::ACCEPTED, &ErasureView::from(&erasure));
        }
    }
    Err(Problem::raced())
}

/// Requests an erasure, unless one is underway. `None` if another request was faster.
async fn request(
    app: &Volley,
    organization: &Organization,
    phone: &Phone,
    actor: &Actor,
) -> Result<Option<Erasure>, Problem> {
    let hash = app.table.erased_hash(organization.id, &phone.line()).await?;
    let done = match app.table.erasure(organization.id, &hash).await? {
        Some((underway, Some(_))) => return Ok(Some(underway)),
        Some((done, None)) => Some(done),
        None => None,
    };
    let now = clock::now();
    let erasure = Erasure::new(organization.id, (hash, phone.clone()), actor.clone(), now);
    Ok(start(app, &erasure, done.as_ref()).await?.then_some(erasure))
}

/// Writes an erasure in place of one that is done, and queues its job. Returns `false` if another request
/// was faster.
pub(crate) async fn start(
    app: &Volley,
    erasure: &Erasure,
    done: Option<&Erasure>,
) -> Result<bool, Problem> {
    let (organization_id, now) = (erasure.organization_id, erasure.updated_at);
    // The sooner workers know of it, the sooner the erasure may begin.
    app.table.begin_erasures(organization_id, now).await?;
    let job = JobsJob::Erase { organization_id, hash: erasure.hash.clone() };
    let due = Due { at: app.grace.after(now), job: job.into() };
    if app.table.request_erasure(erasure, &due, done).await? != Saved::Done {
        return Ok(false);
    }
    app.arm(&due.job, now, now).await;
    Ok(true)
}
