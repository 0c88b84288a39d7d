//! The life of one message.

use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::{Value, json};

use super::Context;
use crate::api::{Pages, text};
use crate::failure::Failure;
use crate::output::{Format, Output, STEP};

/// Campaigns that are searched for a message whose campaign is not given.
const MAX_SEARCHED: usize = 200;

/// Show what happened to a message
///
/// Without --campaign, the newest campaigns are searched for it.
#[derive(Debug, Args)]
pub(crate) struct Trace {
    /// The message's ID
    message: String,
    /// The message's campaign
    #[arg(long, value_name = "ID")]
    campaign: Option<String>,
}

impl Trace {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        let (campaign, message) = match &self.campaign {
            Some(campaign) => {
                let path = api.path(&["campaigns", campaign]).await?;
                let of_campaign = api.get(&path, &[]).await?;
                let path = api.path(&["campaigns", campaign, "messages", &self.message]).await?;
                (of_campaign, api.get(&path, &[]).await?)
            }
            None => search(context, &self.message).await?,
        };
        let path = api.path(&["unsubscribes", text(&message["to"])]).await?;
        let unsubscribe = found(api.get(&path, &[]).await)?;
        let steps = steps(&campaign, &message, unsubscribe.as_ref());
        if output.format() == Format::Json {
            return Output::json(&json!({
                "message": message,
                "campaign": campaign,
                "unsubscribe": unsubscribe,
                "steps": steps,
            }));
        }
        output.rows(&steps, &STEP)
    }
}

async fn search(context: &Context, id: &str) -> Result<(Value, Value), Failure> {
    let path = context.api.path(&["campaigns"]).await?;
    let mut pages = Pages::new(&context.api, path, &[], Some(MAX_SEARCHED));
    while let Some(campaigns) = pages.next().await? {
        for campaign in campaigns {
            let path = ["campaigns", text(&campaign["id"]), "messages", id];
            let path = context.api.path(&path).await?;
            if let Some(message) = found(context.api.get(&path, &[]).await)? {
                return Ok((campaign, message));
            }
        }
    }
    Err(Failure::usage(format!(
        "no message {id} in the {MAX_SEARCHED} newest campaigns; name its campaign with --campaign"
    )))
}

/// A resource that may not exist.
fn found(response: Result<Value, Failure>) -> Result<Option<Value>, Failure> {
    match response {
        Ok(value) => Ok(Some(value)),
        Err(Failure::Refused(problem)) if problem.status == 404 => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// What happened, in order of time.
fn steps(campaign: &Value, message: &Value, unsubscribe: Option<&Value>) -> Vec<Value> {
    let mut steps: Vec<(DateTime<Utc>, String)> = Vec::new();
    let mut add = |time: &Value, what: String| {
        if let Ok(time) = DateTime::parse_from_rfc3339(text(time)) {
            steps.push((time.to_utc(), what));
        }
    };
    let is_test = text(&message["kind"]) == "test";
    if !is_test {
        add(&campaign["sentAt"], format!("the campaign {:?} was sent", text(&campaign["name"])));
    }
    add(&message["createdAt"], "a worker claimed the message".to_owned());
    let provider = match text(&message["providerMessageId"]) {
        "" => String::new(),
        id => format!(" as {id}"),
    };
    add(&message["sentAt"], format!("the provider took it{provider}"));
    add(&message["deliveredAt"], "it was delivered".to_owned());
    match text(&message["status"]) {
        "failed" => add(&message["updatedAt"], format!("it failed: {}", error(message))),
        "unknown" => add(
            &message["updatedAt"],
            "the provider may have it; it is looked up and never sent again".to_owned(),
        ),
        _ => {}
    }
    if let Some(unsubscribe) = unsubscribe {
        let source = text(&unsubscribe["source"]);
        add(&unsubscribe["unsubscribedAt"], format!("the phone opted out ({source})"));
    }
    // Steps with the same time stay in the order of a message's life.
    steps.sort_by_key(|(time, _)| *time);
    let start = steps.first().map(|(time, _)| *time);
    let step = |(time, what): (DateTime<Utc>, String)| {
        let after = start.map(|start| format!("+{:.1} s", (time - start).as_seconds_f64()));
        json!({"at": crate::when::rfc3339(time), "after": after, "what": what})
    };
    steps.into_iter().map(step).collect()
}

fn error(message: &Value) -> String {
    match (text(&message["errorReason"]), text(&message["errorCode"])) {
        (reason, "") => reason.to_owned(),
        (reason, code) => format!("{reason} (the provider's code {code})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_is_in_order() {
        let campaign = json!({"name": "Spring", "sentAt": "2026-11-23T09:00:00.000Z"});
        let message = json!({
            "kind": "campaign",
            "createdAt": "2026-11-23T09:00:01.500Z",
            "sentAt": "2026-11-23T09:00:02.000Z",
            "updatedAt": "2026-11-23T09:00:09.000Z",
            "providerMessageId": "SM1",
            "status": "failed",
            "errorReason": "unreachable",
            "errorCode": "30003",
        });
        let unsubscribe =
            json!({"unsubscribedAt": "2026-11-23T09:00:05.000Z", "source": "keyword"});
        let steps = steps(&campaign, &message, Some(&unsubscribe));
        let steps: Vec<_> =
            steps.iter().map(|step| (text(&step["after"]), text(&step["what"]))).collect();
        assert_eq!(
            steps,
            [
                ("+0.0 s", "the campaign \"Spring\" was sent"),
                ("+1.5 s", "a worker claimed the message"),
                ("+2.0 s", "the provider took it as SM1"),
                ("+5.0 s", "the phone opted out (keyword)"),
                ("+9.0 s", "it failed: unreachable (the provider's code 30003)"),
            ]
        );
    }
}
