//! Invokes and kills the deployed functions.

use std::fs;
use std::process::Command;

use anyhow::{Context, ensure};
use local::environment::Variables;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::sync::RwLock;

/// A kill fails every invocation in progress, and the queue then hides that work for minutes. So a
/// test that kills a function takes the write lock, and a test that needs an invocation to succeed
/// takes a read lock.
pub static ALIVE: RwLock<()> = RwLock::const_new(());

pub struct Functions {
    http: Client,
    variables: Variables,
}

impl Functions {
    #[must_use]
    pub fn new(variables: &Variables) -> Self {
        Self { http: Client::new(), variables: variables.clone() }
    }

    fn name(&self, function: &str) -> anyhow::Result<&str> {
        let output = format!("{function}_FUNCTION");
        let name = self.variables.get(&output).with_context(|| format!("{output} is not set"))?;
        Ok(name)
    }

    /// Invokes a function, given its name in capitals, and returns its result.
    pub async fn invoke(&self, function: &str, event: &Value) -> anyhow::Result<Value> {
        let endpoint = self.variables.get("AWS_ENDPOINT_URL").context("no endpoint")?;
        let name = self.name(function)?;
        let url = format!("{endpoint}/2015-03-31/functions/{name}/invocations");
        let answer = self.http.post(url).json(event).send().await?;
        let failed = answer.headers().get("x-amz-function-error").cloned();
        let body = answer.text().await?;
        ensure!(failed.is_none(), "{function} failed: {body}");
        Ok(if body.is_empty() { Value::Null } else { serde_json::from_str(&body)? })
    }

    /// Does what the schedule does each minute.
    pub async fn sweep(&self) -> anyhow::Result<()> {
        self.invoke("POLL_STATUS", &json!({"type": "sweep"})).await?;
        Ok(())
    }

    /// Kills every process of a function at once, as a crash would, and returns how many there
    /// were.
    pub fn kill(&self, function: &str) -> anyhow::Result<usize> {
        let variable = format!("AWS_LAMBDA_FUNCTION_NAME={}", self.name(function)?);
        let mut killed = 0;
        for entry in fs::read_dir("/proc")?.flatten() {
            let environ = fs::read(entry.path().join("environ")).unwrap_or_default();
            let is_it = environ.split(|byte| *byte == 0).any(|v| v == variable.as_bytes());
            let id = entry.file_name().to_string_lossy().into_owned();
            if is_it && Command::new("kill").args(["-KILL", &id]).status()?.success() {
                killed += 1;
            }
        }
        Ok(killed)
    }
}
