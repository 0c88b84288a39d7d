//! Reconciliations of unsubscribes with the provider's opt-out list.

use axum::extract::State;
use http::StatusCode;
use infra::clock;
use infra::table::{KeptReconciliation, ReconciliationBegun};
use shared::actor::Actor;
use shared::job::{Due, JobsJob};
use shared::organization::Organization;
use shared::reconciliation::{Reconciliation, Status};

use crate::auth::{Access, Member, Sender};
use crate::idempotency::Once;
use crate::json::{MaybeJson, Nothing, Reply};
use crate::problem::{Code, Problem};
use crate::state::{App, MAX_RACES, Volley};
use crate::views::ReconciliationView;

/// Get the newest reconciliation with the provider's opt-out list
///
/// Shows how far it is, or what it found. The deployment's admin key also sees how many phones of a
/// shared list are not the organization's.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/unsubscribes/reconciliation",
    tag = "Unsubscribes",
    responses((status = 200, description = "The newest reconciliation.", body = ReconciliationView)))]
pub(crate) async fn get_reconciliation(
    State(app): State<App>,
    access: Access<Member>,
) -> Result<Reply, Problem> {
    let organization = &access.organization;
    let kept = app.table.reconciliation(organization.id).await?;
    let sees_all = matches!(access.actor, Actor::Deployment);
    Reply::ok(&ReconciliationView::new(organization, kept.as_ref(), sees_all))
}

/// Reconcile with the provider's opt-out list
///
/// Reads the opt-out list of AWS End User Messaging, and unsubscribes each of the organization's phones
/// that has opted out there only: with the source `provider`, the provider's time, and the list as evidence.
/// This happens in the background; if a reconciliation is running, the response shows that one. Phones that
/// are unsubscribed here only are counted, but the provider's list is not changed.
///
/// Several organizations may share a list. Of a shared list, an organization settles only the phones that
/// are its contacts or in its register. Twilio has no such list: it refuses a text to someone who
/// opted out with error 21610, and Volley unsubscribes the phone then.
#[utoipa::path(post, path = "/v1/organizations/{organizationId}/unsubscribes/reconciliation",
    tag = "Unsubscribes",
    responses(
        (status = 202, description = "The running reconciliation.", body = ReconciliationView),
        (status = 409, description = "`opt_out_list_not_offered`: the organization's provider has no opt-out \
                                      list."),
    ))]
pub(crate) async fn start_reconciliation(
    State(app): State<App>,
    access: Access<Sender>,
    once: Once,
    MaybeJson(Nothing {}): MaybeJson<Nothing>,
) -> Result<Reply, Problem> {
    let organization = &access.organization;
    if organization.list_of_opt_outs().is_none() {
        let detail = "the organization's provider has no opt-out list; Volley unsubscribes phones \
                      as the provider refuses them";
        return Err(Problem::new(Code::OptOutListNotOffered, detail));
    }
    begin(&app, organization, &access.actor, Some(&once)).await
}

/// Begins a reconciliation, unless one is running.
pub(super) async fn begin(
    app: &Volley,
    organization: &Organization,
    actor: &Actor,
    once: Option<&Once>,
) -> Result<Reply, Problem> {
    let organization_id = organization.id;
    for _ in 0..MAX_RACES {
        let before = app.table.reconciliation(organization_id).await?;
        let last = before.as_ref().map(|kept| &kept.reconciliation);
        if last.is_some_and(|last| last.status() == Status::Running) {
            let view = ReconciliationView::new(organization, before.as_ref(), false);
            return Reply::new(StatusCode::ACCEPTED, &view);
        }
        let now = clock::now();
        let begun = Reconciliation::begin(organization_id, last, actor.clone(), now);
        let job = JobsJob::Reconcile { organization_id };
        let due = Due { at: app.grace.after(now), job: job.into() };
        let kept = KeptReconciliation {
            reconciliation: begun.clone(),
            due: Some(due.clone()),
            version: 1,
        };
        let view = ReconciliationView::new(organization, Some(&kept), false);
        let reply = Reply::new(StatusCode::ACCEPTED, &view)?;
        let remember = once.and_then(|once| once.remember(&reply, now));
        let written =
            app.table.begin_reconciliation(before.as_ref(), (&begun, &due), remember.as_ref());
        match written.await? {
            ReconciliationBegun::Done => {
                app.arm(&due.job, now, now).await;
                return Ok(reply);
            }
            ReconciliationBegun::Stale => {}
            ReconciliationBegun::Answered => return Err(Problem::raced()),
        }
    }
    Err(Problem::raced())
}
