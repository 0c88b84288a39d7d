//! Files of what an organization has.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Map, Value};

use super::Context;
use super::org::put;
use crate::api::text;
use crate::arguments::Limit;
use crate::failure::Failure;
use crate::output::EXPORT;

mod file;
mod wait;

#[derive(Debug, Subcommand)]
pub(crate) enum Exports {
    Create(Create),
    /// List exports of the last seven days, newest first
    List(Limit),
    /// Show an export and its progress
    Show {
        /// The export's ID
        id: String,
    },
    /// Download the file of an export, once it is done
    Download {
        /// The export's ID
        id: String,
        #[command(flatten)]
        to: To,
    },
}

/// Export to a file, and download it
///
/// Writes to standard output without --to. An export may take minutes; if it is interrupted, it goes on, and
/// `exports list` and `exports download` find it.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// What to export
    #[arg(value_enum)]
    kind: Kind,
    /// The campaign of messages or skipped contacts
    #[arg(
        long,
        value_name = "ID",
        required_if_eq_any = [("kind", "messages"), ("kind", "skipped")]
    )]
    campaign: Option<String>,
    /// csv for spreadsheets, or jsonl for programs: one JSON object a line
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "csv|jsonl",
        hide_possible_values = true
    )]
    format: ExportFormat,
    #[command(flatten)]
    to: To,
    /// Only request the export and show it
    #[arg(long, conflicts_with = "to")]
    no_wait: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// The messages of a campaign
    Messages,
    /// All contacts, as a file that `volley import` reads
    Contacts,
    /// The phones that opted out
    Unsubscribes,
    /// The contacts that a campaign skipped
    Skipped,
}

impl Kind {
    fn label(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::Contacts => "contacts",
            Self::Unsubscribes => "unsubscribes",
            Self::Skipped => "skipped",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    #[default]
    Csv,
    Jsonl,
}

impl ExportFormat {
    fn label(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }
}

/// Where a file goes.
#[derive(Debug, Args)]
pub(crate) struct To {
    /// The file to write, which only you can read then. It stays compressed if its name ends in .gz
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
}

impl Exports {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        match self {
            Self::Create(create) => create.run(context).await,
            Self::List(limit) => context.list(&["exports"], &[], &limit, &EXPORT).await,
            Self::Show { id } => {
                let path = api.path(&["exports", &id]).await?;
                output.one(&api.get(&path, &[]).await?, &EXPORT)
            }
            Self::Download { id, to } => {
                let export = wait::finished(context, &id).await?;
                file::download(context, &export, to.to.as_deref()).await
            }
        }
    }
}

impl Create {
    async fn run(self, context: &Context) -> Result<(), Failure> {
        let export = request(context, self.kind, self.format, self.campaign).await?;
        if self.no_wait {
            context.output.one(&export, &EXPORT)?;
            context
                .output
                .note(&format!("Next: volley exports download {} --to FILE", text(&export["id"])));
            return Ok(());
        }
        let export = wait::finished(context, text(&export["id"])).await?;
        file::download(context, &export, self.to.to.as_deref()).await
    }
}

async fn request(
    context: &Context,
    kind: Kind,
    format: ExportFormat,
    campaign: Option<String>,
) -> Result<Value, Failure> {
    let mut body = Map::new();
    body.insert("kind".to_owned(), kind.label().into());
    body.insert("format".to_owned(), format.label().into());
    put(&mut body, "campaignId", campaign);
    context.api.post(&context.api.path(&["exports"]).await?, &body.into()).await
}

/// Exports all contacts.
pub(crate) async fn contacts(
    context: &Context,
    format: ExportFormat,
    to: To,
) -> Result<(), Failure> {
    let export = request(context, Kind::Contacts, format, None).await?;
    let export = wait::finished(context, text(&export["id"])).await?;
    file::download(context, &export, to.to.as_deref()).await
}
