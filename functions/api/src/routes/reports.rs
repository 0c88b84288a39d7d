//! Reports: the results of a campaign, and of an organization's campaigns over a period.
//!
//! Nothing is counted here. A campaign's report is one item that polls write, and an organization's
//! report is summed from those items.

use axum::extract::State;
use infra::clock;
use serde::Deserialize;
use shared::ids::CampaignId;
use shared::time::Timestamp;
use utoipa::IntoParams;

use super::campaigns::find;
use crate::auth::{Access, Viewer};
use crate::json::Reply;
use crate::params::{Query, Segment};
use crate::problem::{Code, Problem};
use crate::state::App;
use crate::views::{OrganizationReportView, ReportPeriod, ReportView, Time};

const DAY_SECONDS: i64 = 86_400;
/// The days of a report whose period is not specified.
const DEFAULT_DAYS: i64 = 30;
const MAX_DAYS: i64 = 366;
/// The maximum number of campaigns that one report sums.
const MAX_CAMPAIGNS: usize = 1_000;

/// Get a campaign's report
///
/// The results of its messages as the newest poll counted them: 30 seconds after the audience is read,
/// then every five minutes while the campaign sends, and more rarely afterwards. Each poll replaces the
/// whole report, so its numbers agree with each other. All of them can be recomputed from the list of
/// messages.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/campaigns/{campaignId}/report",
    tag = "Reports",
    responses(
        (status = 200, description = "The report.", body = ReportView),
        (status = 409, description = "`campaign_not_sent`: the campaign was not sent."),
    ))]
pub(crate) async fn get_report(
    State(app): State<App>,
    access: Access<Viewer>,
    Segment(id): Segment<CampaignId>,
) -> Result<Reply, Problem> {
    let campaign = find(&app, access.organization.id, id).await?;
    let Some(broadcast) = campaign.broadcast() else {
        let detail = "the campaign was not sent, so there is nothing to report";
        return Err(Problem::new(Code::CampaignNotSent, detail));
    };
    let (counted, opt_outs, replies) = futures::try_join!(
        app.table.report(&campaign),
        app.table.opt_outs(campaign.id),
        app.table.replies_to(campaign.id),
    )?;
    let view = ReportView::new(&campaign, broadcast, &access.organization, counted);
    Reply::ok(&view.with_heard(opt_outs, replies))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReportQuery {
    /// Only campaigns that were sent at this time or later. By default, 30 days before `to`.
    #[param(value_type = Option<Time>)]
    from: Option<Timestamp>,
    /// Only campaigns that were sent before this time. By default, now.
    #[param(value_type = Option<Time>)]
    to: Option<Timestamp>,
}

impl ReportQuery {
    fn period(&self, now: Timestamp) -> Result<ReportPeriod, Problem> {
        let invalid = |detail| Problem::new(Code::InvalidQuery, detail);
        let to = self.to.unwrap_or(now);
        let from = self.from.unwrap_or(to.plus_seconds(-DEFAULT_DAYS * DAY_SECONDS));
        if from >= to {
            return Err(invalid("from must be before to"));
        }
        if to.since(from).num_seconds() > MAX_DAYS * DAY_SECONDS {
            return Err(invalid("the period must be at most 366 days"));
        }
        Ok(ReportPeriod { from, to })
    }
}

/// Get an organization's report over a period
///
/// Sums over the campaigns that were sent in the period: in all, by day, by sender and by campaign.
/// They are computed on request from the campaigns' own reports, and a campaign counts whole on the day
/// on which it was sent. A campaign is included once a poll has counted it.
#[utoipa::path(get, path = "/v1/organizations/{organizationId}/reports", tag = "Reports",
    params(ReportQuery),
    responses(
        (status = 200, description = "The report.", body = OrganizationReportView),
        (status = 422, description = "`period_too_long`: more than 1,000 campaigns were sent in the \
                                      period."),
    ))]
pub(crate) async fn get_organization_report(
    State(app): State<App>,
    access: Access<Viewer>,
    Query(query): Query<ReportQuery>,
) -> Result<Reply, Problem> {
    let period = query.period(clock::now())?;
    let organization = &access.organization;
    let range = (period.from, period.to);
    let found = app.table.summaries(organization.id, range, MAX_CAMPAIGNS).await?;
    let campaigns = found.ok_or_else(|| {
        let detail = "more than 1,000 campaigns were sent in the period; choose a shorter one";
        Problem::new(Code::PeriodTooLong, detail)
    })?;
    Reply::ok(&OrganizationReportView::new(organization, period, campaigns))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(days: i64) -> Timestamp {
        Timestamp::EPOCH.plus_seconds(days * DAY_SECONDS)
    }

    #[test]
    fn a_period_is_bounded() {
        let period = |from: Option<i64>, to: Option<i64>| {
            let query = ReportQuery { from: from.map(at), to: to.map(at) };
            query.period(at(1_000)).map_err(|_| ())
        };
        let days = |from, to| Ok(ReportPeriod { from: at(from), to: at(to) });
        assert_eq!(period(None, None), days(970, 1_000));
        assert_eq!(period(None, Some(100)), days(70, 100));
        assert_eq!(period(Some(634), None), days(634, 1_000));
        for (from, to) in [(Some(5), Some(5)), (Some(6), Some(5)), (Some(633), None)] {
            assert_eq!(period(from, to), Err(()), "{from:?} {to:?}");
        }
    }
}
