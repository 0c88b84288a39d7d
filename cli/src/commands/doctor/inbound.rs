//! Whether texts from people reach Volley. Without it, no STOP is heard.

use serde_json::Value;

use super::check::Check;
use crate::api::{Api, text, under};
use crate::failure::Failure;

const NAME: &str = "Inbound";

pub(super) async fn examine(api: &Api, organization: &Value) -> Check {
    let path = under(text(&organization["id"]), &["inbound"]);
    let newest = api.get(&path, &[("limit", "1".to_owned())]).await;
    judge(newest, &how(api.url(), text(&organization["provider"]["kind"])))
}

/// What has to be set at the provider, whose side the command line cannot see.
fn how(url: &str, provider: &str) -> String {
    match provider {
        "twilio" => format!(
            "set {url}/webhooks/twilio/inbound as the number's webhook for incoming messages at Twilio"
        ),
        "aws" => "set two-way messaging of the number to the stack's topic (output SmsInboundTopic); --stack checks it".to_owned(),
        other => format!("set the inbound webhook as {other} documents it"),
    }
}

fn judge(newest: Result<Value, Failure>, how: &str) -> Check {
    match newest {
        Ok(list) => match list["items"].as_array().and_then(|items| items.first()) {
            Some(text_of) => Check::ok(
                NAME,
                format!("the newest text arrived at {}", text(&text_of["receivedAt"])),
            ),
            None => {
                Check::ok(NAME, format!("no text has arrived yet; {how}, then text the number"))
            }
        },
        Err(failure) => Check::warn(NAME, failure.to_string(), how),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_that_arrived_is_the_proof() {
        let how = how("https://api.example.com", "twilio");
        let none = judge(Ok(json!({"items": []})), &how).to_string();
        assert!(none.contains("https://api.example.com/webhooks/twilio/inbound"), "{none}");
        let one = json!({"items": [{"receivedAt": "2026-11-23T09:00:00.000Z"}]});
        let one = judge(Ok(one), &how).to_string();
        assert!(one.contains("arrived at 2026-11-23T09:00:00.000Z"), "{one}");
    }
}
