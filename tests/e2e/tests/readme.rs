//! Runs the documentation's commands as printed.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use e2e::variables;
use serde_json::Value;

/// Any failure, of curl or the API, ends the shell.
const PRELUDE: &str = "set -euo pipefail
curl() { command curl --silent --show-error --fail-with-body \"$@\"; }
";

/// The commands with curl in the fenced `sh` blocks of a document. A blank line ends a command.
fn commands(document: &str) -> anyhow::Result<Vec<String>> {
    let text = std::fs::read_to_string(local::root().join(document))?;
    let blocks = text.split("\n```sh\n").skip(1);
    let blocks = blocks.map(|rest| rest.split("\n```").next().unwrap_or_default());
    let commands = blocks.flat_map(|block| block.split("\n\n"));
    let calls =
        commands.filter(|command| command.contains("curl ") && command.contains("\"$API_URL/v1"));
    Ok(calls.map(str::to_owned).collect())
}

/// Runs a document's commands in order. Later ones use the ids in earlier responses, as the
/// document says.
fn run(document: &str, folder: &Path) -> anyhow::Result<Vec<Value>> {
    let mut shell: BTreeMap<&str, String> = BTreeMap::new();
    let mut responses = Vec::new();
    for command in commands(document)? {
        // The SIDs of the reader's own account.
        let command = command.replace("MG…", &format!("MG{}", "0123456789abcdef".repeat(2)));
        let command = command.replace("AC…", &variables()["PROVIDER_ACCOUNT_SID"]);
        let output = Command::new("bash")
            .args(["-c", &format!("{PRELUDE}{command}")])
            .envs(&shell)
            .current_dir(folder)
            .output()
            .context("failed to start bash")?;
        let (told, errors) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        ensure!(output.status.success(), "{document}: {command}\n{told}\n{errors}");
        let response: Value = serde_json::from_str(&told)
            .with_context(|| format!("{document}: {command}\n{told}"))?;
        let text = |name: &str| response[name].as_str().unwrap_or_default().to_owned();
        if command.contains("/v1/organizations\"") {
            shell.insert("ORG", text("id"));
        } else if command.contains("/api-keys\"") {
            shell.insert("KEY", text("secret"));
        } else if command.contains("/campaigns\"") {
            shell.insert("CAMPAIGN", text("id"));
        }
        responses.push(response);
    }
    Ok(responses)
}

#[tokio::test]
async fn the_readmes_commands_work() -> anyhow::Result<()> {
    let folder = local::folder().join("readme");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("contacts.csv"), "phone,first name\n+14153550123,Ada\n")?;
    let responses = run("README.md", &folder)?;
    assert_eq!(responses.len(), 7, "a command was not found");
    assert_eq!(responses[2]["status"], "pending", "{}", responses[2]);
    assert_eq!(responses[4]["status"], "scheduled", "{}", responses[4]);
    assert_eq!(responses[5]["status"], "scheduled", "{}", responses[5]);
    assert_eq!(responses[6]["partsPerSecond"], 10, "{}", responses[6]);
    Ok(())
}

#[tokio::test]
async fn the_first_steps_on_aws_work() -> anyhow::Result<()> {
    let responses = run("docs/deploy.md", &local::folder())?;
    assert_eq!(responses.len(), 5, "a command was not found");
    assert_eq!(responses[3]["to"], "+14155550123", "{}", responses[3]);
    Ok(())
}
