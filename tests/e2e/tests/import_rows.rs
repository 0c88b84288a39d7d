//! Imports: the outcome of each row, and undoing it.

use anyhow::{Context, ensure};
use e2e::imports::{counts, phones, rejected};
use e2e::{Tenant, text};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn rows_find_their_contact_by_phone() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let ana = json!({"phone": "+14153550101", "firstName": "Ana", "email": "ana@example.com"});
    tenant.api.post(&tenant.path("contacts"), &ana).await?;
    for name in ["Eve", "Eva"] {
        let twin = json!({"phone": "+14153550103", "firstName": name});
        tenant.api.post(&tenant.path("contacts"), &twin).await?;
    }
    let csv = "phone,first name\n(415) 355-0101,Ann\n+14153550102,Bob\n+14153550103,Eve\n\
               +14153550102,Bob\n+14153550102,Rob\n,Nobody\n";
    let expected = [6, 1, 2, 1, 0, 2];
    let rehearsed =
        tenant.upload(&json!({"match": "phone", "dryRun": true}), csv.as_bytes()).await?;
    assert_eq!((counts(&rehearsed), phones(&tenant).await?.len()), (expected, 3), "{rehearsed}");
    let import = tenant.upload(&json!({"match": "phone"}), csv.as_bytes()).await?;
    assert_eq!(counts(&import), expected, "{import}");
    let reasons = rejected(&tenant, &import).await?;
    assert!(reasons[0].contains("ambiguous_phone"), "{reasons:?}");
    let contacts = tenant.api.list(&tenant.path("contacts")).await?;
    let of = |phone: &str| contacts.iter().find(|contact| contact["phone"] == phone).cloned();
    let ana = of("+14153550101").context("Ana")?;
    assert_eq!((&ana["firstName"], &ana["email"]), (&json!("Ann"), &json!("ana@example.com")));
    assert_eq!(of("+14153550102").context("Bob")?["firstName"], "Rob", "the last row wins");
    let again = tenant.upload(&json!({"match": "phone"}), csv.as_bytes()).await?;
    assert_eq!(counts(&again), [6, 0, 2, 2, 0, 2], "{again}");
    let skip = json!({"match": "phone", "onMatch": "skip"});
    let skipped = tenant.upload(&skip, csv.as_bytes()).await?;
    assert_eq!(counts(&skipped), [6, 0, 0, 0, 5, 1], "{skipped}");
    assert_eq!(phones(&tenant).await?.len(), 4);
    Ok(())
}

/// A column that is not known as opt-outs is named before anyone of the file is texted.
#[tokio::test]
async fn a_dry_run_warns_of_opt_outs_that_it_does_not_read() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let csv = "phone,Estado,city\n+14153550101,alta,Reno\n+14153550102,baja,Reno\n";
    let columns = |import: &Value| {
        let warnings = import["warnings"].as_array().into_iter().flatten();
        warnings.map(|warning| text(&warning["column"]).to_owned()).collect::<Vec<_>>()
    };
    let rehearsed = tenant.upload(&json!({"dryRun": true}), csv.as_bytes()).await?;
    assert_eq!(
        (columns(&rehearsed), &rehearsed["optOuts"]),
        (vec!["Estado".to_owned()], &json!(0))
    );
    let detail = text(&rehearsed["warnings"][0]["detail"]);
    assert!(detail.contains("'baja', in 1 of its first 2 values"), "{detail}");
    // The response to a file in the request has the warning at once, and the import keeps it.
    let import = tenant.import(csv).await?;
    assert_eq!(columns(&import), ["Estado"]);
    let known = tenant.upload(&json!({"columns": {"optOut": "city"}}), csv.as_bytes()).await?;
    assert_eq!(columns(&known), ["Estado"], "the column that the request names is another one");
    let read = csv.replace("Estado", "Opt-out").replace("alta", "no");
    let read = tenant.upload(&json!({"dryRun": true}), read.as_bytes()).await?;
    assert_eq!((columns(&read), &read["optOuts"]), (Vec::new(), &json!(1)), "{read}");
    Ok(())
}

/// Two imports of one file at once make no twins.
#[tokio::test]
async fn two_imports_at_once_create_each_phone_once() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let rows: Vec<String> = (0..300).map(|row| format!("+1415355{row:04}")).collect();
    let csv = format!("phone\n{}\n", rows.join("\n"));
    let options = json!({"match": "phone"});
    let (one, other) = tokio::try_join!(
        tenant.upload(&options, csv.as_bytes()),
        tenant.upload(&options, csv.as_bytes()),
    )?;
    let created = [&one, &other].map(|import| counts(import)[1]).iter().sum::<u64>();
    assert_eq!((created, phones(&tenant).await?.len()), (300, 300), "{one} {other}");
    Ok(())
}

