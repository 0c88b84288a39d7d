//! The processes of the local stack. Each leads a separate process group, so that ending it ends
//! everything that it started, and nothing else.

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// How many ports are tried.
const MAX_PORTS: u32 = 100;

/// Starts a process with its output in `log`, and returns its id.
pub fn start(mut command: Command, log: &Path) -> anyhow::Result<u32> {
    let output =
        File::create(log).with_context(|| format!("failed to create {}", log.display()))?;
    let name = command.get_program().to_string_lossy().into_owned();
    let child = command
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        .process_group(0)
        .spawn()
        .with_context(|| format!("failed to start {name}"))?;
    Ok(child.id())
}

/// Ends the group led by process `id`, if that is still the program that was started.
pub fn end(id: u32, program: &str) {
    if !is_running(id, program) {
        return;
    }
    signal(id, "-TERM");
    let deadline = Instant::now() + Duration::from_secs(5);
    while is_running(id, program) && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(50));
    }
    signal(id, "-KILL");
}

fn signal(id: u32, signal: &str) {
    // The group may be gone already, which is fine.
    let _ =
        Command::new("kill").args([signal, "--", &format!("-{id}")]).stderr(Stdio::null()).status();
}

#[must_use]
pub fn is_running(id: u32, program: &str) -> bool {
    let state = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let is_zombie = state.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z'));
    let command = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
    !is_zombie && String::from_utf8_lossy(&command).contains(program)
}

/// A free loopback port. It is below those that Linux gives to outgoing connections, so none of them takes it
/// before someone listens.
pub fn free_port() -> anyhow::Result<u16> {
    for _ in 0..MAX_PORTS {
        let port = 15_000 + getrandom::u32()? % 15_000;
        let port = u16::try_from(port).context("the range is wrong")?;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("{MAX_PORTS} ports were tried, and none is free")
}

/// Waits until `url` responds with success.
pub async fn ready(url: &str, log: &Path) -> anyhow::Result<()> {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(2)).build()?;
    let deadline = Instant::now() + Duration::from_mins(3);
    while Instant::now() < deadline {
        if client.get(url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let tail = fs::read_to_string(log).unwrap_or_default();
    let tail: Vec<&str> = tail.lines().rev().take(20).collect();
    let tail: Vec<&str> = tail.into_iter().rev().collect();
    bail!(
        "{url} did not answer within three minutes; {} ends with:\n{}",
        log.display(),
        tail.join("\n")
    )
}
