//! What an object of a dump is.

use serde_json::Value;

/// The kinds of objects that a dump may have.
#[derive(Debug, PartialEq)]
pub(super) enum Item {
    Endpoint(Value),
    /// A number of an opt-out list.
    OptedOut(Value),
    /// An event of a stream.
    Event(Value),
    Segment(Value),
    Campaign(Value),
    Template(Value),
    /// Settings of an application or a channel.
    Settings,
    Unknown,
}

/// The objects in an envelope of the AWS CLI, or the object itself.
pub(super) fn items(value: Value) -> Vec<Item> {
    let Value::Object(mut fields) = upper(value) else { return vec![Item::Unknown] };
    let is_envelope = |name: &str| fields.contains_key(name);
    let lists = ["EndpointsResponse", "CampaignsResponse", "SegmentsResponse", "TemplatesResponse"];
    if let Some(name) = lists.into_iter().find(|name| is_envelope(name)) {
        return match fields[name]["Item"].take() {
            Value::Array(items) => items.into_iter().map(item).collect(),
            _ => vec![Item::Unknown],
        };
    }
    let singles =
        ["EndpointResponse", "CampaignResponse", "SegmentResponse", "SMSTemplateResponse"];
    if let Some(name) = singles.into_iter().find(|name| is_envelope(name)) {
        return vec![item(fields[name].take())];
    }
    if let Some(Value::Array(numbers)) = fields.remove("OptedOutNumbers") {
        return numbers.into_iter().map(item).collect();
    }
    let settings = [
        "ApplicationSettingsResource",
        "SMSChannelResponse",
        "ApplicationsResponse",
        "ApplicationResponse",
    ];
    if settings.into_iter().any(|name| fields.contains_key(name)) {
        return vec![Item::Settings];
    }
    vec![item(fields.into())]
}

fn item(value: Value) -> Item {
    let value = upper(value);
    let has = |name: &str| !value[name].is_null();
    if has("event_type") {
        return Item::Event(value);
    }
    if has("OptedOutNumber") {
        return Item::OptedOut(value);
    }
    if has("SegmentType") || has("SegmentGroups") || has("Dimensions") {
        return Item::Segment(value);
    }
    if has("TemplateName") || has("DefaultSubstitutions") {
        return Item::Template(value);
    }
    let is_campaign = ["SegmentId", "MessageConfiguration", "TemplateConfiguration", "Schedule"];
    if is_campaign.into_iter().any(has) {
        return Item::Campaign(value);
    }
    let is_endpoint = ["Address", "ChannelType", "EndpointStatus", "OptOut"];
    if is_endpoint.into_iter().any(has) || has("User") {
        return Item::Endpoint(value);
    }
    Item::Unknown
}

/// Whether an endpoint has an address: a phone, a mail address or a token.
pub(super) fn has_address(endpoint: &Value) -> bool {
    endpoint["Address"].as_str().is_some_and(|address| !address.trim().is_empty())
}

/// Whether an endpoint with a phone is opted out, even if it makes no contact.
pub(super) fn opts_out(endpoint: &Value) -> bool {
    let has_phone = matches!(endpoint["ChannelType"].as_str(), None | Some("" | "SMS" | "VOICE"));
    has_phone && has_address(endpoint) && endpoint["OptOut"] == "ALL"
}

/// SDKs for JavaScript and Java dump names that begin in lower case. Names under attributes stay.
fn upper(value: Value) -> Value {
    const ENVELOPES_AND_FIELDS: [&str; 6] =
        ["address", "channelType", "segmentType", "templateName", "segmentId", "optedOutNumber"];
    let Value::Object(fields) = value else { return value };
    if !fields.keys().any(|name| {
        ENVELOPES_AND_FIELDS.contains(&name.as_str())
            || name.ends_with("Response") && name.starts_with(|first: char| first.is_lowercase())
    }) {
        return fields.into();
    }
    raised(fields.into())
}

fn raised(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let raise = |(name, value): (String, Value)| {
                let is_map = matches!(
                    name.as_str(),
                    "attributes"
                        | "userAttributes"
                        | "metrics"
                        | "Attributes"
                        | "UserAttributes"
                        | "Metrics"
                );
                let mut letters = name.chars();
                let first = letters.next().map(|first| first.to_ascii_uppercase());
                let name = first.into_iter().chain(letters).collect();
                let value = if is_map { values_raised(value) } else { raised(value) };
                (name, value)
            };
            fields.into_iter().map(raise).collect::<serde_json::Map<_, _>>().into()
        }
        Value::Array(items) => items.into_iter().map(raised).collect::<Vec<_>>().into(),
        other => other,
    }
}

/// The names of attributes are people's, and only what is under them is Pinpoint's.
fn values_raised(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let raise = |(name, value)| (name, raised(value));
            fields.into_iter().map(raise).collect::<serde_json::Map<_, _>>().into()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn envelopes_are_opened() {
        let endpoint = json!({"ChannelType": "SMS", "Address": "+14155550123"});
        for dump in [
            endpoint.clone(),
            json!({"EndpointResponse": endpoint}),
            json!({"EndpointsResponse": {"Item": [endpoint]}}),
            json!({"endpointResponse": {"channelType": "SMS", "address": "+14155550123"}}),
        ] {
            assert_eq!(items(dump.clone()), [Item::Endpoint(endpoint.clone())], "{dump}");
        }
        let number = json!({"OptedOutNumber": "+14155550123"});
        assert_eq!(items(json!({"OptedOutNumbers": [number]})), [Item::OptedOut(number)]);
        assert_eq!(items(json!({"SMSChannelResponse": {}})), [Item::Settings]);
        assert_eq!(items(json!({"name": "x"})), [Item::Unknown]);
        assert_eq!(items(json!(5)), [Item::Unknown]);
        let lower = json!({"address": "+1", "attributes": {"plan": ["a"]}});
        let raised = json!({"Address": "+1", "Attributes": {"plan": ["a"]}});
        assert_eq!(items(lower), [Item::Endpoint(raised)]);
    }
}
