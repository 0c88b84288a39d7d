//! Reasons in plain English. docs/statuses.md says more about each.

/// Why a message failed.
pub(super) fn failure(reason: &str) -> &str {
    match reason {
        "unsubscribed" => "the person had opted out",
        "already_reached" => "another campaign with the text had reached the person",
        "invalid_number" => "no such number, or one that cannot receive texts",
        "unreachable" => "the phone was off, blocked or without service",
        "filtered" => "a carrier or the provider took it for spam",
        "expired" => "it could not be delivered in time",
        "stopped" => "the campaign was stopped before",
        "erased" => "the person was erased before",
        "canceled" => "someone canceled it at the provider",
        "provider_error" => "the provider refused or lost it, not because of the phone",
        "other" => "the provider gave no reason",
        unknown => unknown,
    }
}

/// Why Volley paused a campaign.
pub(super) fn pause(reason: &str) -> &str {
    match reason {
        "missed_schedule" => "it had not begun an hour after its time",
        "target_missing" => "a segment of its target was deleted",
        "outdated" => "it took too long",
        "no_progress" => "no message was settled for an hour",
        "provider_unreachable" => "the provider could not be reached for an hour",
        "poisoned" => "one of its steps failed repeatedly",
        "provider_account" => "the provider does not serve the account",
        "provider_sender" => "the account may not send from this sender",
        "spend_limit" => "the account's spend limit at the provider was reached",
        "messages_filtered" => "too many messages were filtered",
        "recipients_opted_out" => "too many recipients had opted out at the provider",
        "provider_failing" => "the provider's responses were lost or errors",
        "body_too_long" => "the provider does not take so long a text",
        "rendering_changed" => "a text with merge fields would differ after an update of Volley",
        "restored" => "its table was restored to an earlier moment",
        "max_parts" => "it needs more parts than its limit",
        "max_price" => "it costs more than its limit",
        unknown => unknown,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn every_reason_of_the_api_has_words() {
        let document: Value =
            serde_json::from_str(include_str!("../../../../docs/openapi.json")).unwrap();
        let has_words = |schema: &str, words: fn(&str) -> &str| {
            let reasons = document["components"]["schemas"][schema]["enum"].as_array().unwrap();
            for reason in reasons.iter().filter_map(Value::as_str) {
                assert_ne!(words(reason), reason, "{schema}");
            }
        };
        has_words("ErrorReason", failure);
        has_words("CampaignReason", pause);
    }
}
