//! Providers that speak the HTTP APIs of Twilio and AWS End User Messaging SMS, send no real texts,
//! and misbehave on demand.
//!
//! Messages are created, fetched and listed as in Twilio's documentation, or created as in AWS's
//! model. A message's number decides its fate (see [`fates`]), with either provider. Twilio's
//! receipts are sent as signed form posts; AWS's are published to a topic.

pub mod fates;
pub mod signature;

mod admin;
mod aws;
mod callbacks;
mod chance;
mod config;
mod errors;
mod life;
mod line;
mod message;
mod messages;
mod plan;
mod post;
mod resource;
mod routes;
mod segments;
mod world;

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use config::Config;
pub use signature::sign;

use crate::line::{Line, Listener};
use crate::world::World;

/// A running simulator, which stops when it is dropped.
#[derive(Debug)]
pub struct Simulator {
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl Simulator {
    /// Starts a simulator on the loopback address, on the current tokio runtime.
    pub async fn start(config: Config) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, config.port))
            .await
            .with_context(|| format!("failed to listen on port {}", config.port))?;
        let address = listener.local_addr()?;
        let app = routes::router(World::new(config)?);
        let server = tokio::spawn(async move {
            let service = app.into_make_service_with_connect_info::<Line>();
            // It returns only when the runtime ends.
            let _ = axum::serve(Listener(listener), service).await;
        });
        Ok(Self { address, server })
    }

    /// The base URL, without a trailing slash.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Runs until the server ends, which it never does by itself.
    pub async fn wait(mut self) -> anyhow::Result<()> {
        (&mut self.server).await.context("the server ended")
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}
