//! Waiting until an export ends.

use std::time::Duration;

use serde_json::Value;

use super::Context;
use crate::api::{count, text};
use crate::failure::Failure;
use crate::progress::Progress;

const POLL_EVERY: Duration = Duration::from_secs(1);
/// A short outage of the network does not end a long export.
const MAX_FAILURES: u32 = 10;

/// The export once it is done, with a link to its file.
pub(super) async fn finished(context: &Context, id: &str) -> Result<Value, Failure> {
    let path = context.api.path(&["exports", id]).await?;
    let mut progress = Progress::new(&context.output, "rows exported");
    let mut failures = 0;
    loop {
        match context.api.get(&path, &[]).await {
            Ok(export) => {
                failures = 0;
                if let Some(ended) = ended(export, &mut progress) {
                    progress.finish();
                    return ended;
                }
            }
            Err(Failure::Unreachable(_)) if failures < MAX_FAILURES => failures += 1,
            Err(failure) => return Err(failure),
        }
        tokio::time::sleep(POLL_EVERY).await;
    }
}

fn ended(export: Value, progress: &mut Progress) -> Option<Result<Value, Failure>> {
    match text(&export["status"]) {
        "pending" | "running" => {
            progress.set(count(&export["rows"]), None);
            None
        }
        "done" => Some(Ok(export)),
        status => {
            let reason = text(&export["reason"]);
            Some(Err(Failure::Incomplete(format!("the export is {status}: {reason}"))))
        }
    }
}
