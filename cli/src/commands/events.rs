//! What happens in an organization, as it happens.

use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::Context;
use crate::failure::Failure;
use crate::output::CHANGE;

mod seen;

use seen::{Kind, Seen};

/// As many as a page of a list has.
const NEWEST: &str = "100";
/// A short outage of the network does not end a long watch.
const MAX_FAILURES: u32 = 10;

#[derive(Debug, Subcommand)]
pub(crate) enum Events {
    Tail(Tail),
}

/// Print what happens from now on, a line for each change
///
/// The API keeps no list of events, so this reads the newest 100 campaigns, texts from people, imports and
/// exports every few seconds, and prints how they differ. What begins and ends in between is missed, and so
/// are campaigns that are older than the newest 100. Webhooks miss nothing: see `volley webhooks listen`.
/// Ends with Ctrl-C.
#[derive(Debug, Args)]
pub(crate) struct Tail {
    /// How often to look
    #[arg(
        long,
        default_value_t = 5,
        value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    every: u64,
    /// End after this many changes
    #[arg(long, value_name = "N")]
    count: Option<usize>,
}

impl Events {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Tail(tail) => tail.run(context).await,
        }
    }
}

impl Tail {
    async fn run(self, context: &Context) -> Result<(), Failure> {
        let mut seen = Seen::default();
        seen.changes(&look(context).await?);
        context.output.note("Watching. Ctrl-C ends it.");
        let (mut shown, mut failures) = (0, 0);
        loop {
            tokio::select! {
                () = tokio::time::sleep(Duration::from_secs(self.every)) => {}
                _ = tokio::signal::ctrl_c() => return Ok(()),
            }
            let found = match look(context).await {
                Ok(found) => found,
                Err(Failure::Unreachable(_)) if failures < MAX_FAILURES => {
                    failures += 1;
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            failures = 0;
            for change in seen.changes(&found) {
                context.output.line(&change, &CHANGE, shown == 0)?;
                shown += 1;
                if self.count == Some(shown) {
                    return Ok(());
                }
            }
        }
    }
}

/// The newest of each kind.
async fn look(context: &Context) -> Result<Vec<(Kind, Vec<Value>)>, Failure> {
    let mut found = Vec::new();
    for kind in Kind::ALL {
        let path = context.api.path(kind.path()).await?;
        let page = context.api.get(&path, &[("limit", NEWEST.to_owned())]).await?;
        found.push((kind, page["items"].as_array().cloned().unwrap_or_default()));
    }
    Ok(found)
}
