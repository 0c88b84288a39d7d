//! Endpoints that get an organization's events.

use clap::{Args, Subcommand};
use serde_json::{Map, Value};

use super::Context;
use super::org::put;
use crate::api::Body;
use crate::arguments::Yes;
use crate::ask::confirm;
use crate::failure::Failure;
use crate::output::{DELIVERY, Format, NEW_WEBHOOK, WEBHOOK};

mod deliveries;
mod listen;
mod signature;

#[derive(Debug, Subcommand)]
pub(crate) enum Webhooks {
    /// List webhooks
    List,
    /// Show a webhook and whether its endpoint works
    Show {
        /// The webhook's ID
        id: String,
    },
    /// Create a webhook; its secret is shown only now
    Create {
        /// Where events are sent: an https:// URL at a public address
        url: String,
        /// Send only events of this type, such as campaign.finished. May be repeated
        #[arg(long = "type", value_name = "TYPE")]
        types: Vec<String>,
    },
    Update(Update),
    /// Delete a webhook
    Delete {
        /// The webhook's ID
        id: String,
        #[command(flatten)]
        yes: Yes,
    },
    /// Make a new secret, which is shown only now
    ///
    /// For a day, requests are signed with the old one, too. A second rotation within the day ends the oldest
    /// secret at once.
    Rotate {
        /// The webhook's ID
        id: String,
        #[command(flatten)]
        yes: Yes,
    },
    Ping(deliveries::Ping),
    Attempts(deliveries::Attempts),
    /// Send a delivery of the last seven days again
    Replay {
        /// The webhook's ID
        id: String,
        /// The delivery's ID, which `webhooks attempts` shows
        delivery: String,
    },
    Listen(listen::Listen),
}

/// Change a webhook; what is not named stays
#[derive(Debug, Args)]
#[command(visible_alias = "edit")]
pub(crate) struct Update {
    /// The webhook's ID
    id: String,
    /// Where events are sent
    #[arg(long)]
    url: Option<String>,
    /// Send only events of this type. May be repeated
    #[arg(long = "type", value_name = "TYPE", conflicts_with = "all_types")]
    types: Vec<String>,
    /// Send events of all types
    #[arg(long)]
    all_types: bool,
    /// Send events again, and try those that are pending
    #[arg(long, conflicts_with = "disable")]
    enable: bool,
    /// Send nothing; events are dropped
    #[arg(long)]
    disable: bool,
}

impl Webhooks {
    /// The command if it needs no API.
    pub(crate) fn offline(&self) -> Option<&listen::Listen> {
        match self {
            Self::Listen(listen) => Some(listen),
            Self::List
            | Self::Show { .. }
            | Self::Create { .. }
            | Self::Update(_)
            | Self::Delete { .. }
            | Self::Rotate { .. }
            | Self::Ping(_)
            | Self::Attempts(_)
            | Self::Replay { .. } => None,
        }
    }

    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        match self {
            // There are at most ten, so the list has no pages.
            Self::List => {
                let webhooks = api.get(&api.path(&["webhooks"]).await?, &[]).await?;
                match webhooks["items"].as_array().map(Vec::as_slice) {
                    Some([]) | None if output.format() == Format::Table => {
                        output.note("There are no webhooks.");
                        Ok(())
                    }
                    items => output.rows(items.unwrap_or_default(), &WEBHOOK),
                }
            }
            Self::Show { id } => {
                let path = api.path(&["webhooks", &id]).await?;
                output.one(&api.get(&path, &[]).await?, &WEBHOOK)
            }
            Self::Create { url, types } => {
                let mut body = Map::new();
                body.insert("url".to_owned(), url.into());
                if !types.is_empty() {
                    body.insert("types".to_owned(), types.into());
                }
                let webhook = api.post(&api.path(&["webhooks"]).await?, &body.into()).await?;
                with_secret(context, &webhook)
            }
            Self::Update(update) => update.run(context).await,
            Self::Delete { id, yes } => {
                confirm(&format!("Delete webhook {id}?"), yes.yes)?;
                api.delete(&api.path(&["webhooks", &id]).await?, Body::None).await?;
                output.note(&format!("Deleted webhook {id}."));
                Ok(())
            }
            Self::Rotate { id, yes } => {
                confirm(&format!("Make a new secret for webhook {id}?"), yes.yes)?;
                let path = api.path(&["webhooks", &id, "rotate"]).await?;
                with_secret(context, &api.act(&path).await?)
            }
            Self::Ping(ping) => ping.run(context).await,
            Self::Attempts(attempts) => attempts.run(context).await,
            Self::Replay { id, delivery } => {
                let path = ["webhooks", &id, "deliveries", &delivery, "replay"];
                output.one(&api.act(&api.path(&path).await?).await?, &DELIVERY)
            }
            Self::Listen(listen) => listen.run(output).await,
        }
    }
}

impl Update {
    async fn run(self, context: &Context) -> Result<(), Failure> {
        let mut body = Map::new();
        put(&mut body, "url", self.url);
        if self.all_types || !self.types.is_empty() {
            body.insert("types".to_owned(), self.types.into());
        }
        if self.enable || self.disable {
            body.insert("enabled".to_owned(), self.enable.into());
        }
        if body.is_empty() {
            return Err(Failure::usage("name a change; see `volley webhooks update --help`"));
        }
        let path = context.api.path(&["webhooks", &self.id]).await?;
        let webhook = context.api.patch(&path, &body.into()).await?;
        context.output.one(&webhook, &WEBHOOK)
    }
}

fn with_secret(context: &Context, webhook: &Value) -> Result<(), Failure> {
    context.output.one(webhook, &NEW_WEBHOOK)?;
    context.output.note("The secret is not shown again.");
    Ok(())
}
