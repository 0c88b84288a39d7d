//! Importing contacts from a file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use reqwest::Method;
use serde_json::Value;

use super::Context;
use crate::api::{Body, count, text};
use crate::arguments::Yes;
use crate::ask::confirm;
use crate::failure::Failure;
use crate::output::{Format, IMPORT, Output, ROW_ERROR};
use crate::progress::Progress;

mod command;
mod options;
pub(crate) mod pinpoint;
mod rejected;
mod upload;

use command::Command;
use options::Options;
use pinpoint::Pinpoint;

/// The largest file that a request can carry.
const MAX_DIRECT: u64 = 4 * 1024 * 1024;
const POLL_EVERY: Duration = Duration::from_millis(500);

/// Import contacts from a file: CSV or JSON lines, plain or gzip
///
/// Columns are recognized by name. People whom an opt-out column marks are opted out before the first
/// contact is created. Without --yes, a dry run shows what would happen first. Exits with 4 if rows were
/// rejected.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Import {
    #[command(subcommand)]
    command: Option<Command>,
    /// The file to import
    #[arg(required = true)]
    file: Option<PathBuf>,
    /// Only show what would happen
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Write all rejected rows to this CSV file
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    #[command(flatten)]
    yes: Yes,
    #[command(flatten)]
    options: Options,
}

impl Import {
    /// The command if it needs no API.
    pub(crate) fn offline(&self) -> Option<&Pinpoint> {
        match &self.command {
            Some(Command::Pinpoint(pinpoint)) if pinpoint.is_offline() => Some(pinpoint),
            _ => None,
        }
    }

    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Self { command, file, options, dry_run, rejected, yes } = self;
        let file = match (command, file) {
            (Some(command), _) => return command.run(context).await,
            (None, Some(file)) => file,
            (None, None) => return Err(Failure::usage("name the file to import")),
        };
        if !yes.yes {
            let rehearsal = import(context, &file, &options, true).await?;
            if dry_run {
                show(context, &rehearsal, rejected.as_deref()).await?;
                return outcome(&rehearsal);
            }
            context.output.note(&summary(&rehearsal));
            for warning in warnings(&rehearsal) {
                context.output.note(&warning);
            }
            confirm(&format!("Import {}?", file.display()), false)?;
        }
        let import = import(context, &file, &options, false).await?;
        show(context, &import, rejected.as_deref()).await?;
        outcome(&import)
    }
}

/// What a dry run found, in a line.
fn summary(import: &Value) -> String {
    let number = |name: &str| count(&import[name]);
    format!(
        "Of {} rows, {} would create a contact, {} update one, {} change nothing, {} be skipped and {} be rejected; {} people opt out.",
        number("rows"),
        number("created"),
        number("updated"),
        number("unchanged"),
        number("skipped"),
        number("rejected"),
        number("optOuts"),
    )
}

/// What a dry run warns of, in a line each.
fn warnings(import: &Value) -> Vec<String> {
    let warnings = import["warnings"].as_array().into_iter().flatten();
    warnings.map(|warning| format!("Warning: {}.", text(&warning["detail"]))).collect()
}

async fn show(context: &Context, import: &Value, to: Option<&Path>) -> Result<(), Failure> {
    context.output.one(import, &IMPORT)?;
    if let Some(path) = to {
        return rejected::download(context, text(&import["id"]), path).await;
    }
    let errors = import["errors"].as_array().cloned().unwrap_or_default();
    if context.output.format() == Format::Table && context.output.is_whole() && !errors.is_empty() {
        Output::raw("\n")?;
        context.output.rows(&errors, &ROW_ERROR)?;
    }
    Ok(())
}

/// Imports a file and waits until the import ends.
async fn import(
    context: &Context,
    file: &Path,
    options: &Options,
    is_dry: bool,
) -> Result<Value, Failure> {
    let size = std::fs::metadata(file).map_err(Failure::file(file))?.len();
    let id = if size > MAX_DIRECT {
        upload::run(context, file, size, &options.upload_request(is_dry)).await?
    } else {
        let bytes = std::fs::read(file).map_err(Failure::file(file))?;
        let path = context.api.path(&["contacts", "imports"]).await?;
        let body = Body::File { content_type: "application/octet-stream", content: bytes };
        let import = context.api.call(Method::POST, &path, &options.query(is_dry), body).await?;
        text(&import["id"]).to_owned()
    };
    wait(context, &id, if is_dry { "rows checked" } else { "rows imported" }).await
}

/// Waits until nothing is left to do for an import.
async fn wait(context: &Context, id: &str, what: &str) -> Result<Value, Failure> {
    let path = context.api.path(&["contacts", "imports", id]).await?;
    let mut progress = Progress::new(&context.output, what);
    loop {
        let import = context.api.get(&path, &[]).await?;
        if !matches!(text(&import["status"]), "uploading" | "pending" | "running" | "undoing") {
            progress.finish();
            return Ok(import);
        }
        progress.set(count(&import["rows"]), None);
        tokio::time::sleep(POLL_EVERY).await;
    }
}

/// An import that failed or rejected rows is not a success.
fn outcome(import: &Value) -> Result<(), Failure> {
    if text(&import["status"]) != "done" {
        let (status, reason) = (text(&import["status"]), text(&import["reason"]));
        return Err(Failure::Incomplete(format!("the import is {status}: {reason}")));
    }
    match count(&import["rejected"]) {
        0 => Ok(()),
        1 => Err(Failure::Incomplete("1 row was rejected".to_owned())),
        rejected => Err(Failure::Incomplete(format!("{rejected} rows were rejected"))),
    }
}
