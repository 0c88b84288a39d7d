//! Quotes: what a campaign would cost, before it is sent.

use e2e::{PATIENCE, Tenant, phone, staging, text};
use infra::clock;
use infra::table::{QuoteRun, Quoting};
use local::client::wait;
use reqwest::Method;
use serde_json::{Value, json};
use shared::audience::Judge;
use shared::ids::{ImportId, OrganizationId};
use shared::import::{Import, Options};
use shared::job::{Due, JobsJob};

/// Quotes a campaign. On a busy machine, a quote takes long, and the next one has to wait for it.
pub(crate) async fn quote(tenant: &Tenant, id: &str) -> anyhow::Result<Value> {
    let path = tenant.path(&format!("campaigns/{id}/quote"));
    wait("a quote", PATIENCE, async || {
        let response = tenant.api.request(Method::POST, &path).json(&json!({})).send().await?;
        Ok(match response.status().as_u16() {
            202 | 429 => None,
            _ => Some(response.error_for_status()?.json().await?),
        })
    })
    .await
}

#[tokio::test]
async fn a_quote_says_what_the_send_will_come_to() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let phones = tenant.contacts(5).await?;
    tenant.contact(&phones[0]).await?;
    tenant.contact("+447911123456").await?;
    tenant.unsubscribe(&phones[1]).await?;
    let organization = format!("/v1/organizations/{}", tenant.id);
    let settings = json!({
        "partsPerSecond": 3,
        "prices": {"currency": "USD", "perPart": {"US": "0.0079"}},
    });
    let request = tenant.api.request(Method::PATCH, &organization).json(&settings);
    let changed: Value = request.send().await?.error_for_status()?.json().await?;
    assert_eq!(changed["prices"], settings["prices"]);

    let body = format!("{}\u{142}", "a".repeat(70));
    let id = tenant.draft(&body).await?;
    let quoted = quote(&tenant, &id).await?;
    assert_eq!(
        (&quoted["recipients"], &quoted["partsEach"], &quoted["totalParts"]),
        (&json!(5), &json!(2), &json!(10))
    );
    assert_eq!(quoted["encoding"], "UCS-2");
    let first = json!({"character": "\u{142}", "position": 70});
    assert_eq!(quoted["firstCharacterBeyondGsm7"], first);
    let price = json!({"amount": "0.0632", "currency": "USD", "unpricedRecipients": 1});
    assert_eq!(quoted["price"], price);

    tenant.send_draft(&id, &json!({})).await?;
    let campaign = tenant.settled(&id).await?;
    assert_eq!(campaign["audience"]["recipients"], quoted["recipients"]);
    Ok(())
}

/// Whom an import that still runs adds may be in or out by chance.
#[tokio::test]
async fn imports_that_still_run_are_warned_about() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.contacts(1).await?;
    let id = tenant.draft("Hello").await?;
    assert_eq!(quote(&tenant, &id).await?["warnings"], json!([]));

    let (now, organization_id) = (clock::now(), tenant.id.parse::<OrganizationId>()?);
    let import_id = ImportId::new(now, clock::entropy());
    let import = Import::new(import_id, organization_id, Options::default(), None, now);
    let job = JobsJob::Import { organization_id, import_id }.into();
    // Its first step is due after the test.
    let due = Due { at: now.plus_seconds(86_400), job };
    staging::table(&tenant).await.create_import(&import, &due, None).await?;

    let quoted = quote(&tenant, &id).await?;
    assert!(text(&quoted["warnings"][0]).contains(&import_id.to_string()), "{quoted}");
    let send = tenant.path(&format!("campaigns/{id}/send"));
    let waiting = format!("{send}?waitForImports=true");
    let refusal = tenant.refusal(Method::POST, &waiting, Some(&json!({}))).await?;
    assert_eq!(refusal, (409, "imports_running".to_owned()));
    let campaign = tenant.api.post(&send, &json!({})).await?;
    assert_eq!(campaign["warnings"], quoted["warnings"]);
    Ok(())
}

