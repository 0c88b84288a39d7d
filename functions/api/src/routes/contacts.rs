//! Contacts.

mod batch;
mod drafts;
mod list;

pub(crate) use batch::*;
pub(crate) use list::*;

use axum::extract::State;
use futures::future::try_join_all;
use http::StatusCode;
use infra::clock;
use infra::table::{ContactSaved, TableError};
use shared::contact::{Contact, Profile};
use shared::ids::ContactId;
use shared::organization::Organization;

use self::drafts::{ContactDraft, ContactPatch};
use super::Ids;
use crate::auth::{Access, Sender, Viewer};
use crate::idempotency::Once;
use crate::json::{Json, Reply};
use crate::params::{ContactRef, Segment};
use crate::problem::{Code, Problem};
use crate::state::{App, MAX_RACES, Volley};
use crate::views::ContactView;

/// The number of contacts read concurrently.
const READS_AT_ONCE: usize = 10;
/// The number of contacts that one transaction deletes.
const DELETES_AT_ONCE: usize = 30;

/// Create a contact
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/contacts", tag = "Contacts",
    request_body = ContactDraft,
    responses(
        (status = 201, description = "The new contact.", body = ContactView),
        (status = 409, description = "`external_id_taken`: another contact has the external ID."),
    ))]
pub(crate) async fn create_contact(
    State(app): State<App>,
    access: Access<Sender>,
    once: Once,
    Json(draft): Json<ContactDraft>,
) -> Result<Reply, Problem> {
    let now = clock::now();
    let contact = Contact {
        id: ContactId::new(now, clock::entropy()),
        organization_id: access.organization.id,
        profile: draft.checked(&access.organization, None)?,
        imported: None,
        created_at: now,
        updated_at: now,
    };
    let reply = Reply::new(StatusCode::CREATED, &ContactView::from(contact.clone()))?;
    let remember = once.remember(&reply, now);
    let saved = app.table.create_contact(&access.organization, &contact, remember.as_ref());
    match saved.await? {
        ContactSaved::Done => Ok(reply),
        ContactSaved::ExternalIdTaken => Err(external_id_taken()),
        ContactSaved::Stale | ContactSaved::Answered => Err(Problem::raced()),
    }
}

/// Get a contact
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/contacts/{contactId}",
    tag = "Contacts",
    responses((status = 200, description = "The contact.", body = ContactView)))]
pub(crate) async fn get_contact(
    State(app): State<App>,
    access: Access<Viewer>,
    Segment(named): Segment<ContactRef>,
) -> Result<Reply, Problem> {
    Reply::ok(&ContactView::from(find(&app, &access.organization, named).await?))
}

/// Replace a contact
///
/// Omitted fields become null. But `externalId`, `status`, `tags`, `timeZone` and `language` stay as they
/// are unless they are given or null.
#[utoipa::path(put, path = "/v1/organizations/{organizationId}/contacts/{contactId}",
    tag = "Contacts", request_body = ContactDraft,
    responses(
        (status = 200, description = "The changed contact.", body = ContactView),
        (status = 409, description = "`external_id_taken`: another contact has the external ID."),
    ))]
pub(crate) async fn update_contact(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(named): Segment<ContactRef>,
    Json(draft): Json<ContactDraft>,
) -> Result<Reply, Problem> {
    let organization = &access.organization;
    change(&app, organization, named, |before| draft.clone().checked(organization, Some(before)))
        .await
}

/// Change single fields of a contact
///
/// Omitted fields stay as they are, and null clears a field.
#[utoipa::path(patch, path = "/v1/organizations/{organizationId}/contacts/{contactId}",
    tag = "Contacts", request_body = ContactPatch,
    responses(
        (status = 200, description = "The changed contact.", body = ContactView),
        (status = 409, description = "`external_id_taken`: another contact has the external ID."),
    ))]
pub(crate) async fn patch_contact(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(named): Segment<ContactRef>,
    Json(patch): Json<ContactPatch>,
) -> Result<Reply, Problem> {
    let organization = &access.organization;
    change(&app, organization, named, |before| patch.clone().applied(organization, before)).await
}

