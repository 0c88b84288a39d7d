use std::collections::BTreeMap;

use serde::Serialize;
use shared::body::{Body, Format};
use shared::library::{SavedTemplate, TemplateVersion};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ChangedByView, Time, labels};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Template)]
pub(crate) struct TemplateView {
    id: Uuid,
    organization_id: Uuid,
    name: String,
    body: String,
    #[schema(value_type = labels::BodyFormat)]
    body_format: Format,
    defaults: BTreeMap<String, String>,
    /// Counted from 1.
    version: u32,
    #[schema(required = true)]
    changed_by: Option<ChangedByView>,
    created_at: Time,
    updated_at: Time,
    /// As in a campaign.
    warnings: Vec<String>,
}

/// The version of a template that a campaign's body was copied from.
#[derive(Serialize, ToSchema)]
#[schema(as = TemplateVersion)]
pub(crate) struct TemplateVersionView {
    id: Uuid,
    version: u32,
}

/// The defaults of a body, by field.
pub(super) fn defaults(body: &Body) -> BTreeMap<String, String> {
    body.defaults().into_iter().map(|(field, value)| (field.to_string(), value)).collect()
}

impl TemplateView {
    pub(crate) fn with_warnings(self, warnings: Vec<String>) -> Self {
        Self { warnings, ..self }
    }
}

impl From<SavedTemplate> for TemplateView {
    fn from(template: SavedTemplate) -> Self {
        Self {
            id: template.id.0,
            organization_id: template.organization_id.0,
            name: template.name,
            body: template.body.as_str().to_owned(),
            body_format: template.body.format(),
            defaults: defaults(&template.body),
            version: template.version,
            changed_by: template.changed_by.as_ref().map(ChangedByView::from),
            created_at: template.created_at.into(),
            updated_at: template.updated_at.into(),
            warnings: Vec::new(),
        }
    }
}

impl From<TemplateVersion> for TemplateVersionView {
    fn from(TemplateVersion { id, version }: TemplateVersion) -> Self {
        Self { id: id.0, version }
    }
}
