//! Organizations with their own provider account, whose token is stored as a named secret.

use anyhow::Context;
use e2e::callbacks::call_back;
use e2e::{Tenant, phone};
use serde_json::{Value, json};

/// The name of a parameter that does not exist yet.
fn new_name() -> String {
    format!("/volley/volley/test/{}", e2e::random())
}

/// Stores a secret where the functions look for it. Returns the secret's name.
fn keep(name: &str, value: &str) -> anyhow::Result<String> {
    local::deployment::put_secret(&e2e::variables(), name, value)
}

/// Stores a secret under a new name and returns the name.
fn secret(value: &str) -> anyhow::Result<String> {
    keep(&new_name(), value)
}

async fn with_account(tenant: &Tenant, secret: &str) -> anyhow::Result<Value> {
    let account =
        json!({"accountSid": tenant.variables["PROVIDER_ACCOUNT_SID"], "credentials": secret});
    tenant.configure(&json!({"provider": {"kind": "twilio", "account": account}})).await
}

/// Sends a campaign to a phone about which the provider reports nothing, not even when it is looked
/// up, so that the message stays unknown until a callback arrives. Returns the message.
async fn unheard(tenant: &Tenant) -> anyhow::Result<Value> {
    let to = phone();
    tenant.books.script(&to, "error").await?;
    tenant.contact(&to).await?;
    let id = tenant.send().await?;
    let is_open = |c: &Value| c["dispatch"] == "done" && c["counts"]["unknown"] == 1;
    tenant.until(&id, "the message to be unknown", is_open).await?;
    let messages = tenant.messages(&id).await?;
    let message = messages.into_iter().find(|message| message["to"] == to.as_str());
    message.context("the campaign has no such message")
}

#[tokio::test]
async fn a_campaign_goes_through_the_organizations_own_account() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    // The simulator has only the deployment's account. A second token shows that this secret was
    // used.
    let own = json!({
        "authToken": tenant.variables["PROVIDER_AUTH_TOKEN"],
        "previousAuthToken": "tokenOfTheOwnAccount",
    });
    let name = secret(&own.to_string())?;
    let organization = with_account(&tenant, &name).await?;
    assert_eq!(organization["provider"]["account"]["credentials"], name.as_str());
    let to = phone();
    tenant.contact(&to).await?;
    let message = unheard(&tenant).await?;

    // A new sender applies to the next campaign. Only the account that sent this one can still
    // report on it.
    tenant.configure(&json!({"provider": {"kind": "aws"}})).await?;
    assert_eq!(tell(&tenant, &message, "undelivered", "nobodysToken").await?, 403);
    assert_eq!(tell(&tenant, &message, "delivered", "tokenOfTheOwnAccount").await?, 204);
    let campaign = tenant.settled(message["campaignId"].as_str().unwrap_or_default()).await?;
    assert_eq!(campaign["counts"]["delivered"], 2, "{campaign}");
    assert_eq!(tenant.books.texts(&to).await?, 1);
    Ok(())
}

/// A callback may be signed with a secret that the organization named after the campaign was sent,
/// but not with another organization's.
#[tokio::test]
async fn the_token_of_now_signs_what_was_sent_before() -> anyhow::Result<()> {
    let (tenant, other) = (Tenant::new().await?, Tenant::new().await?);
    let message = unheard(&tenant).await?;
    with_account(&tenant, &secret("tokenOfNow")?).await?;
    with_account(&other, &secret("tokenOfTheOther")?).await?;
    assert_eq!(tell(&tenant, &message, "undelivered", "tokenOfTheOther").await?, 403);
    assert_eq!(tell(&tenant, &message, "delivered", "tokenOfNow").await?, 204);
    let campaign = tenant.settled(message["campaignId"].as_str().unwrap_or_default()).await?;
    assert_eq!(campaign["counts"]["delivered"], 1, "{campaign}");
    Ok(())
}

