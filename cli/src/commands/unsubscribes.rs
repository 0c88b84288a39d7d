//! Phones that opted out.

use clap::Subcommand;
use serde_json::json;

use super::Context;
use crate::api::Body;
use crate::arguments::Limit;
use crate::failure::Failure;
use crate::output::{LIFT, RECONCILIATION, UNSUBSCRIBE};

mod reconcile;

#[derive(Debug, Subcommand)]
pub(crate) enum Unsubscribes {
    /// List phones that opted out
    List(Limit),
    /// Show when and how a phone opted out
    Show { phone: String },
    /// Opt phones out; they get no more campaigns
    Add {
        #[arg(required = true)]
        phones: Vec<String>,
    },
    /// Let a phone get campaigns again
    ///
    /// If the person opted out themselves, this requires an admin's key.
    Lift {
        phone: String,
        /// Why the person may be texted again; it is kept as evidence
        #[arg(long)]
        reason: String,
    },
    /// Compare with the provider's opt-out list, and opt out who is only there
    ///
    /// For senders of AWS End User Messaging. Who opted out here only is counted; the provider's list is not
    /// changed.
    Reconcile {
        /// Show the last reconciliation instead of starting one
        #[arg(long)]
        last: bool,
        /// Return at once instead of waiting for the end
        #[arg(long)]
        no_wait: bool,
    },
}

impl Unsubscribes {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        match self {
            Self::List(limit) => context.list(&["unsubscribes"], &[], &limit, &UNSUBSCRIBE).await,
            Self::Show { phone } => {
                let path = api.path(&["unsubscribes", &phone]).await?;
                output.one(&api.get(&path, &[]).await?, &UNSUBSCRIBE)
            }
            Self::Add { phones } => {
                let mut rows = Vec::new();
                for phone in &phones {
                    let path = api.path(&["unsubscribes", phone]).await?;
                    rows.push(api.put(&path, Body::None).await?);
                }
                output.rows(&rows, &UNSUBSCRIBE)
            }
            Self::Lift { phone, reason } => {
                let path = api.path(&["unsubscribes", &phone, "lift"]).await?;
                output.one(&api.post(&path, &json!({"reason": reason})).await?, &LIFT)
            }
            Self::Reconcile { last, no_wait } => {
                let path = api.path(&["unsubscribes", "reconciliation"]).await?;
                let found = if last {
                    api.get(&path, &[]).await?
                } else {
                    let begun = api.act(&path).await?;
                    if no_wait { begun } else { reconcile::finished(context, &path).await? }
                };
                output.one(&found, &RECONCILIATION)
            }
        }
    }
}
