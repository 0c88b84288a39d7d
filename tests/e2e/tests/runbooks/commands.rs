//! Runs the commands of the runbooks as printed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, ensure};
use e2e::Tenant;
use serde_json::json;
use tokio::process::Command;

use crate::{alone, halt};

/// What a page needs besides the index. curl prints a response and fails with it. For SQS, version 1 of
/// the AWS CLI ignores the endpoint of the environment.
const PRELUDE: &str = "set -euo pipefail
curl() { command curl --silent --show-error --fail-with-body \"$@\"; echo; }
emulated() { command aws --endpoint-url \"$AWS_ENDPOINT_URL\" \"$@\"; }
aws() { emulated \"$@\"; }
";
/// The emulator does not have these. The AWS CLI then only checks them against its model of AWS.
const CHECKED: &str = "aws() { case \"$1 $2\" in
  'cloudformation describe-stack'*|'sqs get-queue-attributes') emulated \"$@\" ;;
  *) command aws \"$@\" --generate-cli-skeleton output ;;
esac; }
";

/// The pages with commands that are neither run nor checked, and why.
const UNCHECKED: [(&str, &str); 1] =
    [("adopt-table.md", "the AWS CLI's example of a table is invalid by its own model")];

struct Page {
    path: PathBuf,
    text: String,
}

impl Page {
    fn read(path: PathBuf) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(&path)?;
        Ok(Self { path, text })
    }

    fn commands(&self, fence: &str) -> String {
        let opening = format!("\n```{fence}\n");
        let blocks = self.text.split(&opening).skip(1);
        let blocks = blocks.map(|rest| rest.split("\n```").next().unwrap_or_default());
        blocks.flat_map(|block| [block, "\n"]).collect()
    }

    async fn run(
        &self,
        commands: &str,
        environment: &BTreeMap<String, String>,
    ) -> anyhow::Result<()> {
        let output = Command::new("bash")
            .args(["-c", &format!("{PRELUDE}{commands}")])
            .envs(environment)
            .output()
            .await
            .context("failed to start bash")?;
        let (told, errors) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        ensure!(output.status.success(), "{}:\n{told}\n{errors}", self.path.display());
        Ok(())
    }
}

fn pages() -> anyhow::Result<(Page, Vec<Page>)> {
    let folder = local::root().join("docs/runbooks");
    let mut pages = Vec::new();
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.file_name() != Some("README.md".as_ref()) {
            pages.push(Page::read(path)?);
        }
    }
    pages.sort_by(|one, other| one.path.cmp(&other.path));
    Ok((Page::read(folder.join("README.md"))?, pages))
}

async fn environment(tenant: &Tenant) -> anyhow::Result<BTreeMap<String, String>> {
    let mut environment: BTreeMap<String, String> =
        tenant.variables.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let key = json!({"name": "on call", "role": "admin"});
    let key = tenant.admin.post(&tenant.path("api-keys"), &key).await?;
    let secret = key["secret"].as_str().context("a secret")?.to_owned();
    let tools = local::root().join(".venv/emulator/bin");
    let path = format!("{}:{}", tools.display(), std::env::var("PATH")?);
    let token = tenant.variables["PROVIDER_AUTH_TOKEN"].clone();
    let table = tenant.variables["TABLE_NAME"].clone();
    environment.extend(
        [
            ("PATH", path),
            ("STACK", "volley".to_owned()),
            ("ORG", tenant.id.clone()),
            ("KEY", secret),
            // A rotation to the same token changes nothing for the tests that follow.
            ("NEW_TOKEN", token.clone()),
            ("TOKEN", token),
            ("TABLE", table),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    Ok(environment)
}

#[tokio::test]
async fn every_command_works() -> anyhow::Result<()> {
    let (_alone, tenant) = alone().await?;
    let environment = environment(&tenant).await?;
    let (index, pages) = pages()?;
    ensure!(pages.len() > 20, "a page was not found");
    let (prelude, mut runs) = (index.commands("sh"), 0);
    let mut failed = Vec::new();
    for page in &pages {
        let (here, on_aws) = (page.commands("sh"), page.commands("sh no-emulator"));
        let ran = page.run(&format!("{prelude}{here}"), &environment).await;
        let checked = page.run(&format!("{prelude}{CHECKED}{on_aws}"), &environment).await;
        failed.extend([ran, checked].into_iter().filter_map(Result::err));
        runs += here.lines().count() + on_aws.lines().count();
    }
    // One page wrote a halt, as an operator does in a restored table.
    halt(&tenant, false).await?;
    ensure!(runs > 60, "{runs} lines are too few");
    let failed: Vec<String> = failed.iter().map(|error| format!("{error:#}")).collect();
    ensure!(failed.is_empty(), "{}", failed.join("\n"));
    Ok(())
}

/// The first kind of block is run. The emulator does not have the commands of the second, so they are
/// checked against the AWS CLI's model of AWS. [`UNCHECKED`] lists pages with a third kind.
#[test]
fn every_block_is_run_or_checked() -> anyhow::Result<()> {
    let (index, pages) = pages()?;
    for page in pages.iter().chain([&index]) {
        let blocks = page.text.lines().filter_map(|line| line.trim_start().strip_prefix("```"));
        for fence in blocks.filter(|fence| !fence.is_empty()) {
            let is_known = matches!(fence, "sh" | "sh no-emulator")
                || (fence == "text" && UNCHECKED.iter().any(|(name, _)| page.path.ends_with(name)));
            ensure!(is_known, "{}: {fence}", page.path.display());
        }
    }
    Ok(())
}

/// A page that no one finds is not read.
#[test]
fn the_index_links_to_every_page() -> anyhow::Result<()> {
    let (index, pages) = pages()?;
    for page in pages {
        let name = page.path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        ensure!(index.text.contains(&format!("({name})")), "{name}");
    }
    Ok(())
}
