//! Imports: files as people have them.

use e2e::Tenant;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_file_from_a_spreadsheet_is_taken() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let import = tenant
        .import(
            "\u{feff}Phone Number;First Name;E-Mail;City\r\n\
             (415) 355-0123;Zoë;zoe@example.com;\"Oakland;\nEast\"\r\n\
             +44 7911 123456;Ana;;\r\n\
             12345;Bob;;\r\n\
             ;Carol;carol@example.com;\r\n\
             +14153550124;Dan\r\n\
             +14153550125;Eve;not an address;\r\n",
        )
        .await?;
    assert_eq!(import["status"], "done", "{import}");
    assert_eq!(import["rows"], 6);
    assert_eq!(import["created"], 3);
    assert_eq!(import["rejected"], 3);
    let errors = import["errors"].as_array().cloned().unwrap_or_default();
    let places: Vec<_> = errors.iter().map(|e| (e["row"].as_u64(), e["column"].as_str())).collect();
    assert_eq!(
        places,
        [(Some(3), Some("Phone Number")), (Some(5), None), (Some(6), Some("E-Mail"))]
    );
    let contacts = tenant.api.list(&tenant.path("contacts")).await?;
    let zoe = contacts.iter().find(|contact| contact["phone"] == "+14153550123");
    let zoe = zoe.ok_or_else(|| anyhow::anyhow!("not imported"))?;
    assert_eq!(zoe["firstName"], "Zoë");
    assert_eq!(zoe["attributes"]["City"], "Oakland;\nEast");
    Ok(())
}

#[tokio::test]
async fn an_import_that_runs_twice_adds_nothing_twice() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let rows: Vec<String> = (0..130).map(|n| format!("+1415355{n:04}")).collect();
    let import = tenant.import(&format!("phone\n{}\n", rows.join("\n"))).await?;
    let job = json!({"v": 1, "job": {
        "type": "import", "organizationId": tenant.id, "importId": import["id"],
    }});
    let records = json!({"Records": [{"messageId": "1", "body": job.to_string()}]});
    tenant.functions.invoke("SEND", &records).await?;
    assert_eq!(tenant.api.list(&tenant.path("contacts")).await?.len(), 130);
    Ok(())
}

#[tokio::test]
async fn rows_with_an_id_update_their_contact() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let id = tenant.contact("+14153550123").await?;
    let missing = "0190b6d2-0000-7000-8000-000000000000";
    let csv = format!("id,phone,first_name\n{id},+14153550199,Zoë\n{missing},+14153550198,Bob\n");
    let import = tenant.import(&csv).await?;
    assert_eq!((&import["updated"], &import["rejected"]), (&json!(1), &json!(1)), "{import}");
    let contact = tenant.api.get(&tenant.path(&format!("contacts/{id}"))).await?;
    assert_eq!(contact["phone"], "+14153550199");
    assert_eq!(contact["firstName"], "Zoë");
    assert_eq!(tenant.api.list(&tenant.path("contacts")).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn files_that_are_none_change_nothing() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let path = tenant.path("contacts/imports");
    let post = |content: Vec<u8>, kind: &'static str| {
        tenant.api.request(Method::POST, &path).header("content-type", kind).body(content).send()
    };
    let status = |answer: reqwest::Response| answer.status().as_u16();
    assert_eq!(status(post(b"name,city\nAna,Oakland\n".to_vec(), "text/csv").await?), 422);
    assert_eq!(status(post(b"phone\n\xff\xfe\n".to_vec(), "text/csv").await?), 422);
    assert_eq!(status(post(b"phone\n1\n".to_vec(), "application/pdf").await?), 415);
    assert_eq!(status(post(vec![b'a'; 4 * 1024 * 1024 + 1], "text/csv").await?), 413);
    assert!(tenant.api.list(&tenant.path("contacts")).await?.is_empty());
    Ok(())
}
