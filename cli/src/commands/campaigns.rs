//! Campaigns, from a draft to the last receipt.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::Context;
use super::org::put;
use crate::api::Body;
use crate::arguments::{Limit, Yes};
use crate::ask::confirm;
use crate::failure::Failure;
use crate::output::{CAMPAIGN, QUOTE};

mod send;
mod test;
mod watch;

#[derive(Debug, Subcommand)]
pub(crate) enum Campaigns {
    /// List campaigns, newest first
    List {
        /// Only those with this status: draft, scheduled, sent, cancelled or failed
        #[arg(long)]
        status: Option<String>,
        #[command(flatten)]
        limit: Limit,
    },
    /// Show a campaign with its audience and counts
    Show {
        id: String,
    },
    /// Create a draft
    Create {
        name: String,
        #[command(flatten)]
        text: Text,
        #[command(flatten)]
        target: Target,
    },
    /// Change a draft
    Edit {
        id: String,
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        text: Text,
        #[command(flatten)]
        target: Target,
        /// Send to all contacts again
        #[arg(long, conflicts_with_all = ["include", "exclude"])]
        everyone: bool,
    },
    /// Delete drafts
    Delete {
        #[arg(required = true)]
        ids: Vec<String>,
        #[command(flatten)]
        yes: Yes,
    },
    /// Show how many people a draft reaches, and its price
    Quote {
        id: String,
    },
    Test(test::Test),
    Send(send::Send),
    Schedule(send::Schedule),
    Watch(watch::Watch),
    /// Pause a campaign; messages on their way still arrive
    Pause {
        id: String,
    },
    /// Go on with a paused campaign
    Resume {
        id: String,
    },
    /// Stop a campaign for good; messages that were not sent fail
    Stop {
        id: String,
        #[command(flatten)]
        yes: Yes,
    },
    /// Cancel a scheduled campaign; no message leaves
    Cancel {
        id: String,
    },
}

/// Whom a campaign is for: all contacts, unless there are segments.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// Send to this segment. May be repeated
    #[arg(long, value_name = "SEGMENT")]
    include: Vec<String>,
    /// Leave out everyone in this segment. May be repeated
    #[arg(long, value_name = "SEGMENT")]
    exclude: Vec<String>,
}

impl Target {
    fn body(self) -> Option<Value> {
        let is_given = !self.include.is_empty() || !self.exclude.is_empty();
        is_given.then(|| json!({"include": self.include, "exclude": self.exclude}))
    }
}

/// A campaign's text.
#[derive(Debug, Args)]
pub(crate) struct Text {
    /// The text
    #[arg(long, value_name = "TEXT")]
    body: Option<String>,
    /// Read the text from this file, or from standard input if it is `-`
    #[arg(long, value_name = "FILE", conflicts_with = "body")]
    body_file: Option<PathBuf>,
}

impl Text {
    fn read(self) -> Result<Option<String>, Failure> {
        let Some(path) = self.body_file else { return Ok(self.body) };
        let text = if path.as_os_str() == "-" {
            std::io::read_to_string(std::io::stdin())
        } else {
            std::fs::read_to_string(&path)
        };
        let text = text.map_err(Failure::file(&path))?;
        // Editors end the last line.
        Ok(Some(text.strip_suffix('\n').unwrap_or(&text).to_owned()))
    }
}

impl Campaigns {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        match self {
            Self::List { status, limit } => {
                let query: Vec<_> = status.into_iter().map(|status| ("status", status)).collect();
                context.list(&["campaigns"], &query, &limit, &CAMPAIGN).await
            }
            Self::Show { id } => {
                let path = api.path(&["campaigns", &id]).await?;
                output.one(&api.get(&path, &[]).await?, &CAMPAIGN)
            }
            Self::Create { name, text, target } => create(context, name, text, target).await,
            Self::Edit { id, name, text, target, everyone } => {
                let target = if everyone { Some(Value::Null) } else { target.body() };
                edit(context, &id, name, text, target).await
            }
            Self::Delete { ids, yes } => delete(context, &ids, yes).await,
            Self::Quote { id } => {
                let path = api.path(&["campaigns", &id, "quote"]).await?;
                output.one(&api.act(&path).await?, &QUOTE)
            }
            Self::Test(test) => test.run(context).await,
            Self::Send(send) => send.run(context).await,
            Self::Schedule(schedule) => schedule.run(context).await,
            Self::Watch(watch) => watch.run(context).await,
            Self::Pause { id } => act(context, &id, "pause").await,
            Self::Resume { id } => act(context, &id, "resume").await,
            Self::Stop { id, yes } => {
                confirm("Stop the campaign for good?", yes.yes)?;
                act(context, &id, "stop").await
            }
            Self::Cancel { id } => act(context, &id, "cancel").await,
        }
    }
}

/// A step that needs no more than the campaign.
async fn act(context: &Context, id: &str, step: &str) -> Result<(), Failure> {
    let path = context.api.path(&["campaigns", id, step]).await?;
    context.output.one(&context.api.act(&path).await?, &CAMPAIGN)
}

async fn create(
    context: &Context,
    name: String,
    text: Text,
    target: Target,
) -> Result<(), Failure> {
    let Context { api, output } = context;
    let mut body = Map::new();
    body.insert("name".to_owned(), name.into());
    put(&mut body, "body", text.read()?);
    put(&mut body, "target", target.body());
    let campaign = api.post(&api.path(&["campaigns"]).await?, &body.into()).await?;
    output.one(&campaign, &CAMPAIGN)?;
    output.note("Next: volley campaigns test ID --to PHONE, then volley campaigns send ID");
    Ok(())
}

/// The API replaces a draft as a whole, so what is not changed is read first.
async fn edit(
    context: &Context,
    id: &str,
    name: Option<String>,
    text: Text,
    target: Option<Value>,
) -> Result<(), Failure> {
    let Context { api, output } = context;
    let path = api.path(&["campaigns", id]).await?;
    let draft = api.get(&path, &[]).await?;
    let mut body = Map::new();
    body.insert("name".to_owned(), name.map_or_else(|| draft["name"].clone(), Value::from));
    body.insert("body".to_owned(), text.read()?.map_or_else(|| draft["body"].clone(), Value::from));
    // Without a target, the API keeps the draft's.
    put(&mut body, "target", target);
    output.one(&api.put(&path, Body::Json(&body.into())).await?, &CAMPAIGN)
}

async fn delete(context: &Context, ids: &[String], yes: Yes) -> Result<(), Failure> {
    confirm(&format!("Delete {} drafts?", ids.len()), yes.yes)?;
    for id in ids {
        context.api.delete(&context.api.path(&["campaigns", id]).await?, Body::None).await?;
    }
    context.output.note(&format!("Deleted {} drafts.", ids.len()));
    Ok(())
}