#[tokio::test]
async fn a_quote_needs_a_body_and_no_prices() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let blank = tenant.api.post(&tenant.path("campaigns"), &json!({"name": "Spring"})).await?;
    let id = blank["id"].as_str().unwrap_or_default();
    let path = tenant.path(&format!("campaigns/{id}/quote"));
    let refusal = tenant.refusal(Method::POST, &path, Some(&json!({}))).await?;
    assert_eq!(refusal, (422, "campaign_body_required".to_owned()));
    let quoted = quote(&tenant, &tenant.draft("Hello").await?).await?;
    assert_eq!((&quoted["recipients"], &quoted["price"]), (&json!(0), &Value::Null));
    assert_eq!((&quoted["encoding"], &quoted["partsEach"]), (&json!("GSM-7"), &json!(1)));
    Ok(())
}

/// A quote is kept for a minute, unless the campaign or the prices change.
#[tokio::test]
async fn a_quote_is_kept_until_the_campaign_changes() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.contacts(2).await?;
    let id = tenant.draft("Hello").await?;
    let first = quote(&tenant, &id).await?;
    assert_eq!(first["recipients"], 2);
    tenant.contact(&phone()).await?;
    assert_eq!(quote(&tenant, &id).await?, first, "the audience as it was read");
    let other = tenant.draft("Hello").await?;
    assert_eq!(quote(&tenant, &other).await?["recipients"], 3);
    let path = tenant.path(&format!("campaigns/{id}"));
    let body = json!({"name": "Spring", "body": "Hello again"});
    tenant.api.request(Method::PUT, &path).json(&body).send().await?.error_for_status()?;
    let second = quote(&tenant, &id).await?;
    assert_eq!(second["recipients"], 3);
    tenant.configure(&json!({"prices": {"currency": "USD", "perPart": {"US": "1"}}})).await?;
    assert_eq!(quote(&tenant, &id).await?["price"]["amount"], "3.00");
    Ok(())
}

/// While one request computes a quote, others wait for it or get 429 with `Retry-After`. If that
/// request dies, others wait only until its lease expires.
#[tokio::test]
async fn an_organization_computes_one_quote_at_a_time() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let id = tenant.draft("Hello").await?;
    let organization: OrganizationId = tenant.id.parse()?;
    let table = staging::table(&tenant).await;
    let now = clock::now();
    let until = now.plus_seconds(6);
    let begun = table.begin_quoting(organization, "one that died", now, until).await?;
    assert_eq!(begun, Quoting::Yours);
    let path = tenant.path(&format!("campaigns/{id}/quote"));
    let ask = async || {
        let answer = tenant.api.request(Method::POST, &path).json(&json!({})).send().await?;
        let wait = answer.headers().contains_key("retry-after");
        anyhow::Ok((answer.status().as_u16(), wait, clock::now()))
    };
    loop {
        let (status, wait, at) = ask().await?;
        if status == 200 {
            assert!(at >= until, "the lease was another's");
            break;
        }
        assert_eq!((status, wait), (429, true));
        assert!(at < until.plus_seconds(60));
    }
    // Of many concurrent requests, each gets the quote or is asked to retry.
    let other = tenant.draft("Hello").await?;
    let path = tenant.path(&format!("campaigns/{other}/quote"));
    let asked = (0..8).map(async |_| {
        let answer = tenant.api.request(Method::POST, &path).json(&json!({})).send().await?;
        let status = answer.status().as_u16();
        anyhow::Ok((status, answer.json::<Value>().await?))
    });
    let answers = futures::future::try_join_all(asked).await?;
    let is_known = |status: &u16| [200, 202, 429].contains(status);
    assert!(answers.iter().all(|(status, _)| is_known(status)), "{answers:?}");
    let told: Vec<&Value> = answers.iter().filter(|(s, _)| *s == 200).map(|(_, b)| b).collect();
    let whole = quote(&tenant, &other).await?;
    assert!(told.iter().all(|quote| **quote == whole), "{answers:?}");
    Ok(())
}

#[tokio::test]
async fn bad_prices_change_nothing() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let path = format!("/v1/organizations/{}", tenant.id);
    let before = tenant.api.get(&path).await?;
    for settings in [
        json!({"partsPerSecond": 0}),
        json!({"prices": {"currency": "dollars", "perPart": {}}}),
        json!({"prices": {"currency": "USD", "perPart": {"US": "free"}}}),
        json!({"prices": {"currency": "USD", "perPart": {"Utopia": "1"}}}),
    ] {
        let (status, _) = tenant.refusal(Method::PATCH, &path, Some(&settings)).await?;
        assert_eq!(status, 422, "{settings}");
    }
    assert_eq!(tenant.api.get(&path).await?, before);
    Ok(())
}

