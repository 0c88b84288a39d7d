//! Runs the guide for integrators as printed: its shell commands in one shell, next to its receiver.

use std::process::Command;

use anyhow::ensure;
use e2e::{phone, variables};

/// Any failure ends the shell, and no process outlives it.
const PRELUDE: &str = "set -euo pipefail
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
curl() { command curl --silent --show-error --fail-with-body \"$@\"; }
";

/// The contents of the fenced blocks of a language, one after the other.
fn blocks(text: &str, language: &str) -> String {
    let opening = format!("\n```{language}\n");
    let blocks = text.split(&opening).skip(1);
    let blocks = blocks.map(|rest| rest.split("\n```").next().unwrap_or_default());
    blocks.flat_map(|block| [block, "\n"]).collect()
}

#[tokio::test]
async fn every_command_of_the_guide_works() -> anyhow::Result<()> {
    let text = std::fs::read_to_string(local::root().join("docs/integrate.md"))?;
    let folder = local::folder().join("integrate");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("receiver.py"), blocks(&text, "python"))?;
    let commands = blocks(&text, "sh");
    ensure!(commands.matches("curl \"$").count() >= 11, "a command was not found");
    let port = local::process::free_port()?;
    let output = tokio::task::spawn_blocking(move || {
        Command::new("timeout")
            .args(["900", "bash", "-c", &format!("{PRELUDE}{commands}")])
            .envs(variables())
            .env("SENDER", phone())
            .env("PHONE", phone())
            .env("PORT", port.to_string())
            .env("HOOK_URL", format!("http://127.0.0.1:{port}/volley"))
            .current_dir(folder)
            .output()
    });
    let output = output.await??;
    let (told, errors) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "{told}\n{errors}");
    ensure!(told.contains("\"recipients\":1"), "{told}");
    Ok(())
}
