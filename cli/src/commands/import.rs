//! Importing contacts from a file.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use reqwest::Method;
use serde_json::Value;

use super::Context;
use crate::api::{Body, count, text};
use crate::failure::Failure;
use crate::output::{Format, IMPORT, ROW_ERROR};
use crate::progress::Progress;

/// The largest file that a request can carry.
const MAX_DIRECT: u64 = 4 * 1024 * 1024;
const POLL_EVERY: Duration = Duration::from_millis(500);

/// Import contacts from a CSV file
///
/// Columns are recognized by name. People whom an opt-out column marks are opted out before the first
/// contact is created. Exits with 4 if rows were rejected.
#[derive(Debug, Args)]
pub(crate) struct Import {
    file: PathBuf,
    #[command(flatten)]
    columns: Columns,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Columns")]
pub(crate) struct Columns {
    /// The column with IDs of contacts to update
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
    /// The column with phones
    #[arg(long, value_name = "COLUMN")]
    phone: Option<String>,
    /// The column with first names
    #[arg(long, value_name = "COLUMN")]
    first_name: Option<String>,
    /// The column with last names
    #[arg(long, value_name = "COLUMN")]
    last_name: Option<String>,
    /// The column with email addresses
    #[arg(long, value_name = "COLUMN")]
    email: Option<String>,
    /// The column that marks people who opted out
    #[arg(long, value_name = "COLUMN")]
    opt_out: Option<String>,
    /// The columns that become attributes, separated by commas, or `none`
    #[arg(long, value_name = "COLUMNS")]
    attributes: Option<String>,
    /// The file's encoding; it is detected by default
    #[arg(long)]
    encoding: Option<String>,
}

impl Columns {
    fn query(self) -> Vec<(&'static str, String)> {
        let columns = [
            ("id", self.id),
            ("phone", self.phone),
            ("firstName", self.first_name),
            ("lastName", self.last_name),
            ("email", self.email),
            ("optOut", self.opt_out),
            ("attributes", self.attributes),
            ("encoding", self.encoding),
        ];
        columns.into_iter().filter_map(|(name, column)| Some((name, column?))).collect()
    }
}

impl Import {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        let size = std::fs::metadata(&self.file).map_err(Failure::file(&self.file))?.len();
        if size > MAX_DIRECT {
            return Err(Failure::usage(format!(
                "{} has {size} bytes; a file may have at most {MAX_DIRECT}",
                self.file.display()
            )));
        }
        let content = std::fs::read(&self.file).map_err(Failure::file(&self.file))?;
        let path = api.path(&["contacts", "imports"]).await?;
        let body = Body::File { content_type: "application/octet-stream", content };
        let import = api.call(Method::POST, &path, &self.columns.query(), body).await?;
        let import = wait(context, text(&import["id"])).await?;
        let errors = import["errors"].as_array().cloned().unwrap_or_default();
        output.one(&import, &IMPORT)?;
        if output.format() == Format::Table && !errors.is_empty() {
            output.note("");
            output.rows(&errors, &ROW_ERROR)?;
        }
        outcome(&import)
    }
}

/// Waits until an import ends.
async fn wait(context: &Context, id: &str) -> Result<Value, Failure> {
    let path = context.api.path(&["contacts", "imports", id]).await?;
    let mut progress = Progress::new(&context.output, "rows imported");
    loop {
        let import = context.api.get(&path, &[]).await?;
        if !matches!(text(&import["status"]), "pending" | "running") {
            progress.finish();
            return Ok(import);
        }
        progress.set(count(&import["rows"]), None);
        tokio::time::sleep(POLL_EVERY).await;
    }
}

/// An import that failed or rejected rows is not a success.
fn outcome(import: &Value) -> Result<(), Failure> {
    if text(&import["status"]) == "failed" {
        let reason = text(&import["reason"]);
        return Err(Failure::Incomplete(format!("the import failed: {reason}")));
    }
    match count(&import["rejected"]) {
        0 => Ok(()),
        1 => Err(Failure::Incomplete("1 row was rejected".to_owned())),
        rejected => Err(Failure::Incomplete(format!("{rejected} rows were rejected"))),
    }
}
