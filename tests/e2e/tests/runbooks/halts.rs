//! Halts of the deployment and of one organization.

use e2e::{Tenant, phone};
use serde_json::{Value, json};

use crate::{alone, put};

#[tokio::test]
async fn a_halt_stops_everything() -> anyhow::Result<()> {
    let (_alone, tenant) = alone().await?;
    halts(&tenant, "/v1/halt").await?;
    let tenant = Tenant::new().await?;
    halts(&tenant, &tenant.path("halt")).await
}

/// No campaign sends while the deployment or its organization is halted, and none is lost.
async fn halts(tenant: &Tenant, path: &str) -> anyhow::Result<()> {
    let to = phone();
    tenant.contact(&to).await?;
    let halted = put(tenant, path, &json!({"halted": true, "reason": "test"})).await?;
    assert_eq!((&halted["halted"], &halted["reason"]), (&json!(true), &json!("test")));
    let id = tenant.send().await?;
    // Longer than a worker remembers that it may send.
    tokio::time::sleep(std::time::Duration::from_secs(12)).await;
    tenant.functions.sweep().await?;
    assert_eq!(tenant.books.texts(&to).await?, 0, "{path}");
    assert_eq!(tenant.campaign(&id).await?["status"], "scheduled", "{path}");
    put(tenant, path, &json!({"halted": false})).await?;
    let sent: Value = tenant.repaired(&id).await?;
    assert_eq!(tenant.books.texts(&to).await?, 1, "{path}");
    tenant.assert_balanced(&sent).await
}