/// Changes a contact's profile, again if another request wrote in between.
async fn change(
    app: &Volley,
    organization: &Organization,
    named: ContactRef,
    decide: impl Fn(&Profile) -> Result<Profile, Problem>,
) -> Result<Reply, Problem> {
    let id = resolve(app, organization, named).await?;
    for _ in 0..MAX_RACES {
        let before = app.table.contact(organization, id).await?.ok_or_else(Problem::not_found)?;
        let after = Contact {
            profile: decide(&before.profile)?,
            updated_at: clock::now().or_after(before.updated_at),
            ..before.clone()
        };
        match app.table.save_contact(organization, &before, &after).await? {
            ContactSaved::Done => return Reply::ok(&ContactView::from(after)),
            ContactSaved::ExternalIdTaken => return Err(external_id_taken()),
            ContactSaved::Stale | ContactSaved::Answered => {}
        }
    }
    Err(Problem::raced())
}

/// Delete a contact
#[utoipa::path(delete, path = "/v1/organizations/{organizationId}/contacts/{contactId}",
    tag = "Contacts",
    responses((status = 204, description = "The contact was deleted.")))]
pub(crate) async fn delete_contact(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(named): Segment<ContactRef>,
) -> Result<StatusCode, Problem> {
    let id = resolve(&app, &access.organization, named).await?;
    let found = existing(&app, &access.organization, &[id]).await?;
    if found.is_empty() {
        return Err(Problem::not_found());
    }
    delete(&app, &access.organization, found).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete up to 100 contacts
///
/// IDs that do not exist are ignored.
#[utoipa::path(delete, path = "/v1/organizations/{organizationId}/contacts", tag = "Contacts",
    request_body = Ids,
    responses((status = 204, description = "The contacts were deleted.")))]
pub(crate) async fn delete_contacts(
    State(app): State<App>,
    access: Access<Sender>,
    Json(ids): Json<Ids>,
) -> Result<StatusCode, Problem> {
    let ids = ids.checked(ContactId)?;
    for ids in ids.chunks(DELETES_AT_ONCE) {
        let found = existing(&app, &access.organization, ids).await?;
        delete(&app, &access.organization, found).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Reads the contacts that exist.
async fn existing(
    app: &Volley,
    organization: &Organization,
    ids: &[ContactId],
) -> Result<Vec<Contact>, TableError> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(READS_AT_ONCE) {
        let read = try_join_all(ids.iter().map(|id| app.table.contact(organization, *id)));
        found.extend(read.await?.into_iter().flatten());
    }
    Ok(found)
}

/// Deletes the contacts, re-reading those that changed in the meantime.
async fn delete(
    app: &Volley,
    organization: &Organization,
    mut found: Vec<Contact>,
) -> Result<(), Problem> {
    for _ in 0..MAX_RACES {
        if found.is_empty() {
            return Ok(());
        }
        let deleted = app.table.delete_contacts(organization, &found).await?;
        if deleted == ContactSaved::Done {
            return Ok(());
        }
        let ids: Vec<ContactId> = found.iter().map(|contact| contact.id).collect();
        found = existing(app, organization, &ids).await?;
    }
    Err(Problem::raced())
}

/// The ID of the contact that a path names, or 404.
pub(crate) async fn resolve(
    app: &Volley,
    organization: &Organization,
    named: ContactRef,
) -> Result<ContactId, Problem> {
    match named {
        ContactRef::Id(id) => Ok(id),
        ContactRef::External(external_id) => {
            let found = app.table.contact_of_external_id(organization, &external_id).await?;
            found.ok_or_else(Problem::not_found)
        }
    }
}

/// The contact that a path names, or 404.
pub(crate) async fn find(
    app: &Volley,
    organization: &Organization,
    named: ContactRef,
) -> Result<Contact, Problem> {
    let id = resolve(app, organization, named).await?;
    app.table.contact(organization, id).await?.ok_or_else(Problem::not_found)
}

fn external_id_taken() -> Problem {
    let detail = "another contact has this externalId; change that contact, or use another ID";
    Problem::new(Code::ExternalIdTaken, detail)
}
