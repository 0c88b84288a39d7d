//! Drafts of campaigns as clients send them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use shared::body::{Body, Format};
use shared::campaign::Campaign;
use shared::contact::check_tags;
use shared::ids::TemplateId;
use shared::library::TemplateVersion;
use shared::organization::{NAME_LONGEST, Organization};
use shared::text;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::bodies::{Written, check_body};
use super::target::{TargetDraft, changed};
use crate::checks::Checks;
use crate::json::Maybe;
use crate::problem::Problem;
use crate::state::Volley;
use crate::views::labels;

#[derive(Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CampaignDraft {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// The text, at most 1,600 characters, or a template for it, at most 8 KB, with merge fields such
    /// as `{{ firstName | default("there") }}`. A campaign without a body cannot be sent.
    #[schema(min_length = 1, max_length = 8192)]
    body: Option<String>,
    /// `text` is sent exactly as written, and `template` is rendered for each recipient. Without it, a
    /// body with `{{` or `{%` is a template.
    #[schema(value_type = Option<labels::BodyFormat>)]
    body_format: Option<Format>,
    /// The values of merge fields that a contact lacks, by field, such as `firstName` or
    /// `attributes["City"]`. Those that the body does not use are named in `warnings`.
    pub(super) defaults: Option<BTreeMap<String, String>>,
    /// Copies the body and the defaults of the template's newest version. Not together with `body`.
    template_id: Option<Uuid>,
    /// Who the campaign is for: null means everyone. Replacing a draft without it leaves it as it is.
    #[serde(default)]
    #[schema(value_type = Option<TargetDraft>)]
    target: Maybe<TargetDraft>,
    /// Labels to find the campaign by, at most 50. Replacing a draft without them leaves them as they are.
    #[schema(max_items = 50)]
    tags: Option<BTreeSet<String>>,
}

/// A draft that was checked, except for whether its target exists.
pub(super) struct Checked {
    pub(super) name: String,
    pub(super) body: Option<Body>,
    template: Option<TemplateVersion>,
    tags: BTreeSet<String>,
}

impl Checked {
    /// The campaign with everything but its name and body.
    pub(super) fn applied(&self, draft: CampaignDraft, to: Campaign) -> Result<Campaign, Problem> {
        let target = changed(draft.target, to.target.clone())?;
        Ok(Campaign { target, template: self.template, tags: self.tags.clone(), ..to })
    }
}

impl CampaignDraft {
    /// Checks a new draft, or one that replaces `before`.
    pub(super) async fn checked(
        &self,
        app: &Volley,
        organization: &Organization,
        before: Option<&Campaign>,
    ) -> Result<Checked, Problem> {
        let mut checks = Checks::default();
        let name = checks.take("/name", text::name(&self.name, NAME_LONGEST));
        let written = self.body.as_deref().map(|body| Written {
            body,
            format: self.body_format,
            defaults: self.defaults.as_ref(),
            before: before.and_then(|before| before.body.as_ref()),
        });
        let body = written.map(|written| written.checked(&mut checks));
        let tags = match &self.tags {
            Some(tags) => checks.take("/tags", check_tags(tags)),
            None => Some(before.map(|before| before.tags.clone()).unwrap_or_default()),
        };
        let (Some(name), Some(tags), None | Some(Some(_))) = (name, tags, &body) else {
            return Err(checks.problem());
        };
        let origin = before.and_then(|before| before.template);
        let (body, template) = match self.template_id {
            Some(id) => self.copied(app, organization, TemplateId(id)).await?,
            None => (body.flatten(), origin),
        };
        check_body(organization, body.as_ref())?;
        Ok(Checked { name, body, template, tags })
    }

    /// The newest version of a template.
    async fn copied(
        &self,
        app: &Volley,
        organization: &Organization,
        id: TemplateId,
    ) -> Result<(Option<Body>, Option<TemplateVersion>), Problem> {
        if self.body.is_some() || self.body_format.is_some() || self.defaults.is_some() {
            let detail = "must not be given together with body, bodyFormat or defaults";
            return Err(Problem::field("/templateId", detail));
        }
        let template = app.table.template(organization.id, id).await?;
        let missing = || Problem::field("/templateId", "must be a template of the organization");
        let template = template.ok_or_else(missing)?;
        let version = template.current();
        Ok((Some(template.body), Some(version)))
    }
}
