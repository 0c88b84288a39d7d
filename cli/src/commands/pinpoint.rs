//! The move from Amazon Pinpoint.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::arguments::Global;
use crate::failure::Failure;
use crate::output::{Format, Output};
use crate::pinpoint::{Balance, visit};

#[derive(Debug, Subcommand)]
pub(crate) enum Pinpoint {
    Check(Check),
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

impl Pinpoint {
    pub(crate) fn run(self, global: &Global) -> Result<(), Failure> {
        let Self::Check(check) = self;
        let mut balance = Balance::default();
        visit(&check.paths, &mut balance).map_err(|error| Failure::Usage(error.0))?;
        balance.finish();
        match global.output {
            Format::Json => Output::json(&balance.json())?,
            Format::Table | Format::Csv => Output::raw(&balance.to_string())?,
        }
        match balance.unread.len() {
            0 => Ok(()),
            unread => Err(Failure::Incomplete(format!("{unread} files were not read in full"))),
        }
    }
}
