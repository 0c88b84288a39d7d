//! Webhooks: the interface to providers that call over HTTP.

use std::collections::HashMap;

use futures::future::BoxFuture;
use shared::receipt::MessageRef;
use shared::sender::SecretName;
use shared::time::Timestamp;
use shared::trace::TraceId;

use super::ProviderEvent;
use crate::secrets::SecretError;

/// The webhook that was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    Status,
    Inbound,
}

/// A POST request to a webhook.
#[derive(Clone, Debug)]
pub struct Request {
    pub endpoint: Endpoint,
    /// The URL that the provider called, with its query.
    pub url: String,
    pub query: String,
    /// Keyed by name in lower case.
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Request {
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// The response to a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    pub content_type: Option<&'static str>,
    pub body: String,
}

/// What a request claims to be about. This decides which account must have signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    Message(MessageRef),
    /// The addresses that a person wrote to, most specific first.
    Addresses(Vec<String>),
    Nothing,
}

/// An account at the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccountRef<'a> {
    /// The deployment's.
    Deployment,
    /// The one whose credentials are in this secret.
    Own(&'a SecretName),
}

/// A provider that calls webhooks.
pub trait Webhooks: Send + Sync {
    /// Parses a request without trusting it, or returns the status of its refusal.
    fn open<'a>(&'a self, request: &'a Request) -> Result<Box<dyn Webhook + 'a>, u16>;
}

/// A parsed request. Don't trust it until its signature has been checked.
pub trait Webhook: Send + Sync {
    fn about(&self) -> About;

    /// The trace in which the message was handed over, if the request says so.
    fn trace(&self) -> Option<TraceId>;

    /// Whether an account signed the request.
    fn is_signed_by<'a>(
        &'a self,
        account: AccountRef<'a>,
    ) -> BoxFuture<'a, Result<bool, SecretError>>;

    /// The content of the request, or the status of its refusal.
    fn event(&self, now: Timestamp) -> Result<ProviderEvent, u16>;

    /// Whether the response to an inbound text can contain a reply. If it cannot, a reply is sent as a
    /// message.
    fn can_reply(&self) -> bool;

    /// The response to an accepted request. For an inbound text, it may contain a reply.
    fn response(&self, reply: Option<&str>) -> Response;
}
