//! A function without its settings doesn't start, and reports all that is missing at once.

use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};
use local::client::wait;

const QUEUES: [&str; 3] = ["JOBS_QUEUE_URL", "DISPATCH_QUEUE_URL", "POLLS_QUEUE_URL"];
const SCHEDULES: [&str; 5] = [
    "SCHEDULE_GROUP",
    "SCHEDULE_ROLE_ARN",
    "JOBS_QUEUE_ARN",
    "DISPATCH_QUEUE_ARN",
    "POLLS_QUEUE_ARN",
];
const GATEWAY: [&str; 2] = ["PROVIDER_URL", "PUBLIC_URL"];
const BUCKET: &str = "BUCKET_NAME";
const DEAD_LETTERS: &str = "DEAD_LETTER_QUEUE_URL";

/// Far longer than a function takes if it checks its environment first.
const LIMIT: Duration = Duration::from_secs(30);

#[tokio::test]
async fn without_its_environment_a_function_names_what_is_missing() -> anyhow::Result<()> {
    let functions: [(&str, &[&[&str]]); 5] = [
        ("api", &[&[BUCKET, "ADMIN_KEY_SHA256"], &QUEUES, &SCHEDULES]),
        ("send", &[&[BUCKET, DEAD_LETTERS], &QUEUES, &SCHEDULES]),
        ("dispatch", &[&[DEAD_LETTERS], &QUEUES, &GATEWAY]),
        ("poll-status", &[&[DEAD_LETTERS], &QUEUES, &SCHEDULES, &GATEWAY]),
        ("webhooks", &[&["RECEIPTS_QUEUE_URL", DEAD_LETTERS], &GATEWAY]),
    ];
    for (function, needed) in functions {
        let said = last_words(function).await?;
        let missing = said.split_once("missing environment variables: ").map(|(_, rest)| rest);
        let missing = missing.and_then(|rest| rest.lines().next());
        let missing = missing.with_context(|| format!("{function} says {said}"))?;
        let mut missing: Vec<&str> = missing.split(", ").collect();
        let mut needed = needed.concat();
        needed.push("TABLE_NAME");
        missing.sort_unstable();
        needed.sort_unstable();
        assert_eq!(missing, needed, "{function}");
    }
    Ok(())
}

/// What a function reports when it is started with an empty environment and fails.
async fn last_words(function: &str) -> anyhow::Result<String> {
    let program = local::root().join(format!("target/lambda/{function}/bootstrap"));
    let mut process = Command::new(&program)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("failed to start {}", program.display()))?;
    let ended = wait("the function to end", LIMIT, async || Ok(process.try_wait()?)).await;
    if ended.is_err() {
        process.kill()?;
    }
    let output = process.wait_with_output()?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    let status = ended.with_context(|| format!("{function} runs on: {said}"))?;
    ensure!(!status.success(), "{function} ended as if all were well: {said}");
    Ok(said)
}
