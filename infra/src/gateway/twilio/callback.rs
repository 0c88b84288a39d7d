//! The URL for a message's callbacks, which identifies the message and the trace in which it was
//! handed over.

use serde::{Deserialize, Serialize};
use shared::ids::{CampaignId, MessageId, OrganizationId};
use shared::message::Kind;
use shared::receipt::MessageRef;
use shared::trace::TraceId;

#[derive(Serialize, Deserialize)]
struct Query {
    o: OrganizationId,
    c: CampaignId,
    m: MessageId,
    k: Kind,
}

/// The query's parameter for the trace.
const TRACE: &str = "t";

/// The URL for callbacks about `message`, under the program's public URL.
#[must_use]
pub fn address(public_url: &str, message: &MessageRef, trace: Option<TraceId>) -> String {
    let MessageRef { organization_id: o, campaign_id: c, message_id: m, kind } = message;
    let k = kind.as_str();
    let public_url = public_url.trim_end_matches('/');
    let trace = trace.map(|trace| format!("&{TRACE}={trace}")).unwrap_or_default();
    format!("{public_url}/webhooks/twilio/status?o={o}&c={c}&m={m}&k={k}{trace}")
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

/// The trace that a callback's query names. Addresses from before there were traces have none.
#[must_use]
pub fn trace(query: &str) -> Option<TraceId> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == TRACE)?.1.parse().ok()
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
        let traces = [None, Some(TraceId::new([7; 16]))];
        for (reference, id) in [of(Kind::Campaign), of(Kind::Test)].into_iter().zip(traces) {
            let address = address("https://example.com/", &reference, id);
            let (_, query) = address.split_once('?').expect("a query");
            assert_eq!((message(query), trace(query)), (Some(reference), id));
        }
        assert_eq!(message("o=1"), None);
        assert_eq!(trace("o=1&t=1"), None);
    }
}
