//! Dispatching one test message: one number, asked of neither contacts nor unsubscribes.

use infra::clock;
use infra::table::{Settlement, TestMessage};
use shared::ids::{CampaignId, MessageId, OrganizationId};
use shared::job::Job;
use shared::message::{FailureReason, Message, Outcome};

use crate::App;
use crate::handover::{self, Handed, Member, Right, Text};

const RETRY_SECONDS: u32 = 10;
/// Whoever tests is waiting for the text: after this long it is told to have failed.
const GIVEN_UP_SECONDS: i64 = 300;

pub(crate) async fn dispatch(
    app: &App,
    organization_id: OrganizationId,
    campaign_id: CampaignId,
    message_id: MessageId,
) -> anyhow::Result<()> {
    let Some(TestMessage { message, from, body }) =
        app.table.test(organization_id, campaign_id, message_id).await?
    else {
        return Ok(());
    };
    let Some(organization) = app.table.organization(organization_id).await? else {
        return Ok(());
    };
    let text = Text { from: &from, body: &body, shards: organization.shards };
    let right = Right::new();
    let claimed = app.table.claim_test(&message, &right.token, clock::now()).await?;
    let handed = match handover::after_claim(app, &claimed, &right.token, &text).await? {
        Some(member) => Handed::Counted(member),
        None if is_too_late(&message) => Handed::Learnt(Settlement {
            message: handover::reference(&message),
            token: right.token,
            outcome: Outcome::Failed {
                reason: FailureReason::ProviderError,
                code: None,
                at: clock::now(),
            },
        }),
        None => handover::hand_over(app, &message, &right, &text, None).await?,
    };
    let member = match handed {
        Handed::Counted(member) => member,
        Handed::Learnt(settlement) => {
            let written = app.table.settle_all(&[settlement], text.shards).await?;
            written.into_iter().collect::<Result<Vec<bool>, _>>()?;
            Member::Settled
        }
    };
    let wait = match member {
        Member::Settled => return Ok(app.table.finish_test(&message).await?),
        Member::Unreachable | Member::Halted(_) => RETRY_SECONDS,
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

fn is_too_late(message: &Message) -> bool {
    clock::now() >= message.created_at.plus_seconds(GIVEN_UP_SECONDS)
}
