//! `local run | up | down | with -- COMMAND`: Volley on one machine.

use std::process::{Command, ExitCode};

use anyhow::{Context, bail};
use local::balance::Balance;
use local::demo::{self, FIXTURE_ROWS, Organization};
use local::environment::Variables;
use local::stack::{Between, Stack};
use local::{folder, identity, say};

const USAGE: &str = "usage: local run [--contacts N] | up | down | with -- COMMAND [ARGUMENTS]";

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["run"] => run(FIXTURE_ROWS).await,
        ["run", "--contacts", count] => run(count.parse().context(USAGE)?).await,
        ["up"] => up().await,
        ["down"] => {
            Stack::down()?;
            Ok(ExitCode::SUCCESS)
        }
        ["with", "--", program, rest @ ..] => with(program, rest).await,
        _ => bail!("{USAGE}"),
    }
}

/// Runs `work` on a fresh stack. Shuts the stack down afterwards, even on failure or interruption.
async fn on_fresh_stack<T>(
    parameters: Variables,
    work: impl AsyncFnOnce(&Stack) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let _alone = Stack::alone()?;
    let work = async {
        let stack = up_with(parameters).await?;
        work(&stack).await
    };
    let result = tokio::select! {
        result = work => result,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
    };
    Stack::down()?;
    result
}

async fn up_with(parameters: Variables) -> anyhow::Result<Stack> {
    Stack::up_with(&Between { parameters, ..Between::default() }).await
}

async fn run(contacts: usize) -> anyhow::Result<ExitCode> {
    let work = async |stack: &Stack| demo::run(stack, contacts).await;
    let (_, balance) = on_fresh_stack(identity::from_process(), work).await?;
    show(&balance)
}

fn show(balance: &Balance) -> anyhow::Result<ExitCode> {
    let path = folder().join("balance.json");
    std::fs::write(&path, serde_json::to_vec_pretty(balance)?)?;
    say(&format!("\n{balance}The same as JSON: target/local/balance.json"));
    Ok(if balance.errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn up() -> anyhow::Result<ExitCode> {
    let _alone = Stack::alone()?;
    let stack = up_with(identity::from_process()).await?;
    let (organization, code) = if stack.has_simulator() {
        let (organization, balance) = demo::run(&stack, FIXTURE_ROWS).await?;
        (organization, show(&balance)?)
    } else {
        // Another provider may reach real phones, so its owner decides what is sent.
        (Organization::create(&stack).await?, ExitCode::SUCCESS)
    };
    let variable = |name: &str| stack.variables.get(name).cloned().unwrap_or_default();
    let (url, key) = (variable("API_URL"), &organization.key);
    let console = variable("CONSOLE_URL");
    let base = format!("{url}/v1/organizations/{}", organization.id);
    // The console removes the key from the address at once.
    say(&format!("\nconsole      {console}#key={key}"));
    say(&format!(
        "\nAPI          {url}\nadmin key    {}\norganization {}\nits key      {key}\n\n\
         curl -H 'Authorization: Bearer {key}' '{base}/campaigns'\n\
         curl -H 'Authorization: Bearer {key}' -H 'Content-Type: text/csv' \
         --data-binary @tests/fixtures/contacts.csv '{base}/contacts/imports'\n\
         curl -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \
         -d '{{\"name\":\"Hello\",\"body\":\"Hello!\"}}' '{base}/campaigns'\n\n\
         The variables are in target/local/env. `make down` ends it.",
        variable("ADMIN_KEY"),
        organization.id,
    ));
    Ok(code)
}

async fn with(program: &str, arguments: &[&str]) -> anyhow::Result<ExitCode> {
    let mut parameters = identity::for_tests()?;
    parameters.insert("EventBus".to_owned(), "on".to_owned());
    on_fresh_stack(parameters, async |stack| {
        let mut command = Command::new(program);
        command.args(arguments).envs(&stack.variables).env("VOLLEY_STACK", "up");
        let mut command = tokio::process::Command::from(command);
        let status =
            command.status().await.with_context(|| format!("failed to start {program}"))?;
        Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
    .await
}
