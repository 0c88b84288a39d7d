//! Waiting until a reconciliation ends.

use std::time::Duration;

use serde_json::Value;

use super::Context;
use crate::api::text;
use crate::failure::Failure;

const POLL_EVERY: Duration = Duration::from_secs(1);
/// A short outage of the network ends nothing: the reconciliation goes on.
const MAX_FAILURES: u32 = 10;

/// The reconciliation once it is done.
pub(super) async fn finished(context: &Context, path: &str) -> Result<Value, Failure> {
    let mut failures = 0;
    loop {
        match context.api.get(path, &[]).await {
            Ok(found) if text(&found["status"]) == "failed" => {
                let reason = text(&found["reason"]);
                return Err(Failure::Incomplete(format!("the reconciliation failed: {reason}")));
            }
            Ok(found) if text(&found["status"]) != "running" => return Ok(found),
            Ok(_) => failures = 0,
            Err(Failure::Unreachable(_)) if failures < MAX_FAILURES => failures += 1,
            Err(failure) => return Err(failure),
        }
        tokio::time::sleep(POLL_EVERY).await;
    }
}
