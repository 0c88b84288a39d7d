//! Decides which account must have signed a webhook, and whether it did.
//!
//! What a request says about itself proves nothing: it only determines which account must have
//! signed it. An organization hears what its account signed or, if it has none, what the
//! deployment's account signed. So a tenant that knows its own token can't speak for another
//! tenant's people.

use std::collections::BTreeSet;
use std::time::Duration;

use infra::gateway::webhook::{About, AccountRef, Webhook};
use infra::table::Owner;
use shared::ids::OrganizationId;
use shared::message::Kind;
use shared::receipt::MessageRef;
use shared::sender::SecretName;

use crate::App;
use crate::hearers::Hearers;
use crate::organizations::{FRESH, REMEMBERED, owners};

/// Whether a webhook is genuine.
pub(crate) enum Belief {
    Refused,
    Held(Hearers),
}

/// The accounts that may have signed. `None` is the deployment's.
type Accounts = BTreeSet<Option<SecretName>>;

pub(crate) async fn believe(app: &App, webhook: &dyn Webhook) -> anyhow::Result<Belief> {
    let hearers = match webhook.about() {
        About::Addresses(addresses) => hearers(app, webhook, &addresses).await?,
        About::Message(message) => {
            let is_genuine = is_about(app, webhook, &message).await?;
            return Ok(if is_genuine { Belief::Held(Hearers::default()) } else { Belief::Refused });
        }
        About::Nothing => Hearers::default(),
    };
    if hearers.owners.is_empty() {
        // The deployment's account is trusted, no matter who owns the addresses.
        let is_genuine = is_by_any(webhook, &[None].into()).await?;
        return match (is_genuine, hearers.failure) {
            (_, Some(failure)) => Err(failure),
            (true, None) => Ok(Belief::Held(Hearers::default())),
            (false, None) => Ok(Belief::Refused),
        };
    }
    Ok(Belief::Held(hearers))
}

async fn hearers(
    app: &App,
    webhook: &dyn Webhook,
    addresses: &[String],
) -> anyhow::Result<Hearers> {
    let mut hearers = Hearers::default();
    for owner in owners(app, addresses).await? {
        match is_of_owner(app, webhook, &owner).await {
            Ok(true) => hearers.owners.push(owner),
            Ok(false) => {}
            Err(failure) => hearers.failure = Some(failure),
        }
    }
    Ok(hearers)
}

/// Whether the webhook is signed by an account through which the organization has, or had, the
/// address.
async fn is_of_owner(app: &App, webhook: &dyn Webhook, owner: &Owner) -> anyhow::Result<bool> {
    let of_address = owner.credentials.clone();
    let mut accounts = Accounts::new();
    let id = owner.organization_id;
    let is_gone = app.organizations.find(&app.table, id, REMEMBERED).await?.is_none();
    // An account that an organization has left still signs webhooks to its old address, and so does
    // the account of one that was deleted.
    if of_address.is_some() || owner.has_left() || is_gone {
        accounts.insert(of_address);
    }
    is_by_current(app, webhook, id, accounts).await.map(|(is_by, _)| is_by)
}

/// Whether the webhook is signed by an account that may have sent the message.
async fn is_about(app: &App, webhook: &dyn Webhook, message: &MessageRef) -> anyhow::Result<bool> {
    let deployment = [None].into();
    // It signs most webhooks, and trying it costs nothing.
    if is_by_any(webhook, &deployment).await? {
        return Ok(true);
    }
    let id = message.organization_id;
    let (is_by, tried) = is_by_current(app, webhook, id, Accounts::new()).await?;
    if is_by {
        return Ok(true);
    }
    // Receipts of a campaign that was sent before its organization changed accounts come from the
    // old one.
    let frozen = frozen_secret(app, message).await?.map(Some);
    let frozen = frozen.filter(|name| !tried.contains(name)).into_iter().collect();
    is_by_any(webhook, &frozen).await
}

/// Whether one of `accounts` or the organization's current account signed. If the cached
/// organization doesn't match, it is read again. Also returns the accounts that were tried.
async fn is_by_current(
    app: &App,
    webhook: &dyn Webhook,
    id: OrganizationId,
    mut accounts: Accounts,
) -> anyhow::Result<(bool, Accounts)> {
    let mut tried = Accounts::new();
    for age in [REMEMBERED, FRESH] {
        accounts.extend(current_account(app, id, age).await?);
        accounts.retain(|account| !tried.contains(account));
        if is_by_any(webhook, &accounts).await? {
            return Ok((true, tried));
        }
        tried.append(&mut accounts);
    }
    Ok((false, tried))
}

/// Whether one of the accounts signed. If a secret can't be read, the others are still tried.
async fn is_by_any(webhook: &dyn Webhook, accounts: &Accounts) -> anyhow::Result<bool> {
    let mut failure = None;
    for account in accounts {
        let account = account.as_ref().map_or(AccountRef::Deployment, AccountRef::Own);
        match webhook.is_signed_by(account).await {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(error) if error.is_permanent() => {
                tracing::error!(error = ?anyhow::Error::from(error), "no credentials");
            }
            Err(error) => failure = Some(error),
        }
    }
    failure.map_or(Ok(false), |error| Err(error.into()))
}

/// The account that an organization sends through. Empty if the organization does not exist.
async fn current_account(app: &App, id: OrganizationId, age: Duration) -> anyhow::Result<Accounts> {
    let organization = app.organizations.find(&app.table, id, age).await?;
    let account = organization.map(|organization| organization.sender.credentials().cloned());
    Ok(account.into_iter().collect())
}

/// The secret of the account that sent a message.
async fn frozen_secret(app: &App, message: &MessageRef) -> anyhow::Result<Option<SecretName>> {
    let MessageRef { organization_id, campaign_id, kind, .. } = *message;
    Ok(match kind {
        Kind::Campaign => app
            .table
            .campaign(organization_id, campaign_id)
            .await?
            .and_then(|campaign| campaign.broadcast()?.sender.credentials().cloned()),
        Kind::Test | Kind::Reply => app
            .table
            .single_message(message)
            .await?
            .and_then(|single| single.from.credentials().cloned()),
    })
}
