//! Believing a webhook: whose signature it must have, and whether it has it.
//!
//! The deployment's own account signs most of them, and is tried first, since that costs nothing.
//! An organisation with an account of its own is named by the request, which proves nothing until
//! the signature does; it and its secret are read anew where what is known does not serve. A
//! campaign that was sent before its organisation changed accounts is still told of by the old one.

use std::collections::BTreeSet;
use std::time::Duration;

use infra::gateway::callback;
use infra::gateway::signature::{Content, Signed};
use infra::gateway::twilio::Credentials;
use shared::ids::OrganizationId;
use shared::message::Kind;
use shared::phone::Phone;
use shared::receipt::MessageRef;
use shared::sender::SecretName;

use crate::http::{Form, Request, Webhook};
use crate::organizations::{FRESH, REMEMBERED};
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
    let is_valid = is_by_any(app, app.gateways.twilio().own_credentials(), &signed).await?
        || is_by_tenant(app, webhook, &form, &signed).await?;
    Ok(if is_valid { Ok(form) } else { Err(403) })
}

/// Whether one of the accounts signed that the named organisation has or had.
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
    let (mut ids, mut names) = (Vec::new(), BTreeSet::new());
    match (&message, webhook, form.phone("To")) {
        (Some(message), ..) => ids.push(message.organization_id),
        (None, Webhook::Inbound, Some(to)) => {
            for owner in inbound::owners(app, &to, form.get(inbound::SERVICE)).await? {
                ids.push(owner.organization_id);
                names.extend(owner.credentials);
            }
        }
        _ => return Ok(false),
    }
    // An organisation may have named another secret since it was read.
    let mut tried = BTreeSet::new();
    for age in [REMEMBERED, FRESH] {
        for id in &ids {
            names.extend(current_secret(app, *id, age).await?);
        }
        names.retain(|name| !tried.contains(name));
        if is_by_any(app, &names, signed).await? {
            return Ok(true);
        }
        tried.append(&mut names);
    }
    let frozen = match &message {
        Some(message) => frozen_secret(app, message).await?,
        None => None,
    };
    let frozen = frozen.filter(|name| !tried.contains(name));
    is_by_any(app, &frozen, signed).await
}

/// What cannot be read now must not keep another secret from being tried.
async fn is_by_any(
    app: &App,
    names: impl IntoIterator<Item = &SecretName>,
    signed: &Signed<'_>,
) -> anyhow::Result<bool> {
    let mut failure = None;
    for name in names {
        let fits = |credentials: &Credentials| signed.is_by(credentials);
        match app.gateways.twilio().secrets().find(name, fits).await {
            Ok(Some(_)) => return Ok(true),
            Ok(None) => {}
            Err(error) if error.is_permanent() => {
                tracing::error!(error = ?anyhow::Error::from(error), "no credentials");
            }
            Err(error) => failure = Some(error),
        }
    }
    failure.map_or(Ok(false), |error| Err(error.into()))
}

async fn current_secret(
    app: &App,
    id: OrganizationId,
    age: Duration,
) -> anyhow::Result<Option<SecretName>> {
    let organization = app.organizations.find(&app.table, id, age).await?;
    Ok(organization.and_then(|organization| organization.sender.credentials().cloned()))
}

/// The secret of the account through which a message was sent.
async fn frozen_secret(app: &App, message: &MessageRef) -> anyhow::Result<Option<SecretName>> {
    let MessageRef { organization_id, campaign_id, message_id, kind } = *message;
    Ok(match kind {
        Kind::Campaign => app
            .table
            .campaign(organization_id, campaign_id)
            .await?
            .and_then(|campaign| campaign.broadcast()?.sender.credentials().cloned()),
        Kind::Test => app
            .table
            .test(organization_id, campaign_id, message_id)
            .await?
            .and_then(|test| test.from.credentials().cloned()),
    })
}

impl Form {
    fn phone(&self, name: &str) -> Option<Phone> {
        Phone::from_e164(self.get(name)?).ok()
    }
}
