//! Contacts.

use std::collections::BTreeMap;

use axum::extract::State;
use futures::future::try_join_all;
use http::StatusCode;
use infra::clock;
use infra::table::{ContactSaved, TableError};
use serde::Deserialize;
use shared::contact::{Contact, Profile};
use shared::ids::ContactId;
use shared::organization::Organization;
use shared::phone::Phone;
use utoipa::ToSchema;

use super::Ids;
use crate::auth::{Access, Sender, Viewer};
use crate::checks::Checks;
use crate::idempotency::Once;
use crate::json::{Json, Reply};
use crate::page::{ListView, Paging};
use crate::params::{Query, Segment};
use crate::problem::Problem;
use crate::state::{App, MAX_RACES, Volley};
use crate::views::ContactView;

/// The number of contacts read concurrently.
const READS_AT_ONCE: usize = 10;
/// The number of contacts that one transaction deletes.
const DELETES_AT_ONCE: usize = 50;

#[derive(Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ContactDraft {
    /// In E.164, or in national format of the organization's default region. Contacts may share a
    /// phone.
    phone: Option<String>,
    #[schema(max_length = 200)]
    first_name: Option<String>,
    #[schema(max_length = 200)]
    last_name: Option<String>,
    #[schema(max_length = 200)]
    email: Option<String>,
    /// Up to 20 strings, 2 KB in total.
    attributes: Option<BTreeMap<String, String>>,
}

/// Create a contact
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/contacts", tag = "Contacts",
    request_body = ContactDraft,
    responses((status = 201, description = "The new contact.", body = ContactView)))]
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
        profile: draft.checked(&access.organization)?,
        imported: None,
        created_at: now,
        updated_at: now,
    };
    let reply = Reply::new(StatusCode::CREATED, &ContactView::from(contact.clone()))?;
    let remember = once.remember(&reply, now);
    let saved = app.table.create_contact(&access.organization, &contact, remember.as_ref());
    match saved.await? {
        ContactSaved::Done => Ok(reply),
        ContactSaved::Stale | ContactSaved::Answered => Err(Problem::raced()),
    }
}

/// List contacts
///
/// The order is unspecified.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/contacts", tag = "Contacts",
    params(Paging),
    responses((status = 200, description = "A page of contacts.", body = ListView<ContactView>)))]
pub(crate) async fn list_contacts(
    State(app): State<App>,
    access: Access<Viewer>,
    Query(paging): Query<Paging>,
) -> Result<Reply, Problem> {
    let organization = &access.organization;
    let scope = format!("{}/contacts", organization.id);
    let list = app.cursors.list(scope, paging.limit)?;
    let after = list.position(paging.cursor.as_deref())?;
    let contacts = app.table.contacts(organization, list.limit.into(), after);
    let (contacts, next) = contacts.await?;
    list.reply(contacts.into_iter().map(ContactView::from), next)
}

/// Get a contact
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/contacts/{contactId}",
    tag = "Contacts",
    responses((status = 200, description = "The contact.", body = ContactView)))]
pub(crate) async fn get_contact(
    State(app): State<App>,
    access: Access<Viewer>,
    Segment(id): Segment<ContactId>,
) -> Result<Reply, Problem> {
    let contact = app.table.contact(&access.organization, id).await?;
    Reply::ok(&ContactView::from(contact.ok_or_else(Problem::not_found)?))
}

/// Replace a contact
///
/// Omitted fields become null.
#[utoipa::path(put, path = "/v1/organizations/{organizationId}/contacts/{contactId}",
    tag = "Contacts", request_body = ContactDraft,
    responses((status = 200, description = "The changed contact.", body = ContactView)))]
pub(crate) async fn update_contact(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<ContactId>,
    Json(draft): Json<ContactDraft>,
) -> Result<Reply, Problem> {
    let organization = &access.organization;
    let profile = draft.checked(organization)?;
    for _ in 0..MAX_RACES {
        let before = app.table.contact(organization, id).await?;
        let before = before.ok_or_else(Problem::not_found)?;
        let after = Contact {
            profile: profile.clone(),
            updated_at: clock::now().or_after(before.updated_at),
            ..before.clone()
        };
        let saved = app.table.save_contact(organization, &before, &after).await?;
        if saved == ContactSaved::Done {
            return Reply::ok(&ContactView::from(after));
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
    Segment(id): Segment<ContactId>,
) -> Result<StatusCode, Problem> {
    let found = find(&app, &access.organization, &[id]).await?;
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
        let found = find(&app, &access.organization, ids).await?;
        delete(&app, &access.organization, found).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Reads the contacts that exist.
async fn find(
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
        found = find(app, organization, &ids).await?;
    }
    Err(Problem::raced())
}

impl ContactDraft {
    fn checked(self, organization: &Organization) -> Result<Profile, Problem> {
        let mut checks = Checks::default();
        let parse = |written: String| Phone::parse(&written, organization.default_region);
        let phone = checks.take("/phone", self.phone.map(parse).transpose());
        let profile = Profile {
            phone: phone.clone().flatten(),
            first_name: self.first_name,
            last_name: self.last_name,
            email: self.email,
            attributes: self.attributes.unwrap_or_default(),
        };
        let profile =
            profile.checked().map_err(|error| (format!("/{}", error.field), error.reason));
        let profile = match profile {
            Ok(profile) => Some(profile),
            Err((pointer, reason)) => checks.take(&pointer, Err(reason)),
        };
        phone.and(profile).ok_or_else(|| checks.problem())
    }
}
