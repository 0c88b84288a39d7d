//! The webhooks function: finds the provider, authenticates what it reports, and applies it.
//!
//! It has two entry points. Over HTTP, it checks the signature and makes the callback durable
//! before it responds. From the queues, it applies receipts to their messages and handles inbound
//! texts. The template deploys the same program as two functions, so that a flood of receipts can't
//! delay callbacks.

// A match over a domain enum names every variant; see `shared`.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod app;
mod archive;
mod authenticate;
mod callbacks;
mod confirm;
mod hearers;
mod http;
mod inbound;
mod organizations;
mod receipts;
#[cfg(test)]
mod requests;

use std::sync::Arc;

use anyhow::Context;
use runtime::{Answer, Event, Invocation, answer};

use crate::app::App;

impl App {
    /// Takes a batch of receipts or an HTTP request.
    async fn receive(self: Arc<Self>, event: Event, call: Invocation) -> anyhow::Result<Answer> {
        match event {
            Event::Batch(event) => answer(&receipts::apply(&self, event, &call.request_id).await),
            Event::Other(event) => {
                let request: http::Request = serde_json::from_str(event.get())
                    .context("neither a batch of receipts nor a request")?;
                answer(&callbacks::answer(&self, &request, &call.request_id).await)
            }
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve_events(App::build, App::receive).await
}
