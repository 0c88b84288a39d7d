//! Templates: an organization's library of bodies.

use std::collections::BTreeMap;

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::table::Saved;
use serde::Deserialize;
use shared::body::{Body, Format};
use shared::ids::TemplateId;
use shared::library::{SavedTemplate, TemplateVersion};
use shared::organization::{NAME_LONGEST, Organization};
use shared::text;
use utoipa::{IntoParams, ToSchema};

use super::bodies::{Written, check_body, warnings};
use crate::auth::{Access, Sender, Viewer};
use crate::checks::Checks;
use crate::idempotency::Once;
use crate::json::{Json, Reply};
use crate::page::{ListView, Paging};
use crate::params::{Query, Segment};
use crate::problem::Problem;
use crate::state::{App, MAX_RACES};
use crate::views::{TemplateView, labels};

#[derive(Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TemplateDraft {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// As in a campaign.
    #[schema(min_length = 1, max_length = 8192)]
    body: String,
    /// As in a campaign.
    #[schema(value_type = Option<labels::BodyFormat>)]
    body_format: Option<Format>,
    /// The values of merge fields that a contact lacks, by field. Those that the body does not use are
    /// named in `warnings`.
    defaults: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct VersionQuery {
    /// An earlier version. Defaults to the newest one.
    #[param(minimum = 1)]
    version: Option<u32>,
}

/// Create a template
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/templates", tag = "Templates",
    request_body = TemplateDraft,
    responses((status = 201, description = "The new template.", body = TemplateView)))]
pub(crate) async fn create_template(
    State(app): State<App>,
    access: Access<Sender>,
    once: Once,
    Json(draft): Json<TemplateDraft>,
) -> Result<Reply, Problem> {
    let now = clock::now();
    let (organization, written) = (&access.organization, draft.defaults.as_ref());
    let (name, body) = draft.checked(organization, None)?;
    let warnings = warnings(&app, organization, Some(&body), written).await?;
    let template = SavedTemplate {
        id: TemplateId::new(now, clock::entropy()),
        organization_id: organization.id,
        name,
        body,
        version: 1,
        changed_by: Some(access.actor),
        created_at: now,
        updated_at: now,
    };
    let view = TemplateView::from(template.clone()).with_warnings(warnings);
    let reply = Reply::new(StatusCode::CREATED, &view)?;
    let remember = once.remember(&reply, now);
    match app.table.save_template(&template, remember.as_ref()).await? {
        Saved::Done => Ok(reply),
        Saved::Stale | Saved::Answered => Err(Problem::raced()),
    }
}

/// List templates
///
/// Newest first.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/templates", tag = "Templates",
    params(Paging),
    responses((status = 200, description = "A page of templates.", body = ListView<TemplateView>)))]
pub(crate) async fn list_templates(
    State(app): State<App>,
    access: Access<Viewer>,
    Query(paging): Query<Paging>,
) -> Result<Reply, Problem> {
    let id = access.organization.id;
    let list = app.cursors.list(format!("{id}/templates"), paging.limit)?;
    let after = list.position(paging.cursor.as_deref())?;
    let (templates, next) = app.table.templates(id, list.limit.into(), after).await?;
    list.reply(templates.into_iter().map(TemplateView::from), next)
}

/// Get a template
///
/// Any version of it, even after the template was deleted if `version` is given.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/templates/{templateId}",
    tag = "Templates", params(VersionQuery),
    responses((status = 200, description = "The template.", body = TemplateView)))]
pub(crate) async fn get_template(
    State(app): State<App>,
    access: Access<Viewer>,
    Segment(id): Segment<TemplateId>,
    Query(query): Query<VersionQuery>,
) -> Result<Reply, Problem> {
    let organization = access.organization.id;
    let template = match query.version {
        Some(version) => {
            let version = TemplateVersion { id, version };
            app.table.template_version(organization, version).await?
        }
        None => app.table.template(organization, id).await?,
    };
    Reply::ok(&TemplateView::from(template.ok_or_else(Problem::not_found)?))
}

/// Replace a template
///
/// The result is a new version. Campaigns that were made of earlier ones stay as they are.
#[utoipa::path(put, path = "/v1/organizations/{organizationId}/templates/{templateId}",
    tag = "Templates", request_body = TemplateDraft,
    responses((status = 200, description = "The new version.", body = TemplateView)))]
pub(crate) async fn update_template(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<TemplateId>,
    Json(draft): Json<TemplateDraft>,
) -> Result<Reply, Problem> {
    let organization = &access.organization;
    for _ in 0..MAX_RACES {
        let before = app.table.template(organization.id, id).await?;
        let before = before.ok_or_else(Problem::not_found)?;
        let (name, body) = draft.checked(organization, Some(&before.body))?;
        let after = before.changed(name, body, access.actor.clone(), clock::now());
        if app.table.save_template(&after, None).await? == Saved::Done {
            let written = draft.defaults.as_ref();
            let warnings = warnings(&app, organization, Some(&after.body), written).await?;
            return Reply::ok(&TemplateView::from(after).with_warnings(warnings));
        }
    }
    Err(Problem::raced())
}

/// Delete a template
///
/// Campaigns that were made of it stay as they are, and its versions can still be read.
#[utoipa::path(delete, path = "/v1/organizations/{organizationId}/templates/{templateId}",
    tag = "Templates",
    responses((status = 204, description = "The template was deleted.")))]
pub(crate) async fn delete_template(
    State(app): State<App>,
    access: Access<Sender>,
    Segment(id): Segment<TemplateId>,
) -> Result<StatusCode, Problem> {
    if app.table.delete_template(access.organization.id, id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found())
    }
}

impl TemplateDraft {
    fn checked(
        &self,
        organization: &Organization,
        before: Option<&Body>,
    ) -> Result<(String, Body), Problem> {
        let mut checks = Checks::default();
        let name = checks.take("/name", text::name(&self.name, NAME_LONGEST));
        let (format, defaults) = (self.body_format, self.defaults.as_ref());
        let written = Written { body: &self.body, format, defaults, before };
        let body = written.checked(&mut checks);
        let checked = name.zip(body).ok_or_else(|| checks.problem())?;
        check_body(organization, Some(&checked.1))?;
        Ok(checked)
    }
}
