//! Pinpoint's campaigns as drafts. None of them is ever scheduled.

use std::collections::BTreeMap;

use serde_json::Value;

use super::template::translate_body;
use super::values::Values;

/// A campaign that becomes a draft.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Draft {
    /// The campaign's ID in Pinpoint, or its name if the dump has none.
    pub(crate) id: String,
    pub(crate) name: String,
    /// The text in Volley's syntax.
    pub(crate) body: String,
    /// The ID of Pinpoint's segment.
    pub(crate) segment: Option<String>,
    /// What the draft does not have, and what to do instead.
    pub(crate) notes: Vec<&'static str>,
}

/// The draft, or why there is none. `templates` has the translated texts by name.
pub(super) fn translate(
    campaign: &Value,
    templates: &BTreeMap<String, Result<String, String>>,
    values: &Values,
) -> Result<Draft, String> {
    let message = &campaign["MessageConfiguration"]["SMSMessage"];
    let message = if message.is_null() { &campaign["SMSMessage"] } else { message };
    let template = campaign["TemplateConfiguration"]["SMSTemplate"]["Name"].as_str();
    let body = match (message["Body"].as_str(), template) {
        (Some(body), _) => translate_body(body, &BTreeMap::new(), values)?.body,
        (None, Some(name)) => match templates.get(name) {
            Some(Ok(body)) => body.clone(),
            Some(Err(reason)) => {
                return Err(format!("its template {name:?} needs a hand: {reason}"));
            }
            None => return Err(format!("its template {name:?} is not in the dump")),
        },
        (None, None) => return Err("it has no text message".to_owned()),
    };
    let treatments = campaign["AdditionalTreatments"].as_array().map_or(0, Vec::len);
    if treatments > 0 {
        return Err(format!("it compares {} texts; make a draft for each", treatments + 1));
    }
    let name = campaign["Name"].as_str().unwrap_or("Untitled");
    Ok(Draft {
        id: campaign["Id"].as_str().unwrap_or(name).to_owned(),
        name: name.to_owned(),
        body,
        segment: campaign["SegmentId"].as_str().map(str::to_owned),
        notes: notes(campaign),
    })
}

fn notes(campaign: &Value) -> Vec<&'static str> {
    let number = |value: &Value| value.as_f64().unwrap_or_default();
    let frequency = campaign["Schedule"]["Frequency"].as_str().unwrap_or("ONCE");
    let mut notes = Vec::new();
    match frequency {
        "ONCE" => {}
        "EVENT" | "IN_APP_EVENT" => {
            notes.push("it was sent on events: create and send it through the API instead");
        }
        _ => {
            notes
                .push("it recurred: schedule each one, for example with cron and the command line");
        }
    }
    if campaign["Schedule"]["QuietTime"].as_object().is_some_and(|quiet| !quiet.is_empty()) {
        notes.push("its quiet time is not kept: choose when to send it");
    }
    if number(&campaign["HoldoutPercent"]) > 0.0 {
        notes.push("its holdout is not kept: everyone is texted");
    }
    if campaign["Hook"].as_object().is_some_and(|hook| !hook.is_empty()) {
        notes.push("its hook is not called: choose the audience with a segment");
    }
    if number(&campaign["Limits"]["MessagesPerSecond"]) > 0.0 {
        notes.push("its rate is the sender's: see `volley org set --parts-per-second`");
    }
    if number(&campaign["Limits"]["Daily"]) > 0.0 || number(&campaign["Limits"]["Total"]) > 0.0 {
        notes.push("its limits per person are not kept");
    }
    notes
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn campaigns_become_drafts_or_say_why_not() {
        let templates = BTreeMap::from([
            ("Spring".to_owned(), Ok("Hi".to_owned())),
            ("Loop".to_owned(), Err("the helper \"each\" has no equal".to_owned())),
        ]);
        let read = |campaign: Value| translate(&campaign, &templates, &Values::default());
        let draft = read(json!({
            "Name": "Sale",
            "SegmentId": "abc",
            "TemplateConfiguration": {"SMSTemplate": {"Name": "Spring"}},
            "Schedule": {"Frequency": "DAILY", "QuietTime": {}},
            "Limits": {"Daily": 0, "MessagesPerSecond": 50},
            "HoldoutPercent": 10,
        }))
        .unwrap();
        assert_eq!((draft.name.as_str(), draft.body.as_str()), ("Sale", "Hi"));
        assert_eq!(draft.segment.as_deref(), Some("abc"));
        assert_eq!(draft.notes.len(), 3);
        let message = json!({"SMSMessage": {"Body": "Open {{Attributes.Plan}}"}});
        let draft = read(json!({"Name": "A", "MessageConfiguration": message})).unwrap();
        assert_eq!(draft.body, "Open {{ attributes[\"Attributes.Plan\"] | default(\"\") }}");
        for (campaign, reason) in [
            (json!({"Name": "A", "MessageConfiguration": {"EmailMessage": {}}}), "no text message"),
            (json!({"TemplateConfiguration": {"SMSTemplate": {"Name": "Loop"}}}), "needs a hand"),
            (
                json!({"TemplateConfiguration": {"SMSTemplate": {"Name": "Gone"}}}),
                "not in the dump",
            ),
            (json!({"SMSMessage": {"Body": "a"}, "AdditionalTreatments": [{}]}), "2 texts"),
        ] {
            let refused = read(campaign).unwrap_err();
            assert!(refused.contains(reason), "{refused}");
        }
    }
}
