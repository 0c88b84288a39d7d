//! Many concurrent runs, and their results.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::Context;
use local::books::Books;
use local::stack::Stack;
use local::{root, say};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::arguments::Arguments;
use crate::aws::Aws;
use crate::blackout::black_out;
use crate::hours::{Hours, RUNS};
use crate::proxy::{Proxy, World};
use crate::receiver::{Receiver, Reception};
use crate::runs::Run;
use crate::scenario::{self, Grounds};

/// In a series of at least this many seeds, each operation that was used must have met a fault, and each that
/// was used often a kill.
const SEEDS_FOR_ALL: usize = 200;

/// How long before a time limit the last run may start.
const LAST_BEGUN: Duration = Duration::from_mins(4);
const MAX_STEP_LENGTH: usize = 160;
const REPORT_EVERY: Duration = Duration::from_secs(20);

struct Ended {
    seed: u64,
    failure: Option<String>,
    seconds: u64,
}

pub async fn run(
    arguments: &Arguments,
    stack: &Stack,
    world: &World,
    provider: &Arc<Proxy>,
) -> anyhow::Result<ExitCode> {
    let http = reqwest::Client::builder().timeout(Duration::from_mins(1)).build()?;
    let read = |name: &str| stack.variables.get(name).with_context(|| format!("no {name}"));
    let grounds = Grounds {
        books: Books::new(&http, read("PROVIDER_URL")?),
        aws: Aws::new(&http, &stack.variables)?,
        variables: stack.variables.clone(),
        runs: Arc::clone(&world.runs),
        ledger: Arc::clone(&world.ledger),
        provider: Arc::clone(provider),
        receiver: Receiver::start().await?,
        resent: Arc::default(),
        is_skewed: arguments.skew > 0,
        unknown: Arc::default(),
        http,
    };
    let sweeping = tokio::spawn(sweep(grounds.aws.clone()));
    let blackout = tokio::spawn(black_out(Arc::clone(provider), arguments.blackout));
    let mut ended = all(arguments, &grounds).await?;
    blackout.abort();
    if arguments.within == Duration::MAX {
        ended.extend(throttled(arguments, &grounds, world).await?);
    }
    sweeping.abort();
    conclude(arguments, &ended, &grounds, world).await
}

