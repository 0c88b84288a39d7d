//! A draft for those whom a campaign did not reach.

use std::time::Duration;

use clap::Args;
use serde_json::{Map, Value};

use super::Context;
use crate::api::{count, text};
use crate::commands::org::put;
use crate::failure::Failure;
use crate::output::CAMPAIGN;
use crate::progress::Progress;

const POLL_EVERY: Duration = Duration::from_secs(1);

/// Create a draft for those whom a campaign did not reach
///
/// People whom another campaign with the same text has reached, or may have reached, are left out. Waits
/// until the recipients are chosen; then `campaigns quote` counts them and `campaigns send` sends the draft.
#[derive(Debug, Args)]
pub(crate) struct Resend {
    /// The ID of the campaign whose messages failed
    id: String,
    /// Why they failed, such as expired or unreachable; may be repeated
    #[arg(long = "reason", value_name = "REASON", required = true)]
    reasons: Vec<String>,
    /// Also text those who may have received the first message, and receive it twice then
    #[arg(long)]
    include_unknown: bool,
    /// The draft's name; "Resend of" and the campaign's name by default
    #[arg(long)]
    name: Option<String>,
}

impl Resend {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let mut body = Map::new();
        body.insert("reasons".to_owned(), self.reasons.into());
        body.insert("includeUnknown".to_owned(), self.include_unknown.into());
        put(&mut body, "name", self.name);
        let path = context.api.path(&["campaigns", &self.id, "resend"]).await?;
        let draft = context.api.post(&path, &body.into()).await?;
        let draft = prepared(context, text(&draft["id"])).await?;
        context.output.one(&draft, &CAMPAIGN)
    }
}

/// Waits until the draft's recipients are chosen.
async fn prepared(context: &Context, id: &str) -> Result<Value, Failure> {
    let path = context.api.path(&["campaigns", id]).await?;
    let mut progress = Progress::new(&context.output, "failed messages found");
    loop {
        let draft = context.api.get(&path, &[]).await?;
        if draft["resend"]["ready"] != false {
            progress.finish();
            return Ok(draft);
        }
        progress.set(count(&draft["resend"]["chosen"]), None);
        tokio::time::sleep(POLL_EVERY).await;
    }
}
