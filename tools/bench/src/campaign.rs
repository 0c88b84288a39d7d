//! The whole life of one campaign, phase by phase, so that no function waits for another's turn.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::audience::Audience;
use crate::aws::{Asked, Message};
use crate::function::{Function, Used};
use crate::gateway::{Taken, texted_twice};
use crate::source::{self, timed};
use crate::stack::Stack;

/// The polls of the schedule.
const POLLS: usize = 7;
/// How often a dispatch that left chunks behind is looked at again.
const MAX_DRAINS: usize = 300;

/// What one function used for the campaign.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Use {
    pub(crate) cpu_seconds: f64,
    /// While the others stood still.
    pub(crate) wall_seconds: f64,
    pub(crate) invocations: u64,
    pub(crate) asked: Asked,
    pub(crate) resident_peak_mib: f64,
}

/// One poll.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Poll {
    pub(crate) wall_seconds: f64,
    pub(crate) cpu_seconds: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Run {
    pub(crate) recipients: usize,
    pub(crate) functions: BTreeMap<String, Use>,
    pub(crate) polls: Vec<Poll>,
    /// Messages that came off each queue.
    pub(crate) queued: BTreeMap<String, u64>,
    pub(crate) provider_requests: usize,
    /// What the books do not agree on: nothing, or the figures are not to be believed.
    pub(crate) errors: Vec<String>,
}

struct Life<'a> {
    stack: &'a mut Stack,
    recipients: usize,
    taken: Vec<Taken>,
    wall: BTreeMap<&'static str, f64>,
    queued: BTreeMap<String, u64>,
}

pub(crate) async fn run(stack: &mut Stack, audience: &mut Audience) -> anyhow::Result<Run> {
    audience.send().await?;
    let before = used(stack);
    let recipients = audience.recipients;
    let (wall, queued) = (BTreeMap::new(), BTreeMap::new());
    let mut life = Life { stack, recipients, taken: Vec::with_capacity(recipients), wall, queued };
    // The first recipients are a trial, which ends while a large audience is still being cut.
    life.begin().await?;
    life.dispatch_queued().await?;
    life.drain().await?;
    life.fan_out().await?;
    let taken = life.dispatch().await?;
    life.drain().await?;
    // One message stays open until the last poll, so that none is saved.
    let (last, first) = taken.split_last().context("no message was handed over")?;
    life.callbacks(first).await?;
    let polls = life.polls(last).await?;
    let Life { stack, wall, queued, .. } = life;
    let after = used(stack);
    let functions = stack.functions().map(|function| {
        let wall_seconds = wall.get(function.name).copied().unwrap_or_default();
        let (before, after) = (&before[function.name], &after[function.name]);
        let used = Use {
            cpu_seconds: after.cpu_seconds - before.cpu_seconds,
            wall_seconds,
            invocations: after.invocations - before.invocations,
            asked: after.asked.since(&before.asked),
            resident_peak_mib: function.resident_peak_mib(),
        };
        (function.name.to_owned(), used)
    });
    let functions: BTreeMap<String, Use> = functions.into();
    let mut errors = check(audience, &taken).await?;
    errors.extend(functions.values().flat_map(|used| used.asked.refused.clone()));
    Ok(Run {
        recipients: audience.recipients,
        functions,
        polls,
        queued,
        provider_requests: taken.len(),
        errors,
    })
}

fn used(stack: &Stack) -> BTreeMap<&'static str, Used> {
    stack.functions().map(|function| (function.name, function.used())).into()
}

