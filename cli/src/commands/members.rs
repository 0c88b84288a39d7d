//! People who sign in with the identity provider.

use clap::Subcommand;
use serde_json::json;

use super::Context;
use super::keys::Role;
use crate::api::Body;
use crate::arguments::{Limit, Yes};
use crate::ask::confirm;
use crate::failure::Failure;
use crate::output::MEMBER;

#[derive(Debug, Subcommand)]
pub(crate) enum Members {
    /// List members and open invitations
    List(Limit),
    /// Invite a person, who becomes a member by signing in within seven days
    ///
    /// Nothing is mailed. The identity provider must have verified the address. Inviting it again renews the
    /// invitation.
    Invite {
        /// The person's email address
        email: String,
        #[arg(long, value_enum)]
        role: Role,
    },
    /// Change a member's role
    Role {
        /// The member's ID
        id: String,
        #[arg(value_enum)]
        role: Role,
    },
    /// Remove a member, whose next request is refused, or withdraw an invitation
    Remove {
        /// The member's ID
        id: String,
        #[command(flatten)]
        yes: Yes,
    },
}

impl Members {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        match self {
            Self::List(limit) => context.list(&["members"], &[], &limit, &MEMBER).await,
            Self::Invite { email, role } => {
                let body = json!({"email": email, "role": role.label()});
                output.one(&api.post(&api.path(&["members"]).await?, &body).await?, &MEMBER)
            }
            Self::Role { id, role } => {
                let path = api.path(&["members", &id]).await?;
                output.one(&api.patch(&path, &json!({"role": role.label()})).await?, &MEMBER)
            }
            Self::Remove { id, yes } => {
                confirm(&format!("Remove member {id}?"), yes.yes)?;
                api.delete(&api.path(&["members", &id]).await?, Body::None).await?;
                output.note(&format!("Removed member {id}."));
                Ok(())
            }
        }
    }
}
