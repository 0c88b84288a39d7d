//! Taking over a table that was restored to an earlier moment.

mod erasures;

use axum::extract::State;
use infra::clock;
use infra::table::HaltScope;
use shared::actor::Actor;
use shared::campaign::{Campaign, Status};
use shared::ids::OrganizationId;

use super::controls::arm_new;
use crate::auth::DeploymentOnly;
use crate::json::{MaybeJson, Nothing, Reply};
use crate::page::Paging;
use crate::params::Query;
use crate::problem::{Code, Problem};
use crate::state::{App, Volley};
use crate::views::{CampaignView, RestoredErasureView, RestoredView};

const CAMPAIGNS_AT_ONCE: i32 = 100;

/// End what a restored table cannot continue
///
/// After the table was restored to an earlier moment, it lacks what was sent since. So campaigns that were
/// still to send at that moment are stopped, and recipients without a message become `unknown`: they may have
/// been texted, and are not texted again. Scheduled campaigns are canceled, because they may have
/// been sent or canceled since. All of them get the reason `restored`.
///
/// People who were erased since are erased again. `erasures` has those whose erasure was started or is still
/// running, by the hash that the journal of erasures has of them.
///
/// A page is for `limit` organizations, oldest first, and has the campaigns of theirs that were ended. Go
/// on until `nextCursor` is null. Then start again, until no page has erasures, and only then lift the halt.
/// Repeating it is safe, also after it timed out.
#[utoipa::path(post, path = "/v1/restored", tag = "Sending", params(Paging), responses(
    (status = 200, description = "The campaigns that were ended, and the erasures that are done again.",
        body = RestoredView),
    (status = 409, description = "`not_halted`: the deployment may send; halt it first."),
))]
pub(crate) async fn end_restored(
    State(app): State<App>,
    _: DeploymentOnly,
    Query(paging): Query<Paging>,
    MaybeJson(Nothing {}): MaybeJson<Nothing>,
) -> Result<Reply, Problem> {
    let halt = app.table.halt(HaltScope::Deployment).await?;
    if !halt.is_some_and(|halt| halt.is_on) {
        let detail = "the deployment may send; halt it first";
        return Err(Problem::new(Code::NotHalted, detail));
    }
    let list = app.cursors.list("restored".to_owned(), paging.limit)?;
    let after = list.position(paging.cursor.as_deref())?;
    let (organizations, next) = app.table.organizations(list.limit.into(), after).await?;
    // First what may take long, because a campaign is in the response of one request only.
    let mut running = Vec::new();
    for organization in &organizations {
        running.extend(erasures::replay(&app, organization.id).await?);
    }
    let mut ended = Vec::new();
    for organization in organizations {
        for status in [Status::Scheduled, Status::Sent] {
            ended.extend(end(&app, organization.id, status).await?);
        }
    }
    tracing::warn!(
        campaigns = ended.len(),
        erasures = running.len(),
        "ended campaigns of a restored table"
    );
    Reply::ok(&RestoredView {
        items: ended.iter().map(CampaignView::from).collect(),
        erasures: running.iter().map(RestoredErasureView::from).collect(),
        next_cursor: list.cursor(next)?,
    })
}

/// Ends an organization's campaigns with this status, as far as they were still to send.
async fn end(
    app: &Volley,
    organization: OrganizationId,
    status: Status,
) -> Result<Vec<Campaign>, Problem> {
    let (mut ended, mut after) = (Vec::new(), None);
    loop {
        let page = app.table.campaigns(organization, Some(status), CAMPAIGNS_AT_ONCE, after);
        let (campaigns, next) = page.await?;
        for campaign in campaigns {
            let now = clock::now();
            let decide = |campaign: &Campaign| {
                let after = campaign.restored(&app.polls, now, app.grace)?;
                Some(after.by(Actor::Deployment))
            };
            let written = app.table.update_campaign(organization, campaign.id, decide).await?;
            if let Some(after) = &written {
                arm_new(app, &campaign, after).await;
            }
            ended.extend(written);
        }
        after = next;
        if after.is_none() {
            return Ok(ended);
        }
    }
}
