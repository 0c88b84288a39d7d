//! Programs of others that read the OpenAPI document: Schemathesis, which tries every operation, and a
//! client in TypeScript that is generated from it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use e2e::variables;

/// Runs a program of the repository on the stack, and shows its output if it fails.
async fn passes(program: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let root = local::root().canonicalize()?;
    let node = root.join(".venv/node/bin");
    let path = format!("{}:{}", node.display(), std::env::var("PATH")?);
    let mut command = Command::new(if Path::new(program).components().count() > 1 {
        root.join(program)
    } else {
        node.join(program)
    });
    command.args(arguments).current_dir(&root).envs(variables()).env("PATH", path);
    let output = tokio::task::spawn_blocking(move || command.output()).await?;
    let output = output.with_context(|| format!("failed to start {program}: run `make test`"))?;
    let (told, errors) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "{told}\n{errors}");
    Ok(())
}

#[tokio::test]
async fn the_api_does_what_its_document_says() -> anyhow::Result<()> {
    passes(".venv/schemathesis/bin/python", &["tests/schemathesis/run.py"]).await
}

#[tokio::test]
async fn a_generated_client_drives_the_five_flows() -> anyhow::Result<()> {
    passes("npm", &["--prefix", "tests/client", "test"]).await
}