/// A campaign with three recipients, sent with limits.
async fn limited(limits: &Value) -> anyhow::Result<(Tenant, Vec<String>, String)> {
    let tenant = Tenant::new().await?;
    tenant.configure(&json!({"prices": {"currency": "USD", "perPart": {"US": "0.01"}}})).await?;
    let phones = tenant.contacts(3).await?;
    let id = tenant.draft("Our spring sale starts on Friday.").await?;
    tenant.send_draft(&id, limits).await?;
    Ok((tenant, phones, id))
}

#[tokio::test]
async fn over_its_limits_nothing_leaves() -> anyhow::Result<()> {
    for (limits, reason) in [
        (json!({"maxParts": 2}), "max_parts"),
        (json!({"maxPrice": "0.029"}), "max_price"),
        (json!({"maxParts": 3, "maxPrice": "0.029"}), "max_price"),
    ] {
        let (tenant, phones, id) = limited(&limits).await?;
        let is_over = |campaign: &Value| campaign["counts"]["failed"] == 3;
        let campaign = tenant.until(&id, "every message to fail", is_over).await?;
        assert_eq!(campaign["dispatch"], "stopped");
        assert_eq!(campaign["reason"], reason);
        assert_eq!(tenant.messages(&id).await?[0]["errorReason"], "stopped");
        for phone in &phones {
            assert_eq!(tenant.books.texts(phone).await?, 0);
        }
        tenant.assert_balanced(&campaign).await?;
    }
    Ok(())
}

#[tokio::test]
async fn within_its_limits_a_campaign_goes_out() -> anyhow::Result<()> {
    let (tenant, phones, id) = limited(&json!({"maxParts": 3, "maxPrice": "0.03"})).await?;
    let campaign = tenant.settled(&id).await?;
    assert_eq!(campaign["counts"]["delivered"], 3);
    assert_eq!((&campaign["maxParts"], &campaign["maxPrice"]), (&json!(3), &json!("0.03")));
    for phone in &phones {
        assert_eq!(tenant.books.texts(phone).await?, 1);
    }
    tenant.assert_balanced(&campaign).await
}

/// A run that was killed after some of the shards goes on where it stopped.
#[tokio::test]
async fn what_takes_longer_than_a_request_is_read_in_the_background() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.contacts(30).await?;
    let id = tenant.draft("Hello").await?;
    let table = staging::table(&tenant).await;
    let organization_id: OrganizationId = tenant.id.parse()?;
    let organization = table.organization(organization_id).await?.expect("an organization");
    let campaign = staging::find(&table, &tenant, &id).await?;
    let body = campaign.body.clone().expect("a body");
    let now = clock::now();
    let judge = Judge::from(now).merging(&body, &organization.sender);
    let first = table.quote_of_shard(&organization, 0, &body, &judge).await?;
    let run = QuoteRun {
        holder: "the request".to_owned(),
        begun_at: now,
        saved_at: now,
        target: None,
        shards_read: 1,
        quote: first,
    };
    let until = run.lease_until();
    assert_eq!(
        table.begin_quoting(organization_id, &run.holder, now, until).await?,
        Quoting::Yours
    );
    table.begin_quote_run(&organization, &campaign, &run).await?;

    let path = tenant.path(&format!("campaigns/{id}/quote"));
    let answer = tenant.api.request(Method::POST, &path).send().await?;
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str()?), (202, "2"));
    let progress: Value = answer.json().await?;
    assert_eq!(progress["recipientsSoFar"], first.totals.recipients);
    assert_eq!(progress["progress"], 1.0 / f64::from(organization.shards.count()));

    let job = JobsJob::Quote { organization_id, campaign_id: campaign.id }.into();
    staging::hand(&tenant, &job).await?;
    let quoted = quote(&tenant, &id).await?;
    assert_eq!((&quoted["recipients"], &quoted["totalParts"]), (&json!(30), &json!(30)));
    // The organization's next quote need not wait.
    let other = tenant.draft("Hi").await?;
    assert_eq!(quote(&tenant, &other).await?["recipients"], 30);
    // A job that arrives twice changes nothing.
    staging::hand(&tenant, &job).await?;
    assert_eq!(quote(&tenant, &id).await?["quotedAt"], quoted["quotedAt"]);
    Ok(())
}
