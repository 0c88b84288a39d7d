//! What people wrote back.

use clap::{Args, Subcommand};
use serde_json::json;

use super::Context;
use crate::arguments::Limit;
use crate::failure::Failure;
use crate::output::{INBOUND, MESSAGE};

#[derive(Debug, Subcommand)]
pub(crate) enum Inbound {
    /// List what people wrote, newest first
    List(List),
    /// Show a message and what was done with it
    Show {
        /// The message's ID
        id: String,
    },
    /// Send one text to the person, unless they opted out
    Reply {
        /// The message's ID
        id: String,
        /// The text
        #[arg(long)]
        body: String,
    },
    /// Opt the person out, with the message as evidence
    Suppress {
        /// The message's ID
        id: String,
    },
    /// Say that a flagged message is not a refusal
    Dismiss {
        /// The message's ID
        id: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only messages from this phone
    #[arg(long)]
    phone: Option<String>,
    /// Only replies to the campaign with this ID
    #[arg(long, value_name = "ID")]
    campaign: Option<String>,
    /// Only those that may be refusals and need a decision, soonest due first
    #[arg(long)]
    flagged: bool,
    #[command(flatten)]
    limit: Limit,
}

impl Inbound {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        match self {
            Self::List(list) => list.run(context).await,
            Self::Show { id } => {
                let path = api.path(&["inbound", &id]).await?;
                output.one(&api.get(&path, &[]).await?, &INBOUND)
            }
            Self::Reply { id, body } => {
                let path = api.path(&["inbound", &id, "reply"]).await?;
                output.one(&api.post(&path, &json!({"body": body})).await?, &MESSAGE)
            }
            Self::Suppress { id } => decide(context, &id, "suppress").await,
            Self::Dismiss { id } => decide(context, &id, "dismiss").await,
        }
    }
}

impl List {
    async fn run(self, context: &Context) -> Result<(), Failure> {
        let Self { phone, campaign, flagged, limit } = self;
        let flagged = flagged.then(|| "true".to_owned());
        let filters = [("phone", phone), ("campaign", campaign), ("flagged", flagged)];
        let query: Vec<_> =
            filters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        context.list(&["inbound"], &query, &limit, &INBOUND).await
    }
}

async fn decide(context: &Context, id: &str, verdict: &str) -> Result<(), Failure> {
    let Context { api, output } = context;
    let path = api.path(&["inbound", id, verdict]).await?;
    output.one(&api.act(&path).await?, &INBOUND)
}
