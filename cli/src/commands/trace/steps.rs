//! What happened to a message, as the API knows it.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::api::text;

/// A time, and what happened then.
pub(super) type Step = (DateTime<Utc>, String);

/// What the timeline and what surrounds it say.
pub(super) fn of(
    campaign: &Value,
    message: &Value,
    timeline: &Value,
    unsubscribe: Option<&Value>,
) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut add = |time: &Value, what: String| {
        if let Ok(time) = DateTime::parse_from_rfc3339(text(time)) {
            steps.push((time.to_utc(), what));
        }
    };
    if text(&message["kind"]) != "test" {
        add(&campaign["sentAt"], format!("the campaign {:?} was sent", text(&campaign["name"])));
    }
    let provider = match text(&message["providerMessageId"]) {
        "" => String::new(),
        id => format!(" as {id}"),
    };
    for step in timeline["steps"].as_array().into_iter().flatten() {
        add(&step["at"], said(step, &provider));
    }
    if let Some(unsubscribe) = unsubscribe {
        let source = text(&unsubscribe["source"]);
        add(&unsubscribe["unsubscribedAt"], format!("the phone opted out ({source})"));
    }
    steps
}

/// A step of the timeline in a sentence. `provider` is its ID of the message.
fn said(step: &Value, provider: &str) -> String {
    let source = match text(&step["source"]) {
        "callback" => "the provider reported",
        "look_up" => "the provider said when asked",
        _ => "",
    };
    let what = match (text(&step["status"]), source) {
        ("pending", _) => return "a worker claimed the message".to_owned(),
        ("sent", "") => return format!("the provider took it{provider}"),
        ("unknown", _) => {
            return "the provider may have it; it is looked up and never sent again".to_owned();
        }
        ("sent", _) => "that it was sent".to_owned(),
        ("delivered", _) => "that it was delivered".to_owned(),
        ("failed", _) => format!("that it failed: {}", error(step)),
        (status, _) => format!("that it is {status}"),
    };
    match source {
        "" => what.trim_start_matches("that ").to_owned(),
        source => format!("{source} {what}"),
    }
}

fn error(step: &Value) -> String {
    let reason = text(&step["errorReason"]);
    let code = match text(&step["errorCode"]) {
        "" => String::new(),
        code => format!(" (the provider's code {code})"),
    };
    match text(&step["meaning"]) {
        "" => format!("{reason}{code}"),
        meaning => format!("{reason}{code}. {meaning}"),
    }
}

/// The steps in order of time, as rows.
pub(super) fn rows(mut steps: Vec<Step>) -> Vec<Value> {
    // Steps with the same time stay in the order of a message's life.
    steps.sort_by_key(|(time, _)| *time);
    let start = steps.first().map(|(time, _)| *time);
    let row = |(time, what): Step| {
        let after = start.map(|start| format!("+{:.1} s", (time - start).as_seconds_f64()));
        json!({"at": crate::when::rfc3339(time), "after": after, "what": what})
    };
    steps.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_is_in_order() {
        let campaign = json!({"name": "Spring", "sentAt": "2026-11-23T09:00:00.000Z"});
        let message = json!({"kind": "campaign", "providerMessageId": "SM1"});
        let step = |at: &str, source: &str, status: &str| json!({"at": format!("2026-11-23T09:00:{at}Z"), "source": source, "status": status});
        let mut failed = step("09.000", "callback", "failed");
        failed["errorReason"] = "unreachable".into();
        failed["errorCode"] = "30003".into();
        failed["meaning"] = "The phone is off.".into();
        let timeline = json!({"steps": [
            step("01.500", "dispatch", "pending"),
            step("02.000", "dispatch", "sent"),
            failed,
        ]});
        let unsubscribe =
            json!({"unsubscribedAt": "2026-11-23T09:00:05.000Z", "source": "keyword"});
        let rows = rows(of(&campaign, &message, &timeline, Some(&unsubscribe)));
        let rows: Vec<_> =
            rows.iter().map(|row| (text(&row["after"]), text(&row["what"]))).collect();
        assert_eq!(
            rows,
            [
                ("+0.0 s", "the campaign \"Spring\" was sent"),
                ("+1.5 s", "a worker claimed the message"),
                ("+2.0 s", "the provider took it as SM1"),
                ("+5.0 s", "the phone opted out (keyword)"),
                (
                    "+9.0 s",
                    "the provider reported that it failed: unreachable (the provider's code 30003). The phone is off."
                ),
            ]
        );
    }

    #[test]
    fn each_source_is_named() {
        let said = |source: &str, status: &str| {
            said(&json!({"source": source, "status": status, "errorReason": "filtered"}), "")
        };
        assert_eq!(
            said("look_up", "delivered"),
            "the provider said when asked that it was delivered"
        );
        assert_eq!(said("callback", "sent"), "the provider reported that it was sent");
        assert_eq!(said("dispatch", "failed"), "it failed: filtered");
        assert!(said("repair", "unknown").contains("never sent again"));
    }
}
