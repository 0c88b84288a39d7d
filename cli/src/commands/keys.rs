//! API keys of an organization.

use chrono::Utc;
use clap::{Subcommand, ValueEnum};
use serde_json::json;

use super::Context;
use crate::api::Body;
use crate::arguments::{Limit, Yes};
use crate::ask::confirm;
use crate::failure::Failure;
use crate::output::{API_KEY, NEW_API_KEY};
use crate::when;

#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// List keys
    List(Limit),
    /// Create a key; its secret is shown only now
    Create {
        /// The key's name
        name: String,
        #[arg(long, value_enum)]
        role: Role,
        /// When the key expires: a time, or a span such as 90d
        #[arg(long, value_name = "TIME")]
        expires: Option<String>,
    },
    /// Delete a key, which then stops working
    Delete {
        /// The key's ID
        id: String,
        #[command(flatten)]
        yes: Yes,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Role {
    /// Reads
    Viewer,
    /// Everything but keys and settings
    Sender,
    /// Everything
    Admin,
}

impl Role {
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Sender => "sender",
            Self::Admin => "admin",
        }
    }
}

impl Keys {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        match self {
            Self::List(limit) => context.list(&["api-keys"], &[], &limit, &API_KEY).await,
            Self::Create { name, role, expires } => {
                let mut body = json!({"name": name, "role": role.label()});
                if let Some(expires) = expires {
                    let time = when::parse(&expires, Utc::now()).map_err(Failure::Usage)?;
                    body["expiresAt"] = when::rfc3339(time).into();
                }
                let key = api.post(&api.path(&["api-keys"]).await?, &body).await?;
                output.one(&key, &NEW_API_KEY)?;
                output.note("The secret is not shown again.");
                Ok(())
            }
            Self::Delete { id, yes } => {
                confirm(&format!("Delete key {id}?"), yes.yes)?;
                api.delete(&api.path(&["api-keys", &id]).await?, Body::None).await?;
                output.note(&format!("Deleted key {id}."));
                Ok(())
            }
        }
    }
}
