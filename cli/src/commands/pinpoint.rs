//! The move from Amazon Pinpoint.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Context;
use crate::arguments::{Global, Yes};
use crate::failure::Failure;
use crate::output::{Format, Output};
use crate::pinpoint::{Balance, visit};

mod audience;
mod moving;

#[derive(Debug, Subcommand)]
pub(crate) enum Pinpoint {
    Check(Check),
    Move(Move),
}

/// Show what in a dump moves to Volley and what cannot
///
/// Reads exports of endpoints, import files, opt-out lists, event streams, and templates, segments and
/// campaigns as the AWS CLI or an SDK printed them: in folders, gzip, zip and tar. Nothing is sent
/// anywhere. Exits with 4 if a file cannot be read.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Files and folders
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

/// Move a dump to Volley
///
/// First shows the balance sheet and rehearses the import. Opt-outs of all files are imported before any
/// contact. Campaigns become drafts. What was moved before stays as it is, so an interrupted move can be
/// repeated. Exits with 4 if rows were rejected or a file cannot be read.
#[derive(Debug, Args)]
pub(crate) struct Move {
    /// Files and folders
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    yes: Yes,
}

fn balance(paths: &[PathBuf]) -> Result<Balance, Failure> {
    let mut balance = Balance::default();
    visit(paths, &mut balance).map_err(|error| Failure::Usage(error.0))?;
    balance.finish();
    Ok(balance)
}

fn outcome(balance: &Balance) -> Result<(), Failure> {
    match balance.unread.len() {
        0 => Ok(()),
        unread => Err(Failure::Incomplete(format!("{unread} files were not read in full"))),
    }
}

impl Check {
    pub(crate) fn run(self, global: &Global) -> Result<(), Failure> {
        let balance = balance(&self.paths)?;
        match global.output {
            Format::Json => Output::json(&balance.json())?,
            Format::Table | Format::Csv => Output::raw(&balance.to_string())?,
        }
        outcome(&balance)
    }
}

impl Move {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let balance = balance(&self.paths)?;
        Output::raw(&balance.to_string())?;
        let audience = audience::Audience::spool(&self.paths)?;
        audience.run(context, self.yes.yes).await?;
        moving::run(context, &balance).await?;
        outcome(&balance)
    }
}
