//! A worker that dies. Every worker is killed, and what others had claimed and not handed over yet would stay
//! unknown, so no other test may send meanwhile.

use e2e::{PATIENCE, phone};
use local::client::wait;

use crate::alone;

/// The worker dies while it waits for the provider. The message may have gone out, so it is looked
/// up at the provider and not sent again.
#[tokio::test]
async fn a_dispatch_that_dies_between_claim_and_answer_sends_nothing_twice() -> anyhow::Result<()> {
    let (_alone, tenant) = alone().await?;
    let (slow, quick) = (phone(), phone());
    tenant.books.script(&slow, "slow-answer").await?;
    for to in [&slow, &quick] {
        tenant.contact(to).await?;
    }
    let id = tenant.send().await?;
    wait("the provider to take the messages", PATIENCE, async || {
        let texts = [tenant.books.texts(&slow).await?, tenant.books.texts(&quick).await?];
        Ok((texts == [1, 1]).then_some(()))
    })
    .await?;
    assert!(tenant.functions.kill("DISPATCH")? > 0, "nothing was killed");
    let campaign = tenant.repaired(&id).await?;
    assert_eq!(campaign["counts"]["delivered"], 2);
    assert_eq!(tenant.books.texts(&slow).await?, 1);
    tenant.assert_balanced(&campaign).await
}
