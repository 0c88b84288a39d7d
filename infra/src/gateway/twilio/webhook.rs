//! Twilio's webhooks: a form or a JSON object with its account's signature.
//!
//! Source: <https://www.twilio.com/docs/messaging/guides/webhook-request> and
//! <https://www.twilio.com/docs/messaging/guides/track-outbound-message-status>.

use futures::FutureExt;
use futures::future::BoxFuture;
use shared::keyword::is_xml;
use shared::message::Status;
use shared::phone::Phone;
use shared::receipt::{Delivery, Receipt};
use shared::time::Timestamp;
use shared::trace::TraceId;

use super::signature::{Content, Signed};
use super::{Accounts, Credentials, callback, failure_reason, receipt_status};
use crate::gateway::event::{addresses, phone_of};
use crate::gateway::parameters::Parameters;
use crate::gateway::webhook::{About, AccountRef, Endpoint, Request, Response, Webhook, Webhooks};
use crate::gateway::{Inbound, Label, ProviderEvent};
use crate::secrets::SecretError;

const SIGNATURE: &str = "x-twilio-signature";
const SIGNATURE_SETTINGS: &str = "x-twilio-webhooks-signature-settings";

/// A request with its parsed parameters.
struct Opened<'a> {
    accounts: &'a Accounts,
    request: &'a Request,
    parameters: Parameters,
    signature: &'a str,
}

impl Webhooks for Accounts {
    fn open<'a>(&'a self, request: &'a Request) -> Result<Box<dyn Webhook + 'a>, u16> {
        let parameters = Parameters::read(request)?;
        let signature = request.header(SIGNATURE).ok_or(403_u16)?;
        Ok(Box::new(Opened { accounts: self, request, parameters, signature }))
    }
}

impl Opened<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(name)
    }

    /// The phone that the text was sent to, and its Messaging Service if it has one.
    fn destinations(&self) -> Vec<String> {
        addresses([self.get("To"), self.get("MessagingServiceSid")].into_iter().flatten())
    }

    fn receipt(&self, now: Timestamp) -> Result<ProviderEvent, u16> {
        let message = callback::message(&self.request.query);
        let fields = (message, self.get("MessageSid"), self.get("MessageStatus"));
        let (Some(message), Some(sid), Some(label)) = fields else {
            return Err(400);
        };
        let status = match receipt_status(label) {
            Label::Means(status) => status,
            Label::Ignored => return Ok(ProviderEvent::Ignored),
            Label::Unheard => {
                // Twilio adds statuses without notice, so an unknown one is not an error.
                tracing::warn!(status = %label, "ignored a callback with a status that is new");
                return Ok(ProviderEvent::Ignored);
            }
        };
        let code: Option<u32> = self.get("ErrorCode").and_then(|code| code.parse().ok());
        let code = code.filter(|_| status == Status::Failed);
        let receipt = Receipt {
            provider_id: sid.to_owned(),
            status,
            reason: (status == Status::Failed).then(|| failure_reason(label, code)),
            code: code.map(|code| code.to_string()),
            at: now,
        };
        let to = self.get("To").and_then(phone_of);
        Ok(ProviderEvent::Receipt(Delivery { message, to, receipt }))
    }

    /// Only phones are texted, so a text from any other address opts no one out.
    fn inbound(&self) -> ProviderEvent {
        let from = self.get("From").map(|from| Phone::from_e164(from.trim()));
        let Some(Ok(from)) = from else {
            return ProviderEvent::Ignored;
        };
        ProviderEvent::Inbound(Inbound {
            provider_id: self.get("MessageSid").map(str::to_owned),
            from,
            to: self.destinations(),
            body: self.get("Body").unwrap_or_default().to_owned(),
            keyword: self.get("OptOutType").map(str::to_owned),
        })
    }
}

impl Webhook for Opened<'_> {
    fn about(&self) -> About {
        match self.request.endpoint {
            Endpoint::Status => {
                callback::message(&self.request.query).map_or(About::Nothing, About::Message)
            }
            Endpoint::Inbound => About::Addresses(self.destinations()),
        }
    }

    fn trace(&self) -> Option<TraceId> {
        callback::trace(&self.request.query)
    }

    fn is_signed_by<'a>(
        &'a self,
        account: AccountRef<'a>,
    ) -> BoxFuture<'a, Result<bool, SecretError>> {
        let name = match account {
            AccountRef::Deployment => self.accounts.own_credentials(),
            AccountRef::Own(name) => Some(name),
        };
        let signed = Signed {
            url: &self.request.url,
            content: if self.parameters.is_json {
                Content::Json(&self.request.body)
            } else {
                Content::Form(&self.parameters.pairs)
            },
            signature: self.signature,
            settings: self.request.header(SIGNATURE_SETTINGS),
        };
        async move {
            let Some(name) = name else {
                return Ok(false);
            };
            let fits = |credentials: &Credentials| signed.is_by(credentials);
            Ok(self.accounts.secrets().find(name, fits).await?.is_some())
        }
        .boxed()
    }

    fn event(&self, now: Timestamp) -> Result<ProviderEvent, u16> {
        match self.request.endpoint {
            Endpoint::Status => self.receipt(now),
            Endpoint::Inbound => Ok(self.inbound()),
        }
    }

    fn can_reply(&self) -> bool {
        true
    }

    fn response(&self, reply: Option<&str>) -> Response {
        match self.request.endpoint {
            Endpoint::Status => Response { status: 204, content_type: None, body: String::new() },
            Endpoint::Inbound => {
                let body = reply.map_or("<Response/>".to_owned(), |reply| {
                    format!("<Response><Message>{}</Message></Response>", escaped(reply))
                });
                Response { status: 200, content_type: Some("text/xml"), body }
            }
        }
    }
}

/// Escapes a text for XML, leaving out characters that XML doesn't allow.
fn escaped(text: &str) -> String {
    let text: String = text.chars().filter(|c| is_xml(*c)).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests;
