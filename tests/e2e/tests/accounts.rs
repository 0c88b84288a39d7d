//! Organisations with a provider account of their own, whose token is a secret by its name.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use e2e::{Tenant, phone};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha1::Sha1;

/// Keeps a secret where the functions find it, and answers its name.
async fn secret(value: &str) -> anyhow::Result<String> {
    let path = format!("/volley/test/{}", e2e::random());
    let client = aws_sdk_ssm::Client::new(&infra::aws::load().await);
    client
        .put_parameter()
        .name(&path)
        .value(value)
        .r#type(aws_sdk_ssm::types::ParameterType::SecureString)
        .send()
        .await?;
    Ok(format!("ssm:{path}"))
}

async fn with_account(tenant: &Tenant, secret: &str) -> anyhow::Result<Value> {
    let account =
        json!({"accountSid": tenant.variables["PROVIDER_ACCOUNT_SID"], "credentials": secret});
    tenant.configure(&json!({"provider": {"kind": "twilio", "account": account}})).await
}

#[tokio::test]
async fn a_campaign_goes_through_the_organisations_own_account() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let token = json!({"authToken": tenant.variables["PROVIDER_AUTH_TOKEN"]}).to_string();
    let name = secret(&token).await?;
    let organization = with_account(&tenant, &name).await?;
    assert_eq!(organization["provider"]["account"]["credentials"], name.as_str());
    tenant.contact(&phone()).await?;
    let id = tenant.send().await?;
    let campaign = tenant.settled(&id).await?;
    assert_eq!(campaign["counts"]["delivered"], 1);

    // A change of the sender is for the next campaign: this one's words still count.
    tenant.configure(&json!({"provider": {"kind": "aws"}})).await?;
    assert_eq!(tenant.campaign(&id).await?["counts"]["delivered"], 1);
    Ok(())
}

#[tokio::test]
async fn without_its_credentials_a_campaign_is_paused_and_can_go_on() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    with_account(&tenant, "ssm:/volley/test/nothing-there").await?;
    let to = phone();
    tenant.contact(&to).await?;
    let id = tenant.send().await?;
    let is_paused = |campaign: &Value| campaign["dispatch"] == "paused";
    let campaign = tenant.until(&id, "a pause", is_paused).await?;
    assert_eq!(campaign["reason"], "provider_account");
    assert_eq!(tenant.books.texts(&to).await?, 0);
    Ok(())
}

/// Webhooks of the organisation's account are signed with its own token, which opens no other's.
#[tokio::test]
async fn each_accounts_token_signs_for_its_organisation_alone() -> anyhow::Result<()> {
    let (tenant, other) = (Tenant::new().await?, Tenant::new().await?);
    with_account(&tenant, &secret("tokenOfTheTenant").await?).await?;
    with_account(&other, &secret(r#"{"authToken":"new","previousAuthToken":"old"}"#).await?)
        .await?;
    let stop = async |to: &Tenant, token: &str| write(to, token).await;
    assert_eq!(stop(&tenant, "tokenOfTheTenant").await?, 200);
    assert_eq!(stop(&tenant, "new").await?, 403, "another organisation's");
    assert_eq!(stop(&other, "new").await?, 200);
    assert_eq!(stop(&other, "old").await?, 200, "while it is rotated");
    assert_eq!(stop(&other, "tokenOfTheTenant").await?, 403);
    assert_eq!(tenant.api.list(&tenant.path("unsubscribes")).await?.len(), 1);
    assert_eq!(other.api.list(&other.path("unsubscribes")).await?.len(), 2);

    // The number was the old account's, and people answer there still.
    tenant.configure(&json!({"senderPhone": phone(), "provider": {"kind": "aws"}})).await?;
    assert_eq!(stop(&tenant, "tokenOfTheTenant").await?, 200);
    assert_eq!(tenant.api.list(&tenant.path("unsubscribes")).await?.len(), 2);
    let log = std::fs::read_to_string(&tenant.variables["FUNCTIONS_LOG"])?;
    assert!(!log.contains("tokenOfTheTenant"), "a secret came into a log");
    Ok(())
}

/// Has a person write STOP to an organisation, in a webhook that is signed with `token`.
async fn write(tenant: &Tenant, token: &str) -> anyhow::Result<u16> {
    let url = format!("{}/webhooks/twilio/inbound", tenant.variables["API_URL"]);
    let form = [("Body", "STOP".to_owned()), ("From", phone()), ("To", tenant.sender.clone())];
    let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes())?;
    mac.update(url.as_bytes());
    for (name, value) in &form {
        mac.update(format!("{name}{value}").as_bytes());
    }
    let signature = BASE64_STANDARD.encode(mac.finalize().into_bytes());
    let request = reqwest::Client::new().post(url).form(&form);
    Ok(request.header("x-twilio-signature", signature).send().await?.status().as_u16())
}
