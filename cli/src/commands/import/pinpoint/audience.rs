//! The dump's people: opt-outs of all files first, then contacts.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use super::{Context, Report};
use crate::api::{count, text};
use crate::commands::import::options::Options;
use crate::commands::import::{import, warnings};
use crate::failure::Failure;
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
    opt_outs_only: bool,
    rows: u64,
}

impl Audience {
    pub(super) fn spool(paths: &[PathBuf]) -> Result<Self, Failure> {
        let folder = tempfile::tempdir().map_err(Failure::file(&std::env::temp_dir()))?;
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
    fn steps(&self) -> impl Iterator<Item = Step> {
        let (endpoints, opt_outs) = files(self.folder.path());
        let step = |what, file: &Path, opt_outs_only, rows| Step {
            what,
            file: file.to_owned(),
            opt_outs_only,
            rows,
        };
        let steps = [
            step("opt-outs", &opt_outs, true, self.opt_out_count),
            step("contacts", &endpoints, false, self.endpoint_count),
        ];
        steps.into_iter().filter(|step| step.rows > 0)
    }

    pub(super) async fn rehearse(
        &self,
        context: &Context,
        report: &Report,
    ) -> Result<Value, Failure> {
        self.run(context, report, true).await
    }

    pub(super) async fn import(
        &self,
        context: &Context,
        report: &Report,
    ) -> Result<Value, Failure> {
        self.run(context, report, false).await
    }

    /// Rows without a valid phone are rejected, and do not keep the others from moving.
    async fn run(
        &self,
        context: &Context,
        report: &Report,
        is_dry: bool,
    ) -> Result<Value, Failure> {
        let mut imports = Vec::new();
        for step in self.steps() {
            let options = Options::of_endpoints(step.opt_outs_only);
            let done = import(context, &step.file, &options, is_dry).await?;
            report.line(&line(is_dry, &step, &done))?;
            check(&step, &done)?;
            imports.push(done);
        }
        Ok(imports.into())
    }
}

fn files(folder: &Path) -> (PathBuf, PathBuf) {
    (folder.join("endpoints.jsonl"), folder.join("opt-outs.jsonl"))
}

fn line(is_dry: bool, step: &Step, import: &Value) -> String {
    let number = |name: &str| count(&import[name]);
    let verb = if is_dry { "would import" } else { "imported" };
    let mut line = format!(
        "{verb} {}: {} rows = {} created + {} updated + {} unchanged + {} skipped + {} rejected; {} opt-outs\n",
        step.what,
        number("rows"),
        number("created"),
        number("updated"),
        number("unchanged"),
        number("skipped"),
        number("rejected"),
        number("optOuts"),
    );
    for warning in warnings(import) {
        let _ = writeln!(line, "  {warning}");
    }
    if number("rejected") > 0 {
        let id = text(&import["id"]);
        let _ = writeln!(line, "  To see why: volley import show {id} --rejected rejected.csv");
    }
    line
}

/// Every row that was read has one outcome.
fn check(step: &Step, import: &Value) -> Result<(), Failure> {
    if text(&import["status"]) != "done" {
        let (status, reason) = (text(&import["status"]), text(&import["reason"]));
        return Err(Failure::Incomplete(format!(
            "the import of {} is {status}: {reason}",
            step.what
        )));
    }
    let names = ["created", "updated", "unchanged", "skipped", "rejected"];
    let sum: u64 = names.iter().map(|name| count(&import[*name])).sum();
    let rows = count(&import["rows"]);
    if rows == step.rows && rows == sum {
        return Ok(());
    }
    Err(Failure::Incomplete(format!(
        "the balance does not hold: {} rows were read, {rows} imported, and {sum} have an outcome",
        step.rows
    )))
}
