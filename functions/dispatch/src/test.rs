//! Dispatching one test message: one number, asked of neither contacts nor unsubscribes.

use infra::clock;
use shared::ids::{CampaignId, MessageId, OrganizationId};
use shared::job::Job;

use crate::App;
use crate::handover::{self, Member, Text};

const RETRY_SECONDS: u32 = 10;
/// Whoever tests is waiting for the text: after this long it is told to have failed.
const GIVEN_UP_SECONDS: i64 = 300;

pub(crate) async fn dispatch(
    app: &App,
    organization_id: OrganizationId,
    campaign_id: CampaignId,
    message_id: MessageId,
) -> anyhow::Result<()> {
    let Some(test) = app.table.test(organization_id, campaign_id, message_id).await? else {
        return Ok(());
    };
    let Some(organization) = app.table.organization(organization_id).await? else {
        return Ok(());
    };
    let text = Text { from: &test.from, body: &test.body, shards: organization.shards };
    if clock::now() >= test.message.created_at.plus_seconds(GIVEN_UP_SECONDS) {
        handover::give_up(app, &test.message, &text).await?;
        return Ok(app.table.finish_test(&test.message).await?);
    }
    let wait = match handover::send(app, &test.message, &text).await? {
        Member::Settled => return Ok(app.table.finish_test(&test.message).await?),
        Member::Unreachable => RETRY_SECONDS,
        Member::Throttled { retry_after } => {
            u32::try_from(retry_after.as_secs())?.clamp(RETRY_SECONDS, 900)
        }
        Member::Busy { until } => {
            let seconds = until.since(clock::now()).num_seconds().clamp(0, 900);
            u32::try_from(seconds)? + 1
        }
    };
    let job = Job::Test { organization_id, campaign_id, message_id };
    Ok(app.queues.send(&job, wait).await?)
}
