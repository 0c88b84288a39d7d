//! Ends a test or a reply whose job always fails. The person who requested it waits for its end, and a
//! worker that comes too late must not send it after that.

use infra::clock;
use infra::table::{Claimed, Owed, Settlement};
use shared::message::{FailureReason, Found, Outcome, Status};
use shared::organization::SHARDS;
use shared::receipt::MessageRef;
use shared::time::Timestamp;

use crate::App;

/// The token of the sweep's claims. It is always the same, so that the next sweep knows the claim of
/// one that died.
const TOKEN: &str = "given-up";

/// Fails the message if no one can have handed it over, and otherwise makes it unknown.
pub(crate) async fn give_up(
    app: &App,
    owed: &Owed,
    message: &MessageRef,
    now: Timestamp,
) -> anyhow::Result<()> {
    let single = app.table.single_message(message).await?;
    // What is unknown was looked up at each attempt.
    let pending = single.filter(|single| single.message.status() == Status::Pending);
    let Some(single) = pending else {
        return Ok(app.table.forget_overdue(owed).await?);
    };
    let found = match app.table.claim_single(&single.message, TOKEN, now).await? {
        Claimed::Won => return fail(app, owed, message).await,
        Claimed::Exists(found) => found,
    };
    match (found.found_by(TOKEN, now, app.claim_seconds), &found.claim) {
        (Found::Own, _) => fail(app, owed, message).await,
        // A worker has just given its claim back. The next sweep finds none.
        (Found::Settled, None) if found.status() == Status::Pending => Ok(()),
        (Found::Settled, _) | (Found::Abandoned, None) => {
            Ok(app.table.forget_overdue(owed).await?)
        }
        (Found::Busy { until }, _) => {
            app.table.take_overdue(owed, until).await?;
            Ok(())
        }
        (Found::Abandoned, Some(claim)) => {
            app.table.mark_unknown(message, SHARDS, &claim.token, now).await?;
            // Its job looks it up once more, and the next sweep forgets it.
            app.queues.send(&owed.job, 0).await?;
            app.table.take_overdue(owed, app.grace.after(now)).await?;
            Ok(())
        }
    }
}

/// Fails a message that the sweep has claimed, so that no worker can send it. Neither tests nor replies
/// are stored by shard.
async fn fail(app: &App, owed: &Owed, message: &MessageRef) -> anyhow::Result<()> {
    let outcome = Outcome::Failed { reason: FailureReason::Other, code: None, at: clock::now() };
    let settlement = Settlement { message: *message, token: TOKEN.to_owned(), outcome };
    let written = app.table.settle_all(&[settlement], SHARDS).await?;
    written.into_iter().collect::<Result<Vec<bool>, _>>()?;
    Ok(app.table.forget_overdue(owed).await?)
}

#[cfg(test)]
mod tests;
