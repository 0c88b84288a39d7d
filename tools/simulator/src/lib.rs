//! Providers that speak Twilio's HTTP API and that of AWS End User Messaging SMS, send no text to
//! anybody, and misbehave on demand.
//!
//! Messages are created, fetched and listed as Twilio's documentation describes it, or created as
//! AWS's model does; what becomes of one is decided by its number (see [`fates`]), whoever takes
//! it. Twilio's receipts come back as signed form posts, AWS's are published to a topic.

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

/// A running simulator. It ends when it is dropped.
#[derive(Debug)]
pub struct Simulator {
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl Simulator {
    /// Starts one on the loopback address, within the current tokio runtime.
    pub async fn start(config: Config) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, config.port))
            .await
            .with_context(|| format!("failed to listen on port {}", config.port))?;
        let address = listener.local_addr()?;
        let app = routes::router(World::new(config)?);
        let server = tokio::spawn(async move {
            let service = app.into_make_service_with_connect_info::<Line>();
            // It only ever returns when the runtime ends.
            let _ = axum::serve(Listener(listener), service).await;
        });
        Ok(Self { address, server })
    }

    /// The base URL, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Runs until the server ends, which is never by itself.
    pub async fn wait(mut self) -> anyhow::Result<()> {
        (&mut self.server).await.context("the server ended")
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}
