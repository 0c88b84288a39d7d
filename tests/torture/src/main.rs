//! Runs the series that the arguments specify, on a separate stack.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use local::root;
use local::stack::{Between, Stack};
use tokio::signal::unix::{SignalKind, signal};
use torture::arguments::Arguments;
use torture::caller::Callers;
use torture::hours;
use torture::ledger::Ledger;
use torture::proxy::{Proxy, Side, World};
use torture::runs::Runs;
use torture::series;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::from_process()?;
    let _alone = Stack::alone()?;
    let mut terminate = signal(SignalKind::terminate())?;
    let result = tokio::select! {
        result = torture(&arguments) => result,
        _ = terminate.recv() => Err(anyhow::anyhow!("terminated")),
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
    };
    Stack::down()?;
    result
}

async fn torture(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if hours::file().exists() {
        std::fs::remove_file(hours::file())?;
    }
    let world = World {
        callers: Arc::<Callers>::default(),
        runs: Arc::new(Runs::new(arguments.first())),
        ledger: Arc::<Ledger>::default(),
    };
    let (aws, aws_url) = Proxy::start(Side::Aws, world.clone()).await?;
    let (provider, provider_url) = Proxy::start(Side::Provider, world.clone()).await?;
    let stack = Stack::up_with(&Between {
        aws: Some(aws_url),
        provider: Some(provider_url),
        emulator: disturbances(arguments)?,
        // A callback to a function that is held up must not delay the others.
        simulator: [("SIMULATOR_CALLBACKS_AT_ONCE".to_owned(), "32".to_owned())].into(),
        parameters: [("PollScheduleSeconds".to_owned(), polls())].into(),
    })
    .await?;
    world.callers.are_children_of(stack.emulator());
    let read = |name: &str| stack.variables.get(name).with_context(|| format!("no {name}"));
    aws.forward_to(read("AWS_ENDPOINT_URL")?)?;
    provider.forward_to(read("PROVIDER_URL")?)?;
    series::run(arguments, &stack, &world, &provider).await
}

/// Polls at short intervals, so that a run needn't wait long for the next poll to count what
/// arrived late.
fn polls() -> String {
    let seconds =
        [2, 5, 9, 13, 17, 22, 27, 32, 38, 44, 52].into_iter().chain((60..=900).step_by(15));
    seconds.map(|seconds: u32| seconds.to_string()).collect::<Vec<_>>().join(",")
}

fn disturbances(arguments: &Arguments) -> anyhow::Result<local::environment::Variables> {
    let packages = root().join(".venv/faketime/lib");
    let library = std::fs::read_dir(&packages)
        .with_context(|| format!("no {}", packages.display()))?
        .flatten()
        .map(|python| {
            python.path().join("site-packages/libfaketime/vendor/libfaketime/src/libfaketime.so.1")
        })
        .find(|library| library.exists())
        .context("libfaketime is not installed")?;
    // The path via the project's root would contain "..": valid, but needlessly long.
    let library = library.canonicalize()?;
    Ok([
        ("FUNCTIONS_FAKETIME", library.to_string_lossy().into_owned()),
        ("FUNCTIONS_SKEW", arguments.skew.to_string()),
        ("FUNCTIONS_SEED", arguments.first().to_string()),
        ("FUNCTIONS_CRASH", "yes".to_owned()),
        ("FUNCTIONS_AHEAD", hours::file().to_string_lossy().into_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into())
}
