//! The notify function: puts events on the deployment's event bus, sends them to the webhooks of their
//! organization, and tries failed deliveries again.

// A match over a domain enum names every variant; see `shared`.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod app;
mod attempt;
mod event;
mod queued;
mod retries;
mod sorted;

use std::sync::Arc;

use anyhow::bail;
use runtime::{Answer, Event, Invocation, answer};

use crate::app::App;

impl App {
    async fn receive(self: Arc<Self>, event: Event, call: Invocation) -> anyhow::Result<Answer> {
        match event {
            Event::Batch(event) => answer(&queued::run(&self, event, &call).await),
            Event::Other(_) => bail!("not a batch of jobs"),
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve_events(App::build, App::receive).await
}