#[tokio::test]
async fn a_file_may_only_suppress() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let only = json!({"optOuts": "only"});
    let import = tenant.upload(&only, b"phone\n+14153550101\n+14153550102\nnobody\n").await?;
    assert_eq!((counts(&import), &import["optOuts"]), ([3, 0, 0, 0, 2, 1], &json!(2)), "{import}");
    let marked = b"phone,opt out\n+14153550103,yes\n+14153550104,no\n";
    let import = tenant.upload(&only, marked).await?;
    assert_eq!((counts(&import), &import["optOuts"]), ([2, 0, 0, 0, 2, 0], &json!(1)), "{import}");
    let lines = concat!(
        r#"{"phone": "+14153550105", "optOut": true}"#,
        "\n",
        r#"{"phone": "+14153550106", "optOut": false}"#,
        "\n",
        r#"{"phone": "+14153550107"}"#,
        "\n",
    );
    let import = tenant.upload(&only, lines.as_bytes()).await?;
    assert_eq!((counts(&import), &import["optOuts"]), ([3, 0, 0, 0, 2, 1], &json!(1)), "{import}");
    let silent = rejected(&tenant, &import).await?;
    assert!(silent[0].contains("does not say whether"), "{silent:?}");
    assert!(phones(&tenant).await?.is_empty());
    let unsubscribes = tenant.api.list(&tenant.path("unsubscribes")).await?;
    let mut phones: Vec<&str> = unsubscribes.iter().map(|one| text(&one["phone"])).collect();
    phones.sort_unstable();
    assert_eq!(phones, ["+14153550101", "+14153550102", "+14153550103", "+14153550105"]);
    Ok(())
}

#[tokio::test]
async fn json_lines_are_read_like_columns() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let lines = concat!(
        r#"{"phone": "+14153550101", "firstName": "Ana", "attributes": {"City": "Oakland"}}"#,
        "\n",
        r#"{"firstName": "Bob"}"#,
        "\n\n",
        r#"{"phone": "+14153550102", "optOut": true}"#,
        "\nnot json\n",
    );
    let import = tenant.upload(&json!({}), lines.as_bytes()).await?;
    assert_eq!((counts(&import), &import["optOuts"]), ([4, 2, 0, 0, 0, 2], &json!(1)), "{import}");
    let contacts = tenant.api.list(&tenant.path("contacts")).await?;
    let ana = contacts.iter().find(|contact| contact["firstName"] == "Ana").context("Ana")?;
    assert_eq!(ana["attributes"], json!({"City": "Oakland"}));
    let lines = rejected(&tenant, &import).await?;
    assert!(lines[0].starts_with("2,") && lines[1].starts_with("5,"), "{lines:?}");
    Ok(())
}

#[tokio::test]
async fn undo_removes_what_nobody_changed() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let csv = "phone,first name,opt out\n+14153550101,Ana,\n+14153550102,Bob,\n+14153550103,Eve,\n\
               +14153550104,Zoe,yes\n";
    let import = tenant.upload(&json!({}), csv.as_bytes()).await?;
    let contacts = tenant.api.list(&tenant.path("contacts")).await?;
    let bob = contacts.iter().find(|contact| contact["firstName"] == "Bob").context("Bob")?;
    let path = tenant.path(&format!("contacts/{}", text(&bob["id"])));
    let change = json!({"phone": "+14153550102", "firstName": "Rob"});
    let put = tenant.api.request(Method::PUT, &path).json(&change).send().await?;
    ensure!(put.status().is_success(), "{}", put.status());
    let later = b"phone,first name\n+14153550103,Eve\n";
    let later = tenant.upload(&json!({"match": "phone"}), later).await?;
    assert_eq!(counts(&later), [1, 0, 0, 1, 0, 0], "{later}");
    let undo = tenant.path(&format!("contacts/imports/{}/undo", text(&import["id"])));
    let undoing = tenant.api.post(&undo, &json!({})).await?;
    assert_eq!(undoing["status"], "undoing");
    let undone = tenant.ended(text(&import["id"])).await?;
    assert_eq!(undone["status"], "undone", "{undone}");
    assert_eq!(undone["undo"], json!({"removed": 2, "keptChanged": 1, "keptNamed": 1}));
    assert_eq!(phones(&tenant).await?, ["+14153550102", "+14153550103"]);
    assert_eq!(tenant.api.list(&tenant.path("unsubscribes")).await?.len(), 1, "opt-outs stay");
    let again = tenant.refusal(Method::POST, &undo, Some(&json!({}))).await?;
    assert_eq!(again, (409, "nothing_to_undo".to_owned()));
    Ok(())
}

#[tokio::test]
async fn rows_find_their_contact_by_external_id_and_add_tags() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let options = json!({"match": "externalId", "tags": ["spring"]});
    let csv = "phone,external id,tags,time zone\n+14153550101,b/1+2,vip;gold,America/New_York\n\
               +14153550102,b-2,,\n+14153550103,,,\n";
    let import = tenant.upload(&options, csv.as_bytes()).await?;
    assert_eq!(counts(&import), [3, 2, 0, 0, 0, 1], "{import}");
    let later = b"phone,external id,tags\n+14153550109,b/1+2,autumn\n";
    let import = tenant.upload(&options, later).await?;
    assert_eq!(counts(&import), [1, 0, 1, 0, 0, 0], "{import}");
    let contacts = tenant.api.list(&tenant.path("contacts")).await?;
    let moved = contacts.iter().find(|contact| contact["externalId"] == "b/1+2");
    let moved = moved.context("the contact")?;
    assert_eq!(moved["phone"], "+14153550109");
    assert_eq!(moved["tags"], json!(["autumn", "gold", "spring", "vip"]));
    assert_eq!(moved["timeZone"], "America/New_York");
    let taken = b"phone,external id\n+14153550104,b-2\n";
    let import = tenant.upload(&json!({"match": "none"}), taken).await?;
    assert_eq!(counts(&import), [1, 0, 0, 0, 0, 1], "{import}");
    let reasons = rejected(&tenant, &import).await?;
    assert!(reasons[0].contains("external_id_taken"), "{reasons:?}");
    Ok(())
}
