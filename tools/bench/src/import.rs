//! An import of a file in the bucket: what a row of it takes.

use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::Method;
use serde_json::json;

use crate::api::Api;
use crate::audience::text;
use crate::aws::locked;
use crate::function::Function;
use crate::source::{self, timed};
use crate::stack::{Programs, World};
use crate::template::Template;

/// Of the endpoints, so that each run has the same.
const SEED: u64 = 1;
const AIM_ROWS_A_SECOND: f64 = 20_000.0;
const AIM_MEMORY_MIB: f64 = 64.0;
const AIM_WRITE_UNITS: f64 = 4.3;
const AIM_GROWTH: f64 = 0.10;

/// What is imported.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// CSV of new contacts.
    Csv,
    /// An export of Amazon Pinpoint's endpoints, whose phones repeat, as it is and packed.
    Pinpoint,
    PinpointGzip,
}

/// What one import took.
pub(crate) struct Run {
    kind: Kind,
    rows: u64,
    cpu_micros: f64,
    wall_seconds: f64,
    resident_peak_mib: f64,
    write_units: f64,
    read_units: f64,
    invocations: u64,
    files_read: u64,
    refused: Vec<String>,
}

/// Imports files of these numbers of rows, each into an empty table, and returns the figures.
pub(crate) async fn measure(
    programs: &Programs,
    template: Template,
    files: &[(Kind, usize)],
) -> anyhow::Result<String> {
    let mut runs = Vec::new();
    for (kind, rows) in files {
        runs.push(run(programs, template, *kind, *rows).await?);
    }
    for run in &runs {
        anyhow::ensure!(run.refused.is_empty(), "AWS refused: {:#?}", run.refused);
    }
    Ok(report(&runs))
}

/// Puts a file into the bucket, and returns how many contacts it makes and how many rows are rejected.
fn put(world: &World, kind: Kind, rows: usize) -> anyhow::Result<(u64, u64)> {
    let mut file = Vec::new();
    let balance = match kind {
        Kind::Csv => {
            // Millions of contacts would not fit beside each other, and the import reads none of them.
            locked(&world.aws.store).forget_contacts();
            world.aws.bucket.set_rows(rows as u64);
            return Ok((rows as u64, 0));
        }
        Kind::Pinpoint => contacts::pinpoint::write(rows, SEED, &mut file)?,
        Kind::PinpointGzip => {
            let mut packed = GzEncoder::new(&mut file, Compression::default());
            let balance = contacts::pinpoint::write(rows, SEED, &mut packed)?;
            packed.finish()?;
            balance
        }
    };
    world.aws.bucket.set_file(file);
    Ok((balance.made, balance.rejected + balance.without_address))
}

async fn run(
    programs: &Programs,
    template: Template,
    kind: Kind,
    rows: usize,
) -> anyhow::Result<Run> {
    let world = World::open(template).await?;
    let (made, rejected) = put(&world, kind, rows)?;
    let rows = rows as u64;
    let mut api = Api::new(world.start(programs, "Api").await?);
    let body = json!({ "name": "Bench", "senderPhone": "+14155550100" });
    let organization = api.ask(Method::POST, "/v1/organizations", Some(body)).await?;
    let organization = text(&organization["id"])?;
    let base = format!("/v1/organizations/{organization}");
    let body = json!({ "name": "bench", "role": "admin" });
    let key = api.ask(Method::POST, &format!("{base}/api-keys"), Some(body)).await?;
    api.set_key(&text(&key["secret"])?);
    let imports = format!("{base}/contacts/imports");
    let import = api.ask(Method::POST, &imports, Some(json!({ "upload": true }))).await?;
    let import = format!("{imports}/{}", text(&import["id"])?);
    api.ask(Method::POST, &format!("{import}/start"), Some(json!({}))).await?;
    let mut send: Function = world.start(programs, "Send").await?;
    let before = send.used();
    let queues = Arc::clone(&world.aws);
    let work = source::run(&queues.queues, "jobs", template.jobs, &mut send);
    let (_, wall_seconds) = timed(work).await?;
    let after = send.used();
    let ended = api.ask(Method::GET, &import, None).await?;
    let is_right = ended["created"] == made && ended["rejected"] == rejected;
    anyhow::ensure!(ended["status"] == "done" && is_right, "{ended}");
    let asked = after.asked.since(&before.asked);
    Ok(Run {
        kind,
        rows,
        cpu_micros: (after.cpu_seconds - before.cpu_seconds) * 1e6 / count(rows),
        wall_seconds,
        resident_peak_mib: send.resident_peak_mib(),
        write_units: asked.units.write / count(rows),
        read_units: asked.units.read / count(rows),
        invocations: after.invocations - before.invocations,
        files_read: asked.calls.get("s3.GetObject").copied().unwrap_or_default(),
        refused: asked.refused,
    })
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Pinpoint => "Pinpoint",
            Self::PinpointGzip => "Pinpoint, gzip",
        }
    }
}

fn report(runs: &[Run]) -> String {
    let mut lines = vec![
        "file | rows | CPU µs a row | rows a second a core | MiB resident | write units a row | \
         read units a row | files read | invocations | wall s"
            .to_owned(),
    ];
    for run in runs {
        lines.push(format!(
            "{} | {} | {:.1} | {:.0} | {:.1} | {:.2} | {:.3} | {} | {} | {:.1}",
            run.kind.name(),
            run.rows,
            run.cpu_micros,
            1e6 / run.cpu_micros,
            run.resident_peak_mib,
            run.write_units,
            run.read_units,
            run.files_read,
            run.invocations,
            run.wall_seconds,
        ));
    }
    let largest = runs.last();
    let is_reached = |reached: bool| if reached { "reached" } else { "NOT reached" };
    if let (Some(first), Some(last)) = (runs.first(), largest) {
        let rate = 1e6 / last.cpu_micros;
        let growth = last.cpu_micros / first.cpu_micros - 1.0;
        let memory = runs.iter().map(|run| run.resident_peak_mib).fold(0.0, f64::max);
        let units = runs.iter().map(|run| run.write_units).fold(0.0, f64::max);
        lines.push(format!(
            "at least {AIM_ROWS_A_SECOND} rows a second a core: {rate:.0}, {}",
            is_reached(rate >= AIM_ROWS_A_SECOND)
        ));
        lines.push(format!(
            "CPU a row from {} to {} rows within 10 %: {:+.1} %, {}",
            first.rows,
            last.rows,
            growth * 100.0,
            is_reached(growth.abs() <= AIM_GROWTH)
        ));
        lines.push(format!(
            "at most {AIM_MEMORY_MIB} MiB resident: {memory:.1}, {}",
            is_reached(memory <= AIM_MEMORY_MIB)
        ));
        lines.push(format!(
            "at most {AIM_WRITE_UNITS} write units a new contact: {units:.2}, {}",
            is_reached(units <= AIM_WRITE_UNITS)
        ));
    }
    lines.join("\n")
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn count(number: u64) -> f64 {
    number as f64
}
