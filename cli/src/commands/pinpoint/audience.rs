//! The dump's people: opt-outs of all files first, then contacts.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use super::Context;
use crate::api::count;
use crate::ask::confirm;
use crate::commands::import::options::{Match, Options};
use crate::commands::import::{import, outcome};
use crate::failure::Failure;
use crate::output::Output;
use crate::pinpoint::{Spool, visit};

/// The files to import, which are removed afterwards.
pub(super) struct Audience {
    folder: TempDir,
    endpoint_count: u64,
    opt_out_count: u64,
}

/// One file of a pass.
struct Step {
    what: &'static str,
    file: PathBuf,
    options: Options,
    rows: u64,
}

impl Audience {
    pub(super) fn spool(paths: &[PathBuf]) -> Result<Self, Failure> {
        let folder = tempfile::tempdir().map_err(Failure::file(Path::new("a temporary folder")))?;
        let failed = Failure::file(folder.path());
        let (endpoints, opt_outs) = files(folder.path());
        let mut spool = Spool::create(&endpoints, &opt_outs).map_err(&failed)?;
        visit(paths, &mut spool).map_err(|error| Failure::Usage(error.0))?;
        spool.finish().map_err(&failed)?;
        let (endpoint_count, opt_out_count) = (spool.endpoint_count, spool.opt_out_count);
        drop(failed);
        Ok(Self { folder, endpoint_count, opt_out_count })
    }

    /// The imports in their order. Those with opt-outs come first, of every file.
    fn steps(&self) -> Vec<Step> {
        let (endpoints, opt_outs) = files(self.folder.path());
        let options = |opt_outs_only| Options {
            matching: Some(Match::Phone),
            opt_outs_only,
            format: Some("jsonl".to_owned()),
            ..Options::default()
        };
        let step = |what, file: &Path, opt_outs_only, rows| Step {
            what,
            file: file.to_owned(),
            options: options(opt_outs_only),
            rows,
        };
        let steps = [
            step("opt-outs of lists and events", &opt_outs, true, self.opt_out_count),
            step("opt-outs of endpoints", &endpoints, true, self.endpoint_count),
            step("contacts", &endpoints, false, self.endpoint_count),
        ];
        steps.into_iter().filter(|step| step.rows > 0).collect()
    }

    pub(super) async fn run(&self, context: &Context, is_agreed: bool) -> Result<(), Failure> {
        let steps = self.steps();
        if !is_agreed {
            for step in &steps {
                let found = import(context, &step.file, &step.options, true).await?;
                Output::raw(&line("would import", step, &found))?;
            }
            confirm("Move all of this to Volley?", false)?;
        }
        let mut rejected = Ok(());
        for step in &steps {
            let found = import(context, &step.file, &step.options, false).await?;
            Output::raw(&line("imported", step, &found))?;
            check(step, &found)?;
            // Rows without a valid phone are listed, and do not keep the others from moving.
            if let Err(failure) = outcome(&found) {
                if found["status"] != "done" {
                    return Err(failure);
                }
                rejected = Err(failure);
            }
        }
        rejected
    }
}

fn files(folder: &Path) -> (PathBuf, PathBuf) {
    (folder.join("endpoints.jsonl"), folder.join("opt-outs.jsonl"))
}

fn line(verb: &str, step: &Step, found: &Value) -> String {
    let number = |name: &str| count(&found[name]);
    format!(
        "{verb} {}: {} rows = {} created + {} updated + {} unchanged + {} skipped + {} rejected; {} opt-outs\n",
        step.what,
        number("rows"),
        number("created"),
        number("updated"),
        number("unchanged"),
        number("skipped"),
        number("rejected"),
        number("optOuts"),
    )
}

/// Every row that was read has one outcome.
fn check(step: &Step, found: &Value) -> Result<(), Failure> {
    let names = ["created", "updated", "unchanged", "skipped", "rejected"];
    let sum: u64 = names.iter().map(|name| count(&found[*name])).sum();
    let rows = count(&found["rows"]);
    if rows == step.rows && rows == sum {
        return Ok(());
    }
    Err(Failure::Incomplete(format!(
        "the balance does not hold: {} rows were read, {rows} imported, and {sum} have an outcome",
        step.rows
    )))
}
