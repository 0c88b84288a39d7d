//! A run's webhook: what it received must be true, and nothing may be missing.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use serde_json::{Value, json};

use crate::receiver::Received;
use crate::report;
use crate::scenario::{SETTLED_WITHIN, Scenario, text};

const LOOK_EVERY: Duration = Duration::from_secs(3);

/// What a person can read about a campaign that was sent.
pub(crate) struct Told {
    pub(crate) campaign: Value,
    pub(crate) messages: Vec<Value>,
    pub(crate) report: Value,
}

impl Scenario<'_> {
    /// Adds a webhook for everything, before anything happens.
    pub(crate) async fn listen(&mut self) -> anyhow::Result<()> {
        let url = self.grounds.receiver.open(self.number, self.run);
        let created = self.post_well("webhooks", &json!({"url": url})).await?;
        let rotate = format!("webhooks/{}/rotate", text(&created["id"])?);
        let mut secret = created["secret"].clone();
        // A repeated request does not return the secret again.
        while !secret.is_string() {
            secret = self.post_well(&rotate, &json!({})).await?["secret"].clone();
        }
        self.is_heard = true;
        self.grounds.receiver.expect(self.number, &text(&secret)?)
    }

    /// Waits until the report and the events of a settled campaign agree with its messages.
    pub(crate) async fn agree(&mut self, campaign: &str) -> anyhow::Result<()> {
        let path = self.path(&format!("campaigns/{campaign}"));
        let deadline = Instant::now() + SETTLED_WITHIN;
        loop {
            let told = Told {
                campaign: self.api.get(&path).await?,
                report: self.api.get(&format!("{path}/report")).await?,
                messages: self.api.list(&format!("{path}/messages")).await?,
            };
            let received = self.grounds.receiver.received(self.number);
            if let Some(wrong) = received.wrong.clone().or_else(|| untrue(&received, &told)) {
                bail!("campaign {campaign}: {wrong}");
            }
            let missing = report::differs(&told);
            let missing = missing.or_else(|| self.is_heard.then(|| unheard(&received, &told))?);
            let Some(missing) = missing else { return Ok(()) };
            self.run.at(format!("waits for campaign {campaign} to be told: {missing}"));
            ensure!(Instant::now() < deadline, "campaign {campaign}: {missing}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until the webhook has received who opted out.
    pub(crate) async fn hear_opt_outs(&self) -> anyhow::Result<()> {
        if !self.is_heard {
            return Ok(());
        }
        let deadline = Instant::now() + SETTLED_WITHIN;
        loop {
            let received = self.grounds.receiver.received(self.number);
            let phone = |event: &Value| event["data"]["phone"].as_str().map(str::to_owned);
            let known: BTreeSet<String> =
                of_type(&received, "contact.unsubscribed").filter_map(phone).collect();
            let Some(missing) = self.opted_out.difference(&known).next() else { return Ok(()) };
            self.run.at(format!("waits for the event that {missing} opted out"));
            ensure!(Instant::now() < deadline, "no event says that {missing} opted out");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

fn of_type<'a>(received: &'a Received, kind: &'a str) -> impl Iterator<Item = &'a Value> {
    received.events.values().filter(move |event| event["type"] == kind)
}

/// The changes of a campaign's messages.
fn changes<'a>(received: &'a Received, campaign: &'a Value) -> impl Iterator<Item = &'a Value> {
    let changes = of_type(received, "messages.updated");
    let changes = changes.flat_map(|event| event["data"]["messages"].as_array().into_iter());
    let is_of = move |change: &&Value| change["campaignId"] == *campaign;
    changes.flatten().filter(|change| change["kind"] == "campaign").filter(is_of)
}

/// An event that says something that never was.
fn untrue(received: &Received, told: &Told) -> Option<String> {
    let Told { campaign, messages, .. } = told;
    let ids: BTreeSet<&str> = messages.iter().filter_map(|it| it["id"].as_str()).collect();
    let is_final = |message: &Value| ["delivered", "failed"].contains(&status(message));
    for change in changes(received, &campaign["id"]) {
        let id = change["messageId"].as_str().unwrap_or_default();
        if !ids.contains(id) {
            return Some(format!("{change} is about no message of the campaign"));
        }
        let message = messages.iter().find(|message| message["id"] == id)?;
        if status(change) == "delivered" && !is_final(message) {
            return Some(format!("{change} is more than is known: {message}"));
        }
    }
    let body = campaign["body"].as_str().unwrap_or_default();
    let with_text = received.events.values().find(|event| event.to_string().contains(body));
    with_text.map(|event| format!("{event} has the text"))
}

fn status(value: &Value) -> &str {
    value["status"].as_str().unwrap_or_default()
}

/// What no event has said yet.
fn unheard(received: &Received, told: &Told) -> Option<String> {
    let Told { campaign, messages, .. } = told;
    let end = match campaign["dispatch"].as_str() {
        Some("stopped") => "campaign.stopped",
        _ => "campaign.finished",
    };
    let is_of = |event: &&Value| event["data"]["campaignId"] == campaign["id"];
    let wanted = ["campaign.scheduled", "campaign.sent", end].into_iter();
    let wanted = wanted.chain((campaign["status"] == "failed").then_some("campaign.failed"));
    for kind in wanted {
        if of_type(received, kind).find(is_of).is_none() {
            return Some(format!("no {kind} has arrived"));
        }
    }
    let known: BTreeSet<(&str, &str, &str)> =
        changes(received, &campaign["id"]).map(|change| key(change, "messageId")).collect();
    let missing = messages.iter().find(|message| !known.contains(&key(message, "id")));
    missing.map(|message| format!("no event says so of {message}"))
}

/// What an event and a message must agree about.
fn key<'a>(value: &'a Value, id: &str) -> (&'a str, &'a str, &'a str) {
    let word = |name: &str| value[name].as_str().unwrap_or_default();
    (word(id), word("status"), word("errorReason"))
}