impl Life<'_> {
    /// Hands over the first job, which reads a part of a large audience.
    async fn begin(&mut self) -> anyhow::Result<()> {
        let first = self.stack.world.aws.queues.receive("jobs", 1, false);
        let (failed, wall) = timed(source::hand("jobs", &first, &mut self.stack.send)).await?;
        anyhow::ensure!(failed.is_empty(), "the first job failed");
        self.note("Send", "jobs", 1, wall);
        Ok(())
    }

    async fn fan_out(&mut self) -> anyhow::Result<()> {
        let world = &self.stack.world;
        let (queues, batch) = (&world.aws.queues, world.template.jobs);
        let work = source::run(queues, "jobs", batch, &mut self.stack.send);
        let (handed, wall) = timed(work).await?;
        self.note("Send", "jobs", handed, wall);
        Ok(())
    }

    /// Hands over the drain that is owed, even if it is not due yet.
    async fn drain(&mut self) -> anyhow::Result<()> {
        let queues = &self.stack.world.aws.queues;
        let (drains, others): (Vec<_>, Vec<_>) =
            queues.receive("polls", usize::MAX, true).into_iter().partition(is_drain);
        for message in others {
            queues.put_back("polls", message);
        }
        for drain in drains {
            self.poll(drain).await?;
        }
        Ok(())
    }

    /// Hands over every chunk that has its turn.
    async fn dispatch_queued(&mut self) -> anyhow::Result<()> {
        let world = &self.stack.world;
        let (queues, batch) = (&world.aws.queues, world.template.dispatch);
        let work = source::run(queues, "dispatch", batch, &mut self.stack.dispatch);
        let (handed, wall) = timed(work).await?;
        self.taken.extend(self.stack.world.gateway.take_all());
        self.note("Dispatch", "dispatch", handed, wall);
        Ok(())
    }

    /// Dispatches until every message was handed over.
    async fn dispatch(&mut self) -> anyhow::Result<Vec<Taken>> {
        for _ in 0..MAX_DRAINS {
            self.dispatch_queued().await?;
            if self.taken.len() >= self.recipients {
                return Ok(std::mem::take(&mut self.taken));
            }
            // What waits for its turn is armed by then.
            tokio::time::sleep(Duration::from_secs(1)).await;
            self.drain().await?;
        }
        let (left, all) = (self.recipients - self.taken.len(), self.recipients);
        anyhow::bail!("{left} of {all} messages were not handed over")
    }

    async fn callbacks(&mut self, taken: &[Taken]) -> anyhow::Result<()> {
        let webhooks = &mut self.stack.webhooks;
        let ((), wall) = timed(async {
            for taken in taken {
                source::call_back(taken, webhooks).await?;
            }
            Ok(())
        })
        .await?;
        self.note("Webhooks", "callbacks", taken.len() as u64, wall);
        let world = &self.stack.world;
        let (queues, batch) = (&world.aws.queues, world.template.receipts);
        let work = source::run(queues, "receipts", batch, &mut self.stack.receipts);
        let (handed, wall) = timed(work).await?;
        self.note("Receipts", "receipts", handed, wall);
        Ok(())
    }

    /// Counts until nothing is left to count.
    async fn polls(&mut self, last: &Taken) -> anyhow::Result<Vec<Poll>> {
        let mut polls = Vec::new();
        loop {
            if polls.len() == POLLS - 1 {
                self.callbacks(std::slice::from_ref(last)).await?;
            }
            let mut messages = self.stack.world.aws.queues.receive("polls", 1, true);
            let Some(message) = messages.pop() else {
                return Ok(polls);
            };
            let is_poll = !is_drain(&message);
            let poll = self.poll(message).await?;
            polls.extend(is_poll.then_some(poll));
        }
    }

    async fn poll(&mut self, message: Message) -> anyhow::Result<Poll> {
        let function: &mut Function = &mut self.stack.poll_status;
        let before = function.used().cpu_seconds;
        let (failed, wall_seconds) = timed(source::hand("polls", &[message], function)).await?;
        anyhow::ensure!(failed.is_empty(), "a poll failed");
        let cpu_seconds = function.used().cpu_seconds - before;
        self.note("PollStatus", "polls", 1, wall_seconds);
        Ok(Poll { wall_seconds, cpu_seconds })
    }

    fn note(&mut self, function: &'static str, queue: &'static str, handed: u64, wall: f64) {
        *self.wall.entry(function).or_default() += wall;
        *self.queued.entry(queue.to_owned()).or_default() += handed;
    }
}

fn is_drain(message: &Message) -> bool {
    message.body.contains(r#""type":"drain""#)
}

/// Whether the books agree: the provider's, the campaign's and the audience's.
async fn check(audience: &mut Audience, taken: &[Taken]) -> anyhow::Result<Vec<String>> {
    let campaign = audience.campaign().await?;
    let (recipients, unsubscribed) = (audience.recipients as u64, audience.unsubscribed as u64);
    let told = |pointer: &str| campaign.pointer(pointer).and_then(Value::as_u64);
    let expected = |what: &str, found: Option<u64>, expected: u64| {
        let is_equal = found == Some(expected);
        (!is_equal).then(|| format!("{what}: {found:?} instead of {expected}"))
    };
    let checks = [
        expected("contacts", told("/audience/contacts"), recipients + unsubscribed),
        expected("recipients", told("/audience/recipients"), recipients),
        expected("unsubscribed", told("/audience/skipped/unsubscribed"), unsubscribed),
        expected("delivered", told("/counts/delivered"), recipients),
        expected("counted", told("/counts/total"), recipients),
        expected("handed over", Some(taken.len() as u64), recipients),
        expected("texted twice", Some(texted_twice(taken) as u64), 0),
        (campaign["dispatch"] != "done").then(|| format!("dispatch is {}", campaign["dispatch"])),
    ];
    Ok(checks.into_iter().flatten().collect())
}

/// The event of the sweep's schedule.
pub(crate) fn sweep() -> Vec<u8> {
    Value::from(serde_json::Map::from_iter([("type".to_owned(), "sweep".into())]))
        .to_string()
        .into_bytes()
}
