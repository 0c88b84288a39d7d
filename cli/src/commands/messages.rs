//! Messages of a campaign, and those to a person.

use chrono::Utc;
use clap::{Args, Subcommand};

use super::Context;
use crate::arguments::Limit;
use crate::failure::Failure;
use crate::output::MESSAGE;
use crate::when;

#[derive(Debug, Subcommand)]
pub(crate) enum Messages {
    List(List),
    /// Show a message
    Show {
        /// The campaign's ID
        campaign: String,
        /// The message's ID
        id: String,
    },
    /// List the messages to a person over all campaigns, newest campaign first
    History {
        /// The person's phone
        #[arg(long, required_unless_present = "contact", conflicts_with = "contact")]
        phone: Option<String>,
        /// A contact of the person: its ID, or `ext:` and its external ID
        #[arg(long, value_name = "ID")]
        contact: Option<String>,
        #[command(flatten)]
        limit: Limit,
    },
}

/// List a campaign's messages
#[derive(Debug, Args)]
pub(crate) struct List {
    /// The campaign's ID
    campaign: String,
    /// Only those with this status: pending, sent, delivered, failed or unknown
    #[arg(long)]
    status: Option<String>,
    /// Only those that failed for this reason, such as expired
    #[arg(long)]
    reason: Option<String>,
    /// Only those that failed with this code of the provider
    #[arg(long)]
    code: Option<String>,
    /// Only those to phones of this country, such as US
    #[arg(long)]
    country: Option<String>,
    /// Only the one to this phone
    #[arg(long)]
    phone: Option<String>,
    /// Only the one to this contact's phone
    #[arg(long, value_name = "ID")]
    contact: Option<String>,
    /// Only those that changed at this time or later: a time, a day, or a span before now such as 2h
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only those that last changed before this time
    #[arg(long, value_name = "TIME")]
    before: Option<String>,
    /// Show the test messages instead
    #[arg(long)]
    tests: bool,
    #[command(flatten)]
    limit: Limit,
}

impl Messages {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        match self {
            Self::List(list) => list.run(context).await,
            Self::Show { campaign, id } => {
                let path = api.path(&["campaigns", &campaign, "messages", &id]).await?;
                output.one(&api.get(&path, &[]).await?, &MESSAGE)
            }
            Self::History { phone, contact, limit } => {
                let query = given([("phone", phone), ("contact", contact)]);
                context.list(&["messages"], &query, &limit, &MESSAGE).await
            }
        }
    }
}

impl List {
    async fn run(self, context: &Context) -> Result<(), Failure> {
        let time = |time: Option<String>| -> Result<Option<String>, Failure> {
            let time = time.map(|time| when::parse_past(&time, Utc::now()));
            Ok(time.transpose().map_err(Failure::Usage)?.map(when::rfc3339))
        };
        let query = given([
            ("kind", self.tests.then(|| "test".to_owned())),
            ("status", self.status),
            ("reason", self.reason),
            ("code", self.code),
            ("country", self.country),
            ("phone", self.phone),
            ("contact", self.contact),
            ("updatedSince", time(self.since)?),
            ("updatedBefore", time(self.before)?),
        ]);
        let path = ["campaigns", &self.campaign, "messages"];
        context.list(&path, &query, &self.limit, &MESSAGE).await
    }
}

fn given<const N: usize>(
    filters: [(&'static str, Option<String>); N],
) -> Vec<(&'static str, String)> {
    filters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}
