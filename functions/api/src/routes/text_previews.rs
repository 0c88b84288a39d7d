//! Previews of a campaign's texts, rendered for contacts as they are.

use axum::extract::State;
use infra::table::ContactFilter;
use serde::Deserialize;
use shared::body::Body;
use shared::campaign::Refusal;
use shared::contact::{Contact, Status};
use shared::ids::CampaignId;
use shared::organization::Organization;
use shared::target::{Choice, FrozenTarget};
use utoipa::ToSchema;

use super::campaigns::{find, freeze};
use super::contacts;
use crate::auth::{Access, Viewer};
use crate::json::{MaybeJson, Reply};
use crate::params::Segment;
use crate::problem::Problem;
use crate::state::{App, Volley};
use crate::views::{TextPreviewView, TextView};

const MAX_CHOSEN: usize = 20;
const DEFAULT_SAMPLES: usize = 100;
const MAX_SAMPLES: usize = 500;
/// The contacts that are read to find samples of a target.
const MAX_READ: usize = 2_000;
const PAGE: usize = 100;

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextPreviewRequest {
    /// Contacts to render the text for, by ID or as `ext:` and an external ID. Without any, active
    /// contacts of the target are sampled.
    #[schema(max_items = 20)]
    #[serde(default)]
    contacts: Vec<String>,
    /// The number of sampled contacts. Defaults to 100.
    #[schema(minimum = 1, maximum = 500)]
    samples: Option<u32>,
}

/// Preview a campaign's texts
///
/// Renders the text for chosen or sampled contacts as they are now. Shows the shortest text, the longest,
/// the one with the most parts, and contacts without a text.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/preview",
    tag = "Campaigns", request_body = Option<TextPreviewRequest>,
    responses(
        (status = 200, description = "The texts.", body = TextPreviewView),
        (status = 422, description = "`campaign_body_required`, `target_missing`, or a contact does \
                                      not exist."),
    ))]
pub(crate) async fn preview_texts(
    State(app): State<App>,
    access: Access<Viewer>,
    Segment(id): Segment<CampaignId>,
    MaybeJson(request): MaybeJson<TextPreviewRequest>,
) -> Result<Reply, Problem> {
    let organization = &access.organization;
    let samples = request.samples()?;
    let campaign = find(&app, organization.id, id).await?;
    let body = campaign.body.as_ref().ok_or(Refusal::BodyRequired)?;
    let contacts = if request.contacts.is_empty() {
        let target = match &campaign.target {
            Some(target) => Some(freeze(&app, organization, target).await?),
            None => None,
        };
        sampled(&app, organization, target.as_ref(), samples).await?
    } else {
        chosen(&app, organization, &request.contacts).await?
    };
    let texts = contacts.iter().map(|contact| text(organization, body, contact));
    Reply::ok(&TextPreviewView::new(texts.collect(), !request.contacts.is_empty()))
}

impl TextPreviewRequest {
    fn samples(&self) -> Result<usize, Problem> {
        if self.contacts.len() > MAX_CHOSEN {
            let detail = format!("must have at most {MAX_CHOSEN} entries");
            return Err(Problem::field("/contacts", detail));
        }
        let samples = self.samples.map_or(Ok(DEFAULT_SAMPLES), usize::try_from).ok();
        let samples = samples.filter(|samples| (1..=MAX_SAMPLES).contains(samples));
        let detail = || format!("must be between 1 and {MAX_SAMPLES}");
        samples.ok_or_else(|| Problem::field("/samples", detail()))
    }
}

fn text(organization: &Organization, body: &Body, contact: &Contact) -> TextView {
    TextView::new(contact.id, body.preview(contact, &organization.sender.provider))
}

async fn chosen(
    app: &Volley,
    organization: &Organization,
    named: &[String],
) -> Result<Vec<Contact>, Problem> {
    let mut chosen = Vec::with_capacity(named.len());
    for (place, written) in named.iter().enumerate() {
        let found = contacts::named(app, organization, written).await?;
        let missing = || {
            Problem::field(format!("/contacts/{place}"), "must name a contact of the organization")
        };
        chosen.push(found.ok_or_else(missing)?);
    }
    Ok(chosen)
}

/// Active contacts with a phone, from the first shards. A shard is a random part of the audience.
async fn sampled(
    app: &Volley,
    organization: &Organization,
    target: Option<&FrozenTarget>,
    samples: usize,
) -> Result<Vec<Contact>, Problem> {
    let filter = ContactFilter { status: Some(Status::Active), ..ContactFilter::default() };
    let now = infra::clock::now();
    let is_sample = |contact: &Contact| {
        contact.profile.phone.is_some()
            && target.is_none_or(|target| target.choose(contact, now) == Choice::Included)
    };
    let (mut found, mut read, mut after) = (Vec::new(), 0, None);
    while found.len() < samples && read < MAX_READ {
        let (page, next) = app.table.contacts(organization, &filter, PAGE, after).await?;
        read += page.len().max(1);
        found.extend(page.into_iter().filter(is_sample));
        after = next;
        if after.is_none() {
            break;
        }
    }
    found.truncate(samples);
    Ok(found)
}
