//! The URL for a message's callbacks, which identifies the message.

use serde::{Deserialize, Serialize};
use shared::ids::{CampaignId, MessageId, OrganizationId};
use shared::message::Kind;
use shared::receipt::MessageRef;

#[derive(Serialize, Deserialize)]
struct Query {
    o: OrganizationId,
    c: CampaignId,
    m: MessageId,
    k: Kind,
}

/// The URL for callbacks about `message`, under the program's public URL.
#[must_use]
pub fn address(public_url: &str, message: &MessageRef) -> String {
    let MessageRef { organization_id: o, campaign_id: c, message_id: m, kind } = message;
    let k = match kind {
        Kind::Campaign => "campaign",
        Kind::Test => "test",
    };
    format!("{}/webhooks/twilio/status?o={o}&c={c}&m={m}&k={k}", public_url.trim_end_matches('/'))
}

/// The message that a callback's query names.
#[must_use]
pub fn message(query: &str) -> Option<MessageRef> {
    let pairs: serde_json::Map<String, serde_json::Value> =
        form_urlencoded::parse(query.as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
            .collect();
    let Query { o, c, m, k } = serde_json::from_value(pairs.into()).ok()?;
    Some(MessageRef { organization_id: o, campaign_id: c, message_id: m, kind: k })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_address_names_its_message() {
        let of = |kind| MessageRef {
            organization_id: OrganizationId(Uuid::from_u128(1)),
            campaign_id: CampaignId(Uuid::from_u128(2)),
            message_id: MessageId(Uuid::from_u128(3)),
            kind,
        };
        for reference in [of(Kind::Campaign), of(Kind::Test)] {
            let address = address("https://example.com/", &reference);
            let (_, query) = address.split_once('?').expect("a query");
            assert_eq!(message(query), Some(reference));
        }
        assert_eq!(message("o=1"), None);
    }
}
