//! The move from Amazon Pinpoint.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::Context;
use crate::arguments::{Global, Yes};
use crate::ask::confirm;
use crate::failure::Failure;
use crate::output::{Format, Output};
use crate::pinpoint::{Balance, visit};

mod audience;
mod drafts;
mod library;
mod segments;

/// Move a dump of Amazon Pinpoint to Volley
///
/// Reads exports of endpoints, import files, opt-out lists, event streams, and templates, segments and
/// campaigns as the AWS CLI or an SDK printed them: in folders, gzip, zip and tar. First shows what moves
/// and what cannot, rehearses the imports, and asks.
///
/// The opt-outs of all files are stored before any contact is created. Campaigns become drafts. What was
/// moved before stays as it is, so an interrupted move can be repeated. Exits with 4 if a file could not be
/// read, rows were rejected, or the API refused something.
#[derive(Debug, Args)]
pub(crate) struct Pinpoint {
    /// Files and folders
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Only read the dump; this needs no key, and sends nothing anywhere
    #[arg(long)]
    offline: bool,
    /// Only show what would happen
    #[arg(long, conflicts_with_all = ["yes", "offline"])]
    dry_run: bool,
    #[command(flatten)]
    yes: Yes,
}

impl Pinpoint {
    pub(crate) fn is_offline(&self) -> bool {
        self.offline
    }

    /// Shows what is in the dump.
    pub(crate) fn run_offline(&self, global: &Global) -> Result<(), Failure> {
        let balance = balance(&self.paths)?;
        match global.output {
            Format::Json => Output::json(&balance.json())?,
            Format::Table | Format::Csv => Output::raw(&balance.to_string())?,
        }
        unread(&balance)
    }

    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let balance = balance(&self.paths)?;
        let report = Report { is_json: context.output.format() == Format::Json };
        report.line(&balance.to_string())?;
        let audience = audience::Audience::spool(&self.paths)?;
        let mut rehearsed = Value::Null;
        if !self.yes.yes {
            rehearsed = audience.rehearse(context, &report).await?;
        }
        if self.dry_run {
            report.end(&json!({"dump": balance.json(), "imports": rehearsed}))?;
            return unread(&balance);
        }
        confirm("Move all of this to Volley?", self.yes.yes)?;
        let imports = audience.import(context, &report).await?;
        let templates = library::templates(context, &balance).await?;
        let (segments, ids) = segments::create(context, &balance).await?;
        let drafts = drafts::create(context, &balance, &ids).await?;
        let moved = [("templates", &templates), ("segments", &segments), ("drafts", &drafts)];
        for (what, moved) in moved {
            report.line(&moved.text(what))?;
        }
        report.end(&json!({
            "dump": balance.json(),
            "imports": imports,
            "templates": templates.json(),
            "segments": segments.json(),
            "drafts": drafts.json(),
        }))?;
        unread(&balance)?;
        let refused = moved.iter().map(|(_, moved)| moved.refused.len()).sum();
        outcome(&imports, refused)
    }
}

/// Lines for people as they become known, or one document for programs.
struct Report {
    is_json: bool,
}

impl Report {
    fn line(&self, text: &str) -> Result<(), Failure> {
        if self.is_json { Ok(()) } else { Output::raw(text) }
    }

    fn end(&self, document: &Value) -> Result<(), Failure> {
        if self.is_json { Output::json(document) } else { Ok(()) }
    }
}

fn balance(paths: &[PathBuf]) -> Result<Balance, Failure> {
    let mut balance = Balance::default();
    visit(paths, &mut balance).map_err(|error| Failure::Usage(error.0))?;
    balance.finish();
    Ok(balance)
}

fn unread(balance: &Balance) -> Result<(), Failure> {
    match balance.unread.len() {
        0 => Ok(()),
        1 => Err(Failure::Incomplete("1 file was not read in full".to_owned())),
        unread => Err(Failure::Incomplete(format!("{unread} files were not read in full"))),
    }
}

fn outcome(imports: &Value, refused: usize) -> Result<(), Failure> {
    let rejected: u64 = imports
        .as_array()
        .into_iter()
        .flatten()
        .map(|import| crate::api::count(&import["rejected"]))
        .sum();
    if rejected == 0 && refused == 0 {
        return Ok(());
    }
    Err(Failure::Incomplete(format!(
        "{rejected} rows were rejected, and {refused} templates, segments and campaigns were refused"
    )))
}
