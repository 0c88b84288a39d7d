//! Chunks of another release's format, which may have been rolled back or not be deployed yet.

use anyhow::Context;
use aws_sdk_dynamodb::types::AttributeValue;
use e2e::Tenant;
use e2e::staging::{
    LATER_SECONDS, begun_owing, cut, event, hand, message, phones_in, resume, table,
};
use infra::{aws, clock};
use serde_json::json;
use shared::campaign::Campaign;
use shared::organization::SHARDS;

/// Changes the first chunk of a campaign's first shard to what another release would have written.
async fn rewrite(
    tenant: &Tenant,
    campaign: &Campaign,
    update: &str,
    values: &[(&str, AttributeValue)],
) -> anyhow::Result<()> {
    let key = |text: String| AttributeValue::S(text);
    let mut request = aws_sdk_dynamodb::Client::new(&aws::load().await)
        .update_item()
        .table_name(&tenant.variables["TABLE_NAME"])
        .key("pk", key(format!("CAMPAIGN#{}#0", campaign.id)))
        .key("sk", key("CHUNK#00000000".to_owned()))
        .update_expression(update)
        .expression_attribute_names("#format", "format");
    for (name, value) in values {
        request = request.expression_attribute_values(*name, value.clone());
    }
    request.send().await?;
    Ok(())
}

async fn with_one_chunk(phones: &[String]) -> anyhow::Result<(Tenant, Campaign)> {
    let tenant = Tenant::new().await?;
    for phone in phones {
        tenant.contact(phone).await?;
    }
    let campaign = begun_owing(&tenant, LATER_SECONDS).await?;
    cut(&tenant, &campaign, SHARDS.all(), Some(clock::now())).await?;
    Ok((tenant, campaign))
}

async fn assert_delivered(
    tenant: &Tenant,
    campaign: &Campaign,
    phones: &[String],
) -> anyhow::Result<()> {
    resume(tenant, campaign).await?;
    let campaign = tenant.settled(&campaign.id.to_string()).await?;
    assert_eq!(campaign["counts"]["delivered"], phones.len(), "{campaign}");
    tenant.assert_balanced(&campaign).await
}

#[tokio::test]
async fn a_chunk_of_a_newer_format_is_neither_claimed_nor_sent() -> anyhow::Result<()> {
    let phones = phones_in(&(0..1), 3);
    let (tenant, campaign) = with_one_chunk(&phones).await?;
    let format = |format: u32| [(":format", AttributeValue::N(format.to_string()))];
    rewrite(&tenant, &campaign, "SET #format = :format", &format(99)).await?;
    let table = table(&tenant).await;
    let state = table.chunk_state(campaign.id, 0, 0).await?.context("no chunk")?;
    let job = campaign.chunk_job(0, &state);
    let answer = tenant.functions.invoke("DISPATCH", &event(&job)).await?;
    assert_eq!(answer, json!({"batchItemFailures": [{"itemIdentifier": "1"}]}), "it is retried");
    assert_eq!(table.chunk_state(campaign.id, 0, 0).await?, Some(state), "it is not taken");
    for phone in &phones {
        let id = message(&campaign, phone)?.id;
        let found = table.message(campaign.organization_id, campaign.id, id, SHARDS).await?;
        assert_eq!(found, None, "{id} is claimed");
    }
    rewrite(&tenant, &campaign, "SET #format = :format", &format(2)).await?;
    hand(&tenant, &job).await?;
    assert_delivered(&tenant, &campaign, &phones).await
}

#[tokio::test]
async fn a_chunk_of_the_first_format_is_sent() -> anyhow::Result<()> {
    let phones = phones_in(&(0..1), 3);
    let (tenant, campaign) = with_one_chunk(&phones).await?;
    let recipients = [(":recipients", AttributeValue::S(phones.join(",")))];
    let update = "SET recipients = :recipients REMOVE #format, phones, contacts";
    rewrite(&tenant, &campaign, update, &recipients).await?;
    assert_delivered(&tenant, &campaign, &phones).await
}
