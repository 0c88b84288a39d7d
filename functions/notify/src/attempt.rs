//! One attempt of a delivery.

use infra::endpoints::Request;
use infra::sealing::SealError;
use infra::table::{Call, EndpointOwner};
use infra::{clock, metrics};
use shared::time::Timestamp;
use shared::webhook::{
    Attempt, Delivery, Disabled, DisabledReason, Failure, Outcome, SigningSecret, Webhook,
    signature,
};

use crate::App;

/// The time that a call and its writes may take.
pub(crate) const CALL_SECONDS: i64 = 20;

/// Calls the endpoint and writes the outcome. Disables a webhook whose endpoint is gone, or has failed
/// for three days.
pub(crate) async fn attempt(
    app: &App,
    owner: EndpointOwner,
    webhook: &Webhook,
    call: &Call,
    delivery: Delivery,
) -> anyhow::Result<()> {
    let at = clock::now();
    let (outcome, millis) = post(app, webhook, &delivery, at).await?;
    let now = clock::now();
    let delivery = delivery.attempted(Attempt { at, millis, outcome }, clock::jitter(), now);
    tracing::info!(webhook.id = %webhook.id, event.id = %delivery.id, ?outcome, "called a webhook");
    let health = app.table.end_call(owner, call, &delivery, now).await?;
    let reason = if outcome.is_gone() {
        DisabledReason::Gone
    } else if health.is_hopeless(now) {
        DisabledReason::Failing
    } else {
        return Ok(());
    };
    disable(app, owner, reason, now).await
}

async fn post(
    app: &App,
    webhook: &Webhook,
    delivery: &Delivery,
    at: Timestamp,
) -> anyhow::Result<(Outcome, u32)> {
    let Some(secrets) = open_secrets(app, webhook, at).await? else {
        return Ok((Outcome::Failure(Failure::SecretUnreadable), 0));
    };
    let headers = [
        ("webhook-id", delivery.id.to_string()),
        ("webhook-timestamp", at.unix_seconds().to_string()),
        ("webhook-signature", signature(&secrets, delivery.id, at, &delivery.body)),
    ];
    let request = Request { url: &webhook.url, headers, body: delivery.body.clone() };
    Ok(app.endpoints.post(request).await)
}

/// The secrets that sign, or `None` if they can't be read with the deployment's key.
async fn open_secrets(
    app: &App,
    webhook: &Webhook,
    now: Timestamp,
) -> anyhow::Result<Option<Vec<SigningSecret>>> {
    let Some(sealing) = &app.sealing else { return Ok(None) };
    let mut secrets = Vec::new();
    for secret in webhook.signing(now) {
        match sealing.open(webhook.id, &secret.sealed).await {
            Ok(secret) => secrets.push(secret),
            Err(SealError::OtherKey | SealError::Failed) => {
                tracing::error!(webhook.id = %webhook.id, "a webhook's secret is unreadable");
            }
            Err(error @ SealError::Key(_)) => return Err(error.into()),
        }
    }
    Ok((!secrets.is_empty()).then_some(secrets))
}

async fn disable(
    app: &App,
    owner: EndpointOwner,
    reason: DisabledReason,
    now: Timestamp,
) -> anyhow::Result<()> {
    let EndpointOwner { organization_id, webhook_id } = owner;
    let disable = |webhook: Webhook| Webhook {
        disabled: webhook.disabled.clone().or(Some(Disabled { at: now, reason })),
        ..webhook
    };
    if app.table.update_webhook(organization_id, webhook_id, disable).await? {
        tracing::warn!(webhook.id = %webhook_id, ?reason, "disabled a webhook");
        metrics::count_disabled_webhook(reason, now);
    }
    Ok(app.table.forget_retries(owner).await?)
}