#[tokio::test]
async fn without_its_credentials_a_campaign_is_paused_and_can_go_on() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let name = new_name();
    with_account(&tenant, &format!("ssm:{name}")).await?;
    let to = phone();
    tenant.contact(&to).await?;
    let id = tenant.send().await?;
    let is_paused = |campaign: &Value| campaign["dispatch"] == "paused";
    let campaign = tenant.until(&id, "a pause", is_paused).await?;
    assert_eq!(campaign["reason"], "provider_account");
    assert_eq!(tenant.books.texts(&to).await?, 0);

    keep(&name, &tenant.variables["PROVIDER_AUTH_TOKEN"])?;
    tenant.api.post(&tenant.path(&format!("campaigns/{id}/resume")), &json!({})).await?;
    let campaign = tenant.repaired(&id).await?;
    assert_eq!(campaign["counts"]["delivered"], 1, "{campaign}");
    assert_eq!(campaign["reason"], Value::Null);
    assert_eq!(tenant.books.texts(&to).await?, 1);
    Ok(())
}

/// An organization's token signs its own webhooks and no one else's.
#[tokio::test]
async fn each_accounts_token_signs_for_its_organization_alone() -> anyhow::Result<()> {
    let (tenant, other) = (Tenant::new().await?, Tenant::new().await?);
    with_account(&tenant, &secret("tokenOfTheTenant")?).await?;
    with_account(&other, &secret(r#"{"authToken":"new","previousAuthToken":"old"}"#)?).await?;
    let stop = async |to: &Tenant, token: &str| write(to, token).await;
    assert_eq!(stop(&tenant, "tokenOfTheTenant").await?, 200);
    assert_eq!(stop(&tenant, "new").await?, 403, "another organization's");
    assert_eq!(stop(&other, "new").await?, 200);
    assert_eq!(stop(&other, "old").await?, 200, "while it is rotated");
    assert_eq!(stop(&other, "tokenOfTheTenant").await?, 403);
    assert_eq!(tenant.api.list(&tenant.path("unsubscribes")).await?.len(), 1);
    assert_eq!(other.api.list(&other.path("unsubscribes")).await?.len(), 2);

    // The number belonged to the old account, and people still reply to it.
    tenant.configure(&json!({"senderPhone": phone(), "provider": {"kind": "aws"}})).await?;
    assert_eq!(stop(&tenant, "tokenOfTheTenant").await?, 200);
    assert_eq!(tenant.api.list(&tenant.path("unsubscribes")).await?.len(), 2);
    let log = std::fs::read_to_string(&tenant.variables["FUNCTIONS_LOG"])?;
    assert!(!log.contains("tokenOfTheTenant"), "a secret came into a log");
    Ok(())
}

/// A tenant knows its own token and anyone's number. What it signs counts for that tenant only, no
/// matter which number and service the request names.
#[tokio::test]
async fn a_tenant_cannot_speak_for_anothers_people() -> anyhow::Result<()> {
    let (tenant, victim, own) = (Tenant::new().await?, Tenant::new().await?, Tenant::new().await?);
    let service = service_of(&tenant, &secret("tokenOfTheAttacker")?).await?;
    with_account(&own, &secret("tokenOfTheOther")?).await?;
    let person = phone();
    for other in [&victim, &own] {
        other.unsubscribe(&person).await?;
        let write = async |from: &str, body: &str| {
            let to = other.sender.as_str();
            let form =
                [("Body", body), ("From", from), ("MessagingServiceSid", &service), ("To", to)];
            post(&tenant, "inbound", &form, "tokenOfTheAttacker").await
        };
        assert_eq!(write(&person, "START").await?, 200);
        assert_eq!(write(&phone(), "STOP").await?, 200);
        let unsubscribes = other.api.list(&other.path("unsubscribes")).await?;
        assert_eq!(unsubscribes.len(), 1, "{unsubscribes:?}");
        assert_eq!(unsubscribes[0]["phone"], person.as_str());
        // Without the service, no organization that the request is about has signed it.
        let form = [("Body", "START"), ("From", &person), ("To", &other.sender)];
        assert_eq!(post(&tenant, "inbound", &form, "tokenOfTheAttacker").await?, 403);
    }
    let heard = tenant.api.list(&tenant.path("unsubscribes")).await?;
    assert_eq!(heard.len(), 2, "its own service's people: {heard:?}");
    Ok(())
}

/// A tenant's account can report only on its own messages. What it says about another's message
/// neither changes the message nor opts anyone out, even if the status has no phone.
#[tokio::test]
async fn a_tenant_cannot_report_on_anothers_message() -> anyhow::Result<()> {
    let (tenant, victim) = (Tenant::new().await?, Tenant::new().await?);
    with_account(&tenant, &secret("tokenOfTheReporter")?).await?;
    let message = unheard(&victim).await?;
    let [id, campaign] =
        ["id", "campaignId"].map(|name| message[name].as_str().unwrap_or_default());
    let about = format!("status?o={}&c={campaign}&m={id}&k=campaign", tenant.id);
    let sid = format!("SM{id}");
    let form = [
        ("ErrorCode", "21610"),
        ("MessageSid", sid.as_str()),
        ("MessageStatus", "undelivered"),
        ("To", ""),
    ];
    assert_eq!(post(&tenant, &about, &form, "tokenOfTheReporter").await?, 204);
    let token = victim.variables["PROVIDER_AUTH_TOKEN"].clone();
    assert_eq!(tell(&victim, &message, "delivered", &token).await?, 204);
    let campaign = victim.settled(campaign).await?;
    assert_eq!(campaign["counts"]["delivered"], 1, "{campaign}");
    for organization in [&tenant, &victim] {
        let listed = organization.api.list(&organization.path("unsubscribes")).await?;
        assert!(listed.is_empty(), "{listed:?}");
    }
    Ok(())
}

/// The deployment's account does not speak for an organization that has another account, though its
/// signature is accepted as genuine.
#[tokio::test]
async fn the_deployments_account_speaks_for_those_without_one() -> anyhow::Result<()> {
    let (tenant, other) = (Tenant::new().await?, Tenant::new().await?);
    with_account(&other, &secret("tokenOfAnother")?).await?;
    let token = tenant.variables["PROVIDER_AUTH_TOKEN"].clone();
    assert_eq!(write(&tenant, &token).await?, 200);
    assert_eq!(write(&other, &token).await?, 200);
    assert_eq!(tenant.api.list(&tenant.path("unsubscribes")).await?.len(), 1);
    assert!(other.api.list(&other.path("unsubscribes")).await?.is_empty());
    Ok(())
}

/// Gives an organization an account and a Messaging Service, and returns the service.
async fn service_of(tenant: &Tenant, secret: &str) -> anyhow::Result<String> {
    let service = format!("MG{:032x}", e2e::random());
    let account =
        json!({"accountSid": tenant.variables["PROVIDER_ACCOUNT_SID"], "credentials": secret});
    let provider = json!({"kind": "twilio", "account": account, "messagingServiceSid": service});
    tenant.configure(&json!({ "provider": provider })).await?;
    Ok(service)
}

/// Sends STOP from a new phone to an organization, in a webhook signed with `token`.
async fn write(tenant: &Tenant, token: &str) -> anyhow::Result<u16> {
    let from = phone();
    let form = [("Body", "STOP"), ("From", &from), ("To", &tenant.sender)];
    post(tenant, "inbound", &form, token).await
}

/// Reports a message's status in a webhook signed with `token`.
async fn tell(tenant: &Tenant, message: &Value, status: &str, token: &str) -> anyhow::Result<u16> {
    let [id, campaign, to] =
        ["id", "campaignId", "to"].map(|name| message[name].as_str().unwrap_or_default());
    let about = format!("status?o={}&c={campaign}&m={id}&k=campaign", tenant.id);
    let sid = format!("SM{id}");
    let form = [("MessageSid", sid.as_str()), ("MessageStatus", status), ("To", to)];
    post(tenant, &about, &form, token).await
}

async fn post(
    tenant: &Tenant,
    webhook: &str,
    form: &[(&str, &str)],
    token: &str,
) -> anyhow::Result<u16> {
    let url = format!("{}/webhooks/twilio/{webhook}", tenant.variables["API_URL"]);
    call_back(token, &url, form).await
}
