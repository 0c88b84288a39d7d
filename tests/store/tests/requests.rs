//! Requests of a minute, which instances take in leases.

use infra::clock;
use shared::rate::{RateLimit, WINDOW_SECONDS, window};

use crate::{organization, table};

#[tokio::test]
async fn all_instances_together_take_no_more_than_a_minute_has() -> anyhow::Result<()> {
    let table = table().await;
    let limit: RateLimit = "50".parse()?;
    let caller = organization().to_string();
    let now = window(clock::now());
    let lease = async |minute| table.lease_requests(&caller, minute, limit).await;
    assert_eq!(lease(now).await?, Some(20));
    assert_eq!(lease(now).await?, Some(40));
    // The last ten would need a smaller lease: a few requests are left rather than counted singly.
    assert_eq!(lease(now).await?, None);
    assert_eq!(lease(now.plus_seconds(WINDOW_SECONDS)).await?, Some(20));
    Ok(())
}
