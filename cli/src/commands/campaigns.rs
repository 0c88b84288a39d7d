//! Campaigns, from a draft to the last receipt.

use clap::{Args, Subcommand};
use serde_json::Map;

use super::Context;
use super::counting;
use super::org::put;
use super::report::Report;
use crate::api::Body;
use crate::arguments::{Limit, Yes};
use crate::ask::confirm;
use crate::failure::Failure;
use crate::output::{CAMPAIGN, QUOTE, SKIPPED};

mod draft;
mod preview;
mod resend;
mod send;
mod test;
mod watch;

#[derive(Debug, Subcommand)]
pub(crate) enum Campaigns {
    /// List campaigns, newest first
    List {
        #[command(flatten)]
        filters: Filters,
        #[command(flatten)]
        limit: Limit,
    },
    /// Show a campaign with its audience and counts
    Show {
        /// The campaign's ID
        id: String,
    },
    Create(draft::Create),
    Edit(draft::Edit),
    /// Create a draft with the text, target and tags of a campaign
    Duplicate {
        /// The campaign's ID
        id: String,
        /// The draft's name; "Copy of" and the campaign's name by default
        #[arg(long)]
        name: Option<String>,
    },
    Resend(resend::Resend),
    /// Delete drafts
    Delete {
        /// The drafts' IDs
        #[arg(required = true)]
        ids: Vec<String>,
        #[command(flatten)]
        yes: Yes,
    },
    /// Show how many people a draft reaches, and its price
    Quote {
        /// The campaign's ID
        id: String,
    },
    Preview(preview::Preview),
    Test(test::Test),
    Send(send::Send),
    Schedule(send::Schedule),
    Watch(watch::Watch),
    Report(Report),
    /// Pause a campaign; messages on their way still arrive
    Pause {
        /// The campaign's ID
        id: String,
    },
    /// Resume a paused campaign
    Resume {
        /// The campaign's ID
        id: String,
    },
    /// Stop a campaign for good; messages that were not sent fail
    Stop {
        /// The campaign's ID
        id: String,
        #[command(flatten)]
        yes: Yes,
    },
    /// Cancel a scheduled campaign; no message leaves
    Cancel {
        /// The campaign's ID
        id: String,
    },
    /// List the contacts that a campaign skipped
    Skipped {
        /// The campaign's ID
        id: String,
        /// Only those skipped for this reason: noPhone, duplicate, unsubscribed, inactive, unrenderable or
        /// notInTarget. Those not in the target are only shown if this asks for them
        #[arg(long)]
        reason: Option<String>,
        #[command(flatten)]
        limit: Limit,
    },
    /// Hide a campaign that has ended from lists
    Archive {
        /// The campaign's ID
        id: String,
    },
    /// Show an archived campaign in lists again
    Unarchive {
        /// The campaign's ID
        id: String,
    },
}

/// Which campaigns to list.
#[derive(Debug, Args)]
pub(crate) struct Filters {
    /// Only those with this status: draft, scheduled, sent, cancelled or failed
    #[arg(long)]
    status: Option<String>,
    /// Only those with this tag
    #[arg(long)]
    tag: Option<String>,
    /// Only those whose name contains this, in any case
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Archived ones instead of the others
    #[arg(long)]
    archived: bool,
}

impl Filters {
    fn query(self) -> Vec<(&'static str, String)> {
        let archived = self.archived.then(|| "true".to_owned());
        let filters =
            [("status", self.status), ("tag", self.tag), ("q", self.name), ("archived", archived)];
        filters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

impl Campaigns {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        match self {
            Self::List { filters, limit } => {
                context.list(&["campaigns"], &filters.query(), &limit, &CAMPAIGN).await
            }
            Self::Show { id } => {
                let path = api.path(&["campaigns", &id]).await?;
                output.one(&api.get(&path, &[]).await?, &CAMPAIGN)
            }
            Self::Create(create) => create.run(context).await,
            Self::Edit(edit) => edit.run(context).await,
            Self::Duplicate { id, name } => {
                let mut body = Map::new();
                put(&mut body, "name", name);
                let path = api.path(&["campaigns", &id, "duplicate"]).await?;
                output.one(&api.post(&path, &body.into()).await?, &CAMPAIGN)
            }
            Self::Resend(resend) => resend.run(context).await,
            Self::Delete { ids, yes } => delete(context, &ids, yes).await,
            Self::Quote { id } => {
                let path = api.path(&["campaigns", &id]).await?;
                output.one(&counting::quote(context, &path).await?, &QUOTE)
            }
            Self::Preview(preview) => preview.run(context).await,
            Self::Test(test) => test.run(context).await,
            Self::Send(send) => send.run(context).await,
            Self::Schedule(schedule) => schedule.run(context).await,
            Self::Watch(watch) => watch.run(context).await,
            Self::Report(report) => report.run(context).await,
            Self::Pause { id } => act(context, &id, "pause").await,
            Self::Resume { id } => act(context, &id, "resume").await,
            Self::Stop { id, yes } => {
                confirm("Stop the campaign for good?", yes.yes)?;
                act(context, &id, "stop").await
            }
            Self::Cancel { id } => act(context, &id, "cancel").await,
            Self::Skipped { id, reason, limit } => {
                let query: Vec<_> = reason.into_iter().map(|reason| ("reason", reason)).collect();
                context.list(&["campaigns", &id, "skipped"], &query, &limit, &SKIPPED).await
            }
            Self::Archive { id } => act(context, &id, "archive").await,
            Self::Unarchive { id } => act(context, &id, "unarchive").await,
        }
    }
}

/// A step that needs no more than the campaign.
async fn act(context: &Context, id: &str, step: &str) -> Result<(), Failure> {
    let path = context.api.path(&["campaigns", id, step]).await?;
    context.output.one(&context.api.act(&path).await?, &CAMPAIGN)
}

async fn delete(context: &Context, ids: &[String], yes: Yes) -> Result<(), Failure> {
    confirm(&format!("Delete {} drafts?", ids.len()), yes.yes)?;
    for id in ids {
        context.api.delete(&context.api.path(&["campaigns", id]).await?, Body::None).await?;
    }
    context.output.note(&format!("Deleted {} drafts.", ids.len()));
    Ok(())
}
