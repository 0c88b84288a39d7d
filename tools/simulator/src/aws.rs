//! Simulates AWS End User Messaging SMS: its JSON 1.0 protocol, and its events on SNS topics.
//!
//! Sources: the service's published model, `pinpoint-sms-voice-v2` of 2022-03-31, against which
//! `tests/botocore` checks the responses; and for the events
//! <https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-format.html>.

pub(crate) mod admin;
pub(crate) mod events;

mod answers;
mod authorization;
mod limits;
mod opt_outs;
mod reader;
mod request;
mod topics;

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;

use crate::fates::{Creation, DELIVERED};
use crate::life::Outcome;
use crate::line::Line;
use crate::world::{self, World, lock};
use opt_outs::OptOutLists;
use topics::Topics;

/// How many of the newest requests are kept.
const KEPT: usize = 10_000;

/// The options of an order that only AWS has.
#[derive(Clone, Debug)]
pub(crate) struct Details {
    /// AWS publishes events only for messages with a configuration set.
    pub(crate) configuration_set: Option<String>,
    pub(crate) message_type: String,
    pub(crate) context: BTreeMap<String, String>,
}

/// The service's state besides its messages.
#[derive(Debug, Default)]
pub(crate) struct Aws {
    topics: Mutex<Topics>,
    /// The bodies of send requests, as they were received.
    bodies: Mutex<VecDeque<Bytes>>,
    opt_out_lists: Mutex<OptOutLists>,
}

impl Aws {
    pub(crate) fn topics(&self) -> MutexGuard<'_, Topics> {
        lock(&self.topics)
    }

    fn keep(&self, body: Bytes) {
        let mut bodies = lock(&self.bodies);
        if bodies.len() == KEPT {
            bodies.pop_front();
        }
        bodies.push_back(body);
    }
}

/// A new id for a message or a request: a random UUID.
pub(crate) fn id() -> anyhow::Result<String> {
    let digits = world::sid("")?;
    let (first, second) = (&digits[..8], &digits[8..12]);
    let (third, fourth, fifth) = (&digits[13..16], &digits[17..20], &digits[20..]);
    Ok(format!("{first}-{second}-4{third}-a{fourth}-{fifth}"))
}

/// Handles one API call.
pub(crate) async fn receive(
    State(world): State<Arc<World>>,
    ConnectInfo(line): ConnectInfo<Line>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(problem) = authorization::check(&headers) {
        return answers::unauthorized(problem);
    }
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|given| *given == *value);
    if !is(CONTENT_TYPE.as_str(), answers::JSON) {
        return answers::unknown_operation();
    }
    if is("x-amz-target", "PinpointSMSVoiceV2.DescribeOptedOutNumbers") {
        return opt_outs::describe(&world, &body);
    }
    if !is("x-amz-target", "PinpointSMSVoiceV2.SendTextMessage") {
        return answers::unknown_operation();
    }
    world.aws.keep(body.clone());
    send(&world, &line, &body).await
}

async fn send(world: &Arc<World>, line: &Line, body: &[u8]) -> Response {
    let request = request::read(body);
    let is_dry = request.as_ref().is_ok_and(|request| request.is_dry);
    if !is_dry {
        world.requests.fetch_add(1, Ordering::Relaxed);
    }
    let order = match request {
        Ok(request) => request.order,
        Err(invalid) => {
            world.count_refusal();
            return answers::invalid(&invalid);
        }
    };
    let to = order.to.clone();
    if is_dry {
        // In a dry run, the service refuses what it would refuse, and sends nothing.
        return match world.fate(&to).unwrap_or(DELIVERED).creation {
            Creation::Refuse(code) => answers::refused(code, &to),
            _ => id().map_or_else(|_| answers::failed(), |id| answers::sent(&id)),
        };
    }
    match world.submit(order, line).await {
        Outcome::Accepted(index) => answers::sent(&world.store().get(index).sid),
        Outcome::Refused(code) => answers::refused(code, &to),
        Outcome::Failed => answers::failed(),
        Outcome::Page(status) => answers::page(status),
    }
}
