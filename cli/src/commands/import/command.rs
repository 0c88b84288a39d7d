//! What can be done with imports besides importing a file.

use std::path::PathBuf;

use clap::Subcommand;

use super::pinpoint::Pinpoint;
use super::{Context, show, wait};
use crate::arguments::{Limit, Yes};
use crate::ask::confirm;
use crate::failure::Failure;
use crate::output::IMPORT;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Pinpoint(Pinpoint),
    /// List imports, newest first
    List(Limit),
    /// Show an import and its first rejected rows
    Show {
        /// The import's ID
        id: String,
        /// Write all rejected rows to this CSV file
        #[arg(long, value_name = "FILE")]
        rejected: Option<PathBuf>,
    },
    /// Cancel an import; contacts that it created stay
    Cancel {
        /// The import's ID
        id: String,
    },
    /// Remove the contacts that an import created
    ///
    /// Contacts that someone changed or that a later import names stay, and so do opt-outs and changes of
    /// contacts that were there before.
    Undo {
        /// The import's ID
        id: String,
        #[command(flatten)]
        yes: Yes,
    },
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        match self {
            Self::Pinpoint(pinpoint) => pinpoint.run(context).await,
            Self::List(limit) => context.list(&["contacts", "imports"], &[], &limit, &IMPORT).await,
            Self::Show { id, rejected } => {
                let path = api.path(&["contacts", "imports", &id]).await?;
                show(context, &api.get(&path, &[]).await?, rejected.as_deref()).await
            }
            Self::Cancel { id } => {
                let path = api.path(&["contacts", "imports", &id, "cancel"]).await?;
                output.one(&api.act(&path).await?, &IMPORT)
            }
            Self::Undo { id, yes } => {
                confirm(&format!("Remove the contacts that import {id} created?"), yes.yes)?;
                let path = api.path(&["contacts", "imports", &id, "undo"]).await?;
                api.act(&path).await?;
                output.one(&wait(context, &id, "rows imported before").await?, &IMPORT)
            }
        }
    }
}
