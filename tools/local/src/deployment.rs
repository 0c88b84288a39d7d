//! Deploys the real template to the emulator with the SAM CLI.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use anyhow::{Context, bail};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::environment::Variables;
use crate::{folder, root};

/// The local stack's name, as in samconfig.toml.
pub const STACK: &str = "volley";
/// The id of its API, which is known before the deployment.
pub(crate) const API_ID: &str = "volley";

/// Intervals that are minutes on AWS are seconds here, so that no one waits for repairs and counts,
/// and a fan-out splits after hundreds of contacts instead of many thousands. The functions report
/// their usage, callbacks use the function URL, and the emulator has no configuration sets. Each
/// event source gets the concurrency that the emulator would give it without a limit.
const PARAMETERS: [(&str, &str); 18] = [
    (
        "PollScheduleSeconds",
        "2,5,9,13,17,22,27,32,38,44,52,60,75,90,120,180,240,300,420,540,660,780,900",
    ),
    ("RearmAfterSeconds", "10"),
    ("ClaimTimeoutSeconds", "8"),
    ("GatewayTimeoutSeconds", "3"),
    ("LookupAfterSeconds", "15"),
    ("SplitAfterContacts", "500"),
    ("JobsConcurrency", "5"),
    ("DispatchConcurrency", "10"),
    ("PollsConcurrency", "5"),
    ("ReceiptsConcurrency", "5"),
    ("InboundConcurrency", "5"),
    ("NotifyConcurrency", "5"),
    ("CallbacksByFunctionUrl", "on"),
    ("EndUserMessaging", "on"),
    ("ConfigurationSetName", "volley-local"),
    ("UsageReport", "on"),
    ("LogLevel", "info"),
    ("CorsOrigins", "https://app.example.com"),
];

/// Stores the provider's auth token as a secret of the stack. Returns the secret's name, in the
/// form of the template's parameter.
pub fn put_credentials(aws: &Variables, stack: &str, auth_token: &str) -> anyhow::Result<String> {
    put_secret(aws, &format!("/volley/{stack}/twilio"), auth_token)
}

/// Stores a new key for the secrets of webhooks, in the same way.
pub fn put_webhooks_key(aws: &Variables, stack: &str) -> anyhow::Result<String> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).context("the system gives no randomness")?;
    put_secret(aws, &format!("/volley/{stack}/webhooks/key"), &BASE64_STANDARD.encode(key))
}

/// Stores the keys of erased people as a secret of the stack. Returns the secret's name.
pub(crate) fn put_erasure_keys(aws: &Variables, stack: &str) -> anyhow::Result<String> {
    let keys = format!("local:{}", "5a".repeat(32));
    put_secret(aws, &format!("/volley/{stack}/erasure"), &keys)
}

/// Stores a secret under a parameter's name, instead of an earlier one. Returns the secret's name.
pub fn put_secret(aws: &Variables, name: &str, value: &str) -> anyhow::Result<String> {
    let output = Command::new(root().join(".venv/emulator/bin/python"))
        .arg(root().join("tools/python/put_parameter.py"))
        .arg(name)
        .env("VALUE", value)
        .envs(aws)
        .output()
        .context("failed to start Python")?;
    if !output.status.success() {
        bail!("the secret was not stored: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(format!("ssm:{name}"))
}

/// Deploys the local stack with `parameters`. Those in `instead` override the defaults.
pub(crate) fn deploy(
    aws: &Variables,
    parameters: BTreeMap<&str, String>,
    instead: &Variables,
) -> anyhow::Result<()> {
    let mut all: Variables = PARAMETERS.map(|(name, value)| (name.into(), value.into())).into();
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    all.insert("Architecture".to_owned(), architecture.to_owned());
    all.extend(parameters.into_iter().map(|(name, value)| (name.to_owned(), value)));
    all.extend(instead.clone());
    let output = Command::new(root().join(".venv/sam/bin/sam"))
        .args(["deploy", "--config-env", "local", "--no-progressbar"])
        // The tag sets the API's id in the emulator, so that its URL is known beforehand.
        .args(["--tags", &format!("ms-custom-id={API_ID}"), "--parameter-overrides"])
        .args(all.iter().map(|(name, value)| format!("{name}={value}")))
        .envs(aws)
        .env("SAM_CLI_TELEMETRY", "0")
        .current_dir(root())
        .output()
        .context("failed to start the SAM CLI")?;
    let log = [output.stdout, output.stderr].concat();
    fs::write(folder().join("deploy.log"), &log)?;
    if !output.status.success() {
        bail!("the SAM CLI failed to deploy:\n{}", String::from_utf8_lossy(&log));
    }
    Ok(())
}

/// A stack's outputs, named like environment variables: `DispatchQueueUrl` is `DISPATCH_QUEUE_URL`.
pub fn outputs(aws: &Variables, stack: &str) -> anyhow::Result<Variables> {
    let output = Command::new(root().join(".venv/emulator/bin/python"))
        .arg(root().join("tools/python/outputs.py"))
        .arg(stack)
        .envs(aws)
        .output()
        .context("failed to read the stack's outputs")?;
    let outputs: Variables = serde_json::from_slice(&output.stdout).with_context(|| {
        format!("the stack has no outputs: {}", String::from_utf8_lossy(&output.stderr))
    })?;
    Ok(outputs.into_iter().map(|(name, value)| (screaming_snake_case(&name), value)).collect())
}

fn screaming_snake_case(name: &str) -> String {
    let mut result = String::new();
    for (place, letter) in name.char_indices() {
        if letter.is_uppercase() && place > 0 {
            result.push('_');
        }
        result.push(letter.to_ascii_uppercase());
    }
    result
}
