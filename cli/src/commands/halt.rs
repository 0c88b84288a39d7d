//! The switch that stops all sending.

use clap::{Args, Subcommand};
use serde_json::{Map, Value};

use super::Context;
use super::org::put;
use crate::api::Body;
use crate::arguments::Yes;
use crate::ask::confirm;
use crate::failure::Failure;
use crate::output::HALT;

#[derive(Debug, Subcommand)]
pub(crate) enum Halt {
    /// Show whether sending is halted
    Show(Scope),
    /// Stop all sending within seconds
    ///
    /// Requires the deployment's admin key. Messages that are with the provider are not called back.
    /// People who text STOP or HELP still get replies.
    On {
        #[command(flatten)]
        scope: Scope,
        /// Why, for those who look later
        #[arg(long)]
        reason: Option<String>,
        #[command(flatten)]
        yes: Yes,
    },
    /// Allow sending again
    ///
    /// Requires the deployment's admin key. Campaigns go on where they were. Those that someone paused stay
    /// paused, and those whose time was more than an hour ago are canceled.
    Off {
        #[command(flatten)]
        scope: Scope,
        #[command(flatten)]
        yes: Yes,
    },
}

/// What is halted.
#[derive(Debug, Args)]
pub(crate) struct Scope {
    /// The whole deployment instead of one organization
    #[arg(long, conflicts_with = "organization")]
    deployment: bool,
}

impl Scope {
    async fn path(&self, context: &Context) -> Result<String, Failure> {
        if self.deployment {
            return Ok("/v1/halt".to_owned());
        }
        context.api.path(&["halt"]).await
    }

    fn name(&self) -> &'static str {
        if self.deployment { "all organizations" } else { "the organization" }
    }
}

impl Halt {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Show(scope) => {
                let halt = context.api.get(&scope.path(context).await?, &[]).await?;
                context.output.one(&halt, &HALT)
            }
            Self::On { scope, reason, yes } => {
                confirm(&format!("Stop all sending of {}?", scope.name()), yes.yes)?;
                change(context, &scope, true, reason).await
            }
            Self::Off { scope, yes } => {
                confirm(&format!("Let {} send again?", scope.name()), yes.yes)?;
                change(context, &scope, false, None).await
            }
        }
    }
}

async fn change(
    context: &Context,
    scope: &Scope,
    is_halted: bool,
    reason: Option<String>,
) -> Result<(), Failure> {
    let mut body = Map::new();
    body.insert("halted".to_owned(), is_halted.into());
    put(&mut body, "reason", reason);
    let body = Value::from(body);
    let halt = context.api.put(&scope.path(context).await?, Body::Json(&body)).await?;
    context.output.one(&halt, &HALT)
}
