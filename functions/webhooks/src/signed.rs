//! Believing a webhook: whose signature it must have, and whether it has it.
//!
//! The deployment's own account signs most of them, and is tried first, since that costs nothing.
//! An organisation with an account of its own is named by the request, which proves nothing until
//! the signature does; its secret is read anew where the one that is known does not serve. A
//! campaign that was sent before its organisation changed accounts is still told of by the old one.

use std::sync::Arc;

use infra::gateway::callback;
use infra::gateway::signature::{Content, Signed};
use infra::secrets::SecretError;
use shared::ids::OrganizationId;
use shared::message::Kind;
use shared::phone::Phone;
use shared::receipt::MessageRef;
use shared::sender::{Provider, SecretName, Sender};

use crate::http::{Form, Request, Webhook};
use crate::{App, inbound};

/// Reads and believes a form, or says with which status it is refused.
pub(crate) async fn read(
    app: &App,
    webhook: Webhook,
    request: &Request,
) -> anyhow::Result<Result<Form, u16>> {
    let (body, is_json) = match request.content() {
        Ok(content) => content,
        Err(status) => return Ok(Err(status)),
    };
    let Some(signature) = request.header("x-twilio-signature") else {
        return Ok(Err(403));
    };
    let form = match Form::read(&body, is_json, request.query()) {
        Ok(form) => form,
        Err(status) => return Ok(Err(status)),
    };
    let url = request.url(&app.public_url);
    let content = if is_json { Content::Json(&body) } else { Content::Form(&form.parameters) };
    let settings = request.header("x-twilio-webhooks-signature-settings");
    let signed = Signed { url: &url, content, signature, settings };
    let is_valid =
        signed.is_by(&app.credentials) || is_by_tenant(app, webhook, &form, &signed).await?;
    Ok(if is_valid { Ok(form) } else { Err(403) })
}

async fn is_by_tenant(
    app: &App,
    webhook: Webhook,
    form: &Form,
    signed: &Signed<'_>,
) -> anyhow::Result<bool> {
    let message = match webhook {
        Webhook::Status => callback::message(&form.query),
        Webhook::Inbound => None,
    };
    let organization_id = match (&message, form.phone("To")) {
        (Some(message), _) => Some(message.organization_id),
        (None, Some(to)) if webhook == Webhook::Inbound => {
            inbound::owner(app, &to, form.get(inbound::SERVICE)).await?
        }
        _ => None,
    };
    let Some(organization_id) = organization_id else {
        return Ok(false);
    };
    let current = current_secret(app, organization_id).await?;
    if let Some(name) = &current
        && (is_by(app, name, signed, false).await? || is_by(app, name, signed, true).await?)
    {
        return Ok(true);
    }
    let Some(message) = message else {
        return Ok(false);
    };
    match frozen_secret(app, &message).await?.filter(|name| Some(name) != current.as_ref()) {
        Some(name) => is_by(app, &name, signed, false).await,
        None => Ok(false),
    }
}

async fn is_by(
    app: &App,
    name: &SecretName,
    signed: &Signed<'_>,
    anew: bool,
) -> anyhow::Result<bool> {
    let read =
        if anew { app.secrets.fresh(name).await } else { app.secrets.credentials(name).await };
    match read {
        Ok(credentials) => Ok(signed.is_by(&credentials)),
        Err(error @ SecretError::Request { .. }) => Err(error.into()),
        Err(error) => {
            tracing::error!(error = ?anyhow::Error::from(error), "no credentials");
            Ok(false)
        }
    }
}

fn secret(sender: &Sender) -> Option<SecretName> {
    match &sender.provider {
        Provider::Twilio(twilio) => Some(twilio.account.as_ref()?.credentials.clone()),
        Provider::Aws(_) => None,
    }
}

async fn current_secret(app: &App, id: OrganizationId) -> anyhow::Result<Option<SecretName>> {
    let organization = app.organizations.find(&app.table, id).await?;
    Ok(organization.and_then(|organization: Arc<_>| secret(&organization.sender)))
}

/// The secret of the account through which a message was sent.
async fn frozen_secret(app: &App, message: &MessageRef) -> anyhow::Result<Option<SecretName>> {
    let MessageRef { organization_id, campaign_id, message_id, kind } = *message;
    Ok(match kind {
        Kind::Campaign => app
            .table
            .campaign(organization_id, campaign_id)
            .await?
            .and_then(|campaign| secret(&campaign.broadcast()?.sender)),
        Kind::Test => app
            .table
            .test(organization_id, campaign_id, message_id)
            .await?
            .and_then(|test| secret(&test.from)),
    })
}

impl Form {
    fn phone(&self, name: &str) -> Option<Phone> {
        Phone::from_e164(self.get(name)?).ok()
    }
}