/// The sweep runs once a minute on AWS, but runs here must not take minutes.
async fn sweep(aws: Aws) {
    loop {
        // It may be killed, too.
        let _ = aws.sweep().await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn all(arguments: &Arguments, grounds: &Grounds) -> anyhow::Result<Vec<Ended>> {
    let began = Instant::now();
    let begin_within = arguments.within.saturating_sub(LAST_BEGUN);
    let mut next = arguments.first();
    let end = next.saturating_add(arguments.seeds);
    let (mut runs, mut ended, mut told) = (JoinSet::new(), Vec::new(), Instant::now());
    loop {
        while runs.len() < arguments.at_once && next < end && began.elapsed() < begin_within {
            runs.spawn(one(grounds.clone(), (arguments.seed(next), next), None));
            next += 1;
            // If all runs started at once, their first steps would just wait for one another.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        match tokio::time::timeout(REPORT_EVERY, runs.join_next()).await {
            Ok(None) => return Ok(ended),
            Ok(Some(run)) => {
                let run: Ended = run?;
                if let Some(failure) = &run.failure {
                    say(&format!("seed {} failed after {} s: {failure}", run.seed, run.seconds));
                }
                ended.push(run);
            }
            Err(_) => {}
        }
        if began.elapsed() > arguments.within && !runs.is_empty() {
            say(&format!("{} runs are cut off before their end", runs.len()));
            return Ok(ended);
        }
        if told.elapsed() >= REPORT_EVERY {
            let failed = ended.iter().filter(|run| run.failure.is_some()).count();
            let (count, under_way) = (ended.len(), runs.len());
            let seconds = began.elapsed().as_secs();
            say(&format!("{seconds:>5} s  {count} ended, {failed} failed, {under_way} under way"));
            if let Some((seed, step)) = grounds.runs.steps().first() {
                let step: String = step.chars().take(MAX_STEP_LENGTH).collect();
                say(&format!("         seed {seed} {step}"));
            }
            told = Instant::now();
        }
    }
}

/// More runs, during which two hours pass.
async fn throttled(
    arguments: &Arguments,
    grounds: &Grounds,
    world: &World,
) -> anyhow::Result<Vec<Ended>> {
    // With a clock that is hours ahead, no look-up finds a message around the time of its claim.
    let grounds = Grounds { is_skewed: true, ..grounds.clone() };
    let hours = Arc::<Hours>::default();
    let passing = tokio::spawn(Arc::clone(&hours).run(Arc::clone(&world.callers)));
    let first = arguments.first() + arguments.seeds;
    let numbers = (first..).take(RUNS);
    let runs: JoinSet<Ended> = numbers
        .map(|number| one(grounds.clone(), (number, number), Some(Arc::clone(&hours))))
        .collect();
    let ended = finished(runs, grounds).await?;
    passing.await??;
    for Ended { seed, failure, seconds } in &ended {
        if let Some(failure) = failure {
            say(&format!("seed {seed} failed after {seconds} s: {failure}"));
        }
    }
    Ok(ended)
}

/// Waits for the runs, and reports what the first of them is waiting for.
async fn finished(mut runs: JoinSet<Ended>, grounds: Grounds) -> anyhow::Result<Vec<Ended>> {
    let mut ended = Vec::new();
    loop {
        match tokio::time::timeout(REPORT_EVERY, runs.join_next()).await {
            Ok(None) => return Ok(ended),
            Ok(Some(run)) => ended.push(run?),
            Err(_) => {
                let step = grounds.runs.steps().into_iter().next().unwrap_or_default().1;
                let step: String = step.chars().take(MAX_STEP_LENGTH).collect();
                say(&format!("{} of the throttled runs have ended: {step}", ended.len()));
            }
        }
    }
}

async fn one(grounds: Grounds, (seed, number): (u64, u64), hours: Option<Arc<Hours>>) -> Ended {
    let began = Instant::now();
    let run = Run::of_seed(seed);
    let result = scenario::play(&grounds, &run, (seed, number), hours).await;
    let failure = result.err().map(|error| {
        let failure = format!("{error:#}");
        let text = format!("{failure}\n\n{}\n", run.injected().join("\n"));
        let name = format!("target/torture/seed-{seed}-{number}.txt");
        let path = root().join(&name);
        let kept = fs::create_dir_all(root().join("target/torture"));
        match kept.and_then(|()| fs::write(&path, text)) {
            Ok(()) => format!("{failure}\n  its faults: {name}"),
            Err(error) => format!("{failure}\n  its faults could not be kept: {error}"),
        }
    });
    Ended { seed, failure, seconds: began.elapsed().as_secs() }
}

async fn conclude(
    arguments: &Arguments,
    ended: &[Ended],
    grounds: &Grounds,
    world: &World,
) -> anyhow::Result<ExitCode> {
    let tables = world.ledger.tables();
    say(&format!("\n{tables}"));
    let mut problems = Vec::new();
    let receptions = grounds.receiver.receptions();
    let told = receptions.iter().map(|(reception, count)| format!("{} {count}", reception.name()));
    say(&format!("deliveries to webhooks: {}", told.collect::<Vec<_>>().join(", ")));
    let resent = grounds.resent.lock().await;
    let is_resent =
        |it: &Value| it["count"] == 2 && resent.contains(it["to"].as_str().unwrap_or(""));
    let duplicates = grounds.books.duplicates().await?;
    let duplicates: Vec<&Value> = duplicates.iter().filter(|it| !is_resent(it)).collect();
    if !duplicates.is_empty() {
        problems.push(format!("texts that went out twice: {duplicates:?}"));
    }
    let letters = grounds.aws.dead_letters().await?;
    let mut given_up = BTreeMap::<&str, u32>::new();
    for (body, reason) in &letters {
        match reason {
            Some(reason) => problems.push(format!("a dead letter: {reason}: {body}")),
            None => *given_up.entry(body).or_default() += 1,
        }
    }
    for (body, count) in given_up {
        // Its worker was killed or failed at each delivery. Either the sweep had the work done
        // anyway, or the run has failed.
        say(&format!("{count} times a message was handed out too often: {body}"));
    }
    if ended.len() >= SEEDS_FOR_ALL {
        let untouched = world.ledger.untouched();
        if !untouched.is_empty() {
            problems.push(format!("no fault hit {}", untouched.join(", ")));
        }
        let missing = Reception::ALL.iter().filter(|it| !receptions.contains_key(it));
        problems.extend(missing.map(|it| format!("no webhook {}", it.name())));
        problems.extend(world.ledger.missing_outages(arguments.within == Duration::MAX));
        let spared = world.ledger.spared();
        if !spared.is_empty() {
            problems.push(format!("no function was killed at {}", spared.join(", ")));
        }
    }
    let failed: Vec<&Ended> = ended.iter().filter(|run| run.failure.is_some()).collect();
    let seeds: BTreeSet<u64> = failed.iter().map(|run| run.seed).collect();
    for seed in &seeds {
        say(&format!("make torture SEED={seed}"));
    }
    if !seeds.is_empty() {
        let (from, count) = (arguments.first(), ended.len());
        say(&format!("in the same company: make torture FROM={from} SEEDS={count}"));
    }
    for problem in &problems {
        say(problem);
    }
    let mut seconds: Vec<u64> = ended.iter().map(|run| run.seconds).collect();
    seconds.sort_unstable();
    let (median, longest) = (seconds.get(seconds.len() / 2), seconds.last());
    say(&format!(
        "{} runs ended, {} failed; a run took {} s, at most {} s",
        ended.len(),
        failed.len(),
        median.copied().unwrap_or_default(),
        longest.copied().unwrap_or_default(),
    ));
    let unknown = grounds.unknown.load(Ordering::Relaxed);
    if unknown > 0 {
        say(&format!(
            "{unknown} messages stayed unknown that the provider has: whoever claimed them had a \
             wrong clock, and their receipts were lost"
        ));
    }
    if failed.is_empty() && problems.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let log = local::folder().join("functions.log");
    let kept = root().join("target/torture/functions.log");
    fs::create_dir_all(root().join("target/torture"))?;
    fs::copy(log, &kept)?;
    say("what the functions logged: target/torture/functions.log");
    Ok(ExitCode::FAILURE)
}
