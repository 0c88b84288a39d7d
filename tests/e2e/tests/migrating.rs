//! Teams that migrate from another service bring their opt-outs along with their contacts.

use e2e::{Tenant, phone};
use serde_json::json;

/// A segment as Amazon Pinpoint exports it: the phone is called an address, and the ids mean
/// nothing here.
#[tokio::test]
async fn an_export_of_pinpoint_keeps_its_opt_outs() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (active, opted_out, unclear) = (phone(), phone(), phone());
    let csv = format!(
        "Id,ChannelType,Address,OptOut,User.UserId\n\
         4fa1,SMS,{active},NONE,u1\n4fa2,SMS,{opted_out},ALL,u2\n4fa3,SMS,{unclear},maybe,u3\n"
    );
    let import = tenant.import_mapped("id=", &csv).await?;
    let rows = ["rows", "created", "rejected"].map(|name| &import[name]);
    assert_eq!(rows, [&json!(3), &json!(2), &json!(1)], "{import}");
    assert_eq!(import["errors"][0]["column"], "OptOut");

    let unsubscribes = tenant.api.list(&tenant.path("unsubscribes")).await?;
    let [unsubscribe] = &unsubscribes[..] else { anyhow::bail!("{unsubscribes:?}") };
    assert_eq!(
        (&unsubscribe["phone"], &unsubscribe["source"]),
        (&json!(opted_out), &json!("import"))
    );
    let id = import["id"].as_str().unwrap_or_default();
    assert_eq!(unsubscribe["evidence"], format!("import {id}, row 2"));

    let id = tenant.send().await?;
    let campaign = tenant.settled(&id).await?;
    assert_eq!(campaign["audience"]["skipped"]["unsubscribed"], 1);
    for (to, texts) in [(&active, 1), (&opted_out, 0), (&unclear, 0)] {
        assert_eq!(tenant.books.texts(to).await?, texts);
    }
    Ok(())
}
