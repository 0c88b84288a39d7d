//! What operators and crashes do to a whole stack. Its own program, because others' campaigns would stop.

mod commands;
mod copy;
mod crashes;
mod erased;
mod halts;
mod restored;

use e2e::Tenant;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

/// Takes the stack for a test, as each test here changes the whole of it, and lifts the halt of one that failed
/// before.
async fn alone() -> anyhow::Result<(MutexGuard<'static, ()>, Tenant)> {
    static STACK: Mutex<()> = Mutex::const_new(());
    let guard = STACK.lock().await;
    let tenant = Tenant::new().await?;
    halt(&tenant, false).await?;
    Ok((guard, tenant))
}

/// Halts the deployment, or lifts its halt.
async fn halt(tenant: &Tenant, is_on: bool) -> anyhow::Result<()> {
    let halt = json!({"halted": is_on, "reason": "test"});
    let answer = put(tenant, "/v1/halt", &halt).await?;
    anyhow::ensure!(answer["halted"] == is_on, "{answer}");
    Ok(())
}

async fn put(tenant: &Tenant, path: &str, body: &Value) -> anyhow::Result<Value> {
    let request = tenant.admin.request(Method::PUT, path).json(body);
    Ok(request.send().await?.error_for_status()?.json().await?)
}
