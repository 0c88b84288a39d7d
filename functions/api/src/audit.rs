//! The audit trail: each request that has changed something is an entry of its organization's.
//!
//! An entry is written once the change is done, because only then is there something to record. If that
//! fails, a log line takes the entry's place.

use std::sync::{Arc, OnceLock};

use axum::body::Body;
use axum::extract::{MatchedPath, RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{Method, StatusCode};
use infra::clock;
use serde::Deserialize;
use shared::actor::Actor;
use shared::audit::Change;
use shared::ids::OrganizationId;
use uuid::Uuid;

use crate::state::App;

const ORGANIZATION: &str = "/v1/organizations/{organizationId}";
/// What is a POST only because of its body.
const READS: [&str; 2] = ["/quote", "/preview"];

/// Learns from [`crate::auth::Access`] who makes a request.
#[derive(Clone, Default)]
pub(crate) struct Witness(Arc<OnceLock<(OrganizationId, Actor)>>);

#[derive(Deserialize)]
struct Created {
    id: Uuid,
}

impl Witness {
    pub(crate) fn saw(&self, organization: OrganizationId, actor: &Actor) {
        self.0.get_or_init(|| (organization, actor.clone()));
    }
}

pub(crate) async fn middleware(
    State(app): State<App>,
    route: MatchedPath,
    parameters: RawPathParams,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(action) = action(request.method(), route.as_str()) else {
        return next.run(request).await;
    };
    let witness = Witness::default();
    request.extensions_mut().insert(witness.clone());
    let named = subject(parameters.iter());
    let response = next.run(request).await;
    let Some((organization, actor)) = witness.0.get() else { return response };
    if !response.status().is_success() {
        return response;
    }
    let (response, created) = created(response).await;
    let (at, actor) = (clock::now(), actor.clone());
    let change = Change { at, actor, action, subject: created.or(named) };
    let recorded = app.table.record_change(*organization, &change, app.audit_retention).await;
    if let Err(error) = recorded {
        let error = anyhow::Error::new(error);
        let actor = change.actor.id().map(|id| id.to_string());
        tracing::error!(
            error = ?error, %organization, action = change.action, actor,
            "a change is missing from the audit trail"
        );
    }
    response
}

/// The operation's name, if it changes something of an organization. A deleted organization has no audit
/// trail; its deletion has a separate record.
fn action(method: &Method, route: &str) -> Option<String> {
    let below = route.strip_prefix(ORGANIZATION)?;
    let is_read = [Method::GET, Method::HEAD].contains(method)
        || READS.iter().any(|read| below.ends_with(read))
        || (*method == Method::DELETE && below.is_empty());
    let below = if below.is_empty() { "/" } else { below };
    (!is_read).then(|| format!("{method} {below}"))
}

/// What the path names last by an ID. Phones and external IDs are left out, because they name people.
fn subject<'a>(parameters: impl Iterator<Item = (&'a str, &'a str)>) -> Option<Uuid> {
    let others = parameters.filter(|(name, _)| *name != "organizationId");
    others.filter_map(|(_, value)| Uuid::try_parse(value).ok()).last()
}

/// The ID of what a response says was created.
async fn created(response: Response) -> (Response, Option<Uuid>) {
    if response.status() != StatusCode::CREATED {
        return (response, None);
    }
    let (parts, body) = response.into_parts();
    // It is in memory already.
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let created: Option<Created> = serde_json::from_slice(&body).ok();
    (Response::from_parts(parts, Body::from(body)), created.map(|created| created.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_recorded_and_reads_are_not() {
        let of = |method: Method, below: &str| action(&method, &format!("{ORGANIZATION}{below}"));
        let sent = of(Method::POST, "/campaigns/{campaignId}/send");
        assert_eq!(sent.as_deref(), Some("POST /campaigns/{campaignId}/send"));
        assert_eq!(of(Method::PATCH, "").as_deref(), Some("PATCH /"));
        for read in ["/campaigns/{campaignId}/quote", "/segments/preview"] {
            assert_eq!(of(Method::POST, read), None);
        }
        assert_eq!(of(Method::GET, "/contacts"), None);
        assert_eq!(of(Method::DELETE, ""), None);
        assert_eq!(action(&Method::PUT, "/v1/halt"), None);
    }

    #[test]
    fn people_are_not_named() {
        let (one, other) = (Uuid::from_u128(1).to_string(), Uuid::from_u128(2).to_string());
        let of = |parameters: &[(&str, &str)]| subject(parameters.iter().copied());
        let organization = ("organizationId", one.as_str());
        assert_eq!(of(&[organization]), None);
        assert_eq!(of(&[organization, ("campaignId", &other)]), Some(Uuid::from_u128(2)));
        assert_eq!(of(&[organization, ("phone", "+14155550123")]), None);
        assert_eq!(of(&[organization, ("contactId", "ext:4711")]), None);
    }
}
