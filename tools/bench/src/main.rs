//! `bench`: what Volley's functions use of a processor, of memory and of AWS, by audience.
//!
//! The functions are the deployed programs, started as Lambda starts them. The Runtime API, table,
//! queues and provider around them are in memory in this process, whose processor time doesn't
//! count.

mod api;
mod audience;
mod aws;
mod campaign;
mod chart;
mod cold;
mod figures;
mod function;
mod gateway;
mod import;
mod machine;
mod previews;
mod price;
mod process;
mod report;
mod share;
mod source;
mod spread;
mod stack;
mod targets;
mod template;
mod time;
mod usage;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;

use crate::api::Api;
use crate::audience::Audience;
use crate::campaign::Run;
use crate::import::Kind;
use crate::machine::Machine;
use crate::price::Prices;
use crate::report::Report;
use crate::stack::{Programs, Stack, World};
use crate::template::Template;

/// Suits millions of small items.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "usage: bench serve | [previews | import [--pinpoint]] [--functions FOLDER] [--sizes N,N...] [--runs N] [--personal] \
                     [--write-docs] [--report-usage] [--add FILE] [--output FILE]";

/// What is measured.
#[derive(Clone, Copy)]
enum Measured {
    Campaigns,
    /// Of files of these kinds.
    Imports(&'static [Kind]),
    Previews,
}

struct Options {
    programs: Programs,
    sizes: Vec<usize>,
    measured: Measured,
    /// Runs for each size. The default is fewer for larger sizes.
    runs: Option<usize>,
    /// Whether the campaign has a segment and merge fields.
    is_personal: bool,
    write_docs: bool,
    /// Earlier reports whose runs are included.
    add: Vec<PathBuf>,
    log: PathBuf,
    output: PathBuf,
}

impl Options {
    fn read(root: &Path) -> anyhow::Result<Self> {
        let path = root.join("target/bench/functions.log");
        std::fs::create_dir_all(root.join("target/bench"))?;
        std::fs::write(&path, "")?;
        let log = File::options().append(true).open(&path)?;
        let programs =
            Programs { folder: root.join("target/dist"), log: Arc::new(log), report_usage: false };
        let mut options = Self {
            programs,
            sizes: vec![1_000, 10_000, 100_000, 1_000_000],
            measured: Measured::Campaigns,
            runs: None,
            is_personal: false,
            write_docs: false,
            add: Vec::new(),
            log: path,
            output: root.join("target/bench/latest.json"),
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().context(USAGE);
            match argument.as_str() {
                "import" => {
                    options.measured = Measured::Imports(&[Kind::Csv]);
                    options.sizes = vec![10_000, 100_000, 1_000_000, 5_000_000];
                }
                "--pinpoint" => {
                    options.measured = Measured::Imports(&[Kind::Pinpoint, Kind::PinpointGzip]);
                    // Each is matched with a contact in the bench's own table, which is slow.
                    options.sizes = vec![20_000];
                }
                "previews" => {
                    options.measured = Measured::Previews;
                    options.sizes = vec![1_000_000];
                }
                "--functions" => options.programs.folder = value()?.into(),
                "--add" => options.add.push(value()?.into()),
                "--output" => options.output = value()?.into(),
                "--runs" => options.runs = Some(value()?.parse().context(USAGE)?),
                "--sizes" => {
                    let sizes = value()?;
                    let sizes = sizes.split(',').filter(|size| !size.is_empty());
                    let sizes = sizes.map(str::parse).collect::<Result<Vec<_>, _>>();
                    options.sizes = sizes.context(USAGE)?;
                }
                "--personal" => options.is_personal = true,
                "--write-docs" => options.write_docs = true,
                "--report-usage" => options.programs.report_usage = true,
                _ => anyhow::bail!("{USAGE}"),
            }
        }
        Ok(options)
    }

    fn runs(&self, size: usize) -> usize {
        self.runs.unwrap_or(match size {
            0..=10_000 => 5,
            10_001..=100_000 => 3,
            _ => 1,
        })
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    if std::env::args().nth(1).as_deref() == Some("serve") {
        return serve().await;
    }
    let options = Options::read(&root)?;
    options.programs.check()?;
    let template = Template::read(&root)?;
    let (programs, sizes) = (&options.programs, &options.sizes);
    match options.measured {
        Measured::Campaigns => campaigns(&root, &options, template).await,
        Measured::Imports(kinds) => {
            let files = sizes.iter().flat_map(|size| kinds.iter().map(|kind| (*kind, *size)));
            let files: Vec<(Kind, usize)> = files.collect();
            say(&import::measure(programs, template, &files).await?);
            Ok(())
        }
        Measured::Previews => {
            say(&previews::measure(programs, template, sizes).await?);
            Ok(())
        }
    }
}

async fn campaigns(root: &Path, options: &Options, template: Template) -> anyhow::Result<()> {
    let prices = Prices::read()?;
    let mut report = Report::new(Machine::read(), template, prices);
    report.set_cold(cold::starts(&World::open(template).await?, &options.programs).await?);
    for path in &options.add {
        report.add_file(path)?;
    }
    for size in &options.sizes {
        for number in 1..=options.runs(*size) {
            say(&format!("{size} recipients, run {number} of {}", options.runs(*size)));
            report.add(run(options, template, *size).await?);
        }
    }
    say(&report.to_string());
    report.write(&options.output)?;
    if options.write_docs {
        report.write_docs(root)?;
    }
    anyhow::ensure!(report.errors().is_empty(), "the books do not agree: {:#?}", report.errors());
    Ok(())
}

/// Serves an empty table and queues, for example for the table's own tests.
async fn serve() -> anyhow::Result<()> {
    say(&aws::endpoint(Arc::default(), Arc::default()).await?);
    std::future::pending().await
}

/// Runs one campaign in a fresh world.
async fn run(options: &Options, template: Template, size: usize) -> anyhow::Result<Run> {
    let world = World::open(template).await?;
    let api = Api::new(world.start(&options.programs, "Api").await?);
    let mut audience = Audience::make(&world.aws, api, size, options.is_personal).await?;
    let offset = options.programs.log.metadata()?.len();
    let mut stack = Stack::start(&world, &options.programs).await?;
    let mut run = campaign::run(&mut stack, &mut audience).await?;
    if options.programs.report_usage {
        let counted = stack.functions().map(|function| (function.name, function.used().asked));
        run.errors.extend(usage::differences(&options.log, offset, &counted.into())?);
    }
    Ok(run)
}

#[expect(clippy::print_stdout, reason = "it is a program for a terminal")]
fn say(text: &str) {
    println!("{text}");
}
