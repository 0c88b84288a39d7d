//! Messages of a campaign.

use clap::Subcommand;

use super::Context;
use crate::arguments::Limit;
use crate::failure::Failure;
use crate::output::MESSAGE;

#[derive(Debug, Subcommand)]
pub(crate) enum Messages {
    /// List a campaign's messages
    List {
        /// The campaign's ID
        campaign: String,
        /// Only those with this status: pending, sent, delivered, failed or unknown
        #[arg(long)]
        status: Option<String>,
        /// Show the test messages instead
        #[arg(long)]
        tests: bool,
        #[command(flatten)]
        limit: Limit,
    },
    /// Show a message
    Show {
        /// The campaign's ID
        campaign: String,
        /// The message's ID
        id: String,
    },
}

impl Messages {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        match self {
            Self::List { campaign, status, tests, limit } => {
                let mut query: Vec<_> =
                    status.into_iter().map(|status| ("status", status)).collect();
                if tests {
                    query.push(("kind", "test".to_owned()));
                }
                let segments = ["campaigns", &campaign, "messages"];
                context.list(&segments, &query, &limit, &MESSAGE).await
            }
            Self::Show { campaign, id } => {
                let path = api.path(&["campaigns", &campaign, "messages", &id]).await?;
                output.one(&api.get(&path, &[]).await?, &MESSAGE)
            }
        }
    }
}
