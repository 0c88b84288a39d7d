//! A draft's text on one phone.

use clap::Args;
use serde_json::json;

use super::Context;
use crate::failure::Failure;
use crate::output::MESSAGE;

/// Send a draft's text to one phone
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// The draft's ID
    id: String,
    /// The phone to text
    #[arg(long, value_name = "PHONE")]
    to: String,
    /// Fill in the merge fields of this contact; without it, they have their defaults
    #[arg(long, value_name = "ID")]
    contact: Option<String>,
    /// Only check whether the provider would accept the text (AWS only)
    #[arg(long)]
    dry_run: bool,
    /// Send it even if the person opted out; they must have agreed
    #[arg(long)]
    confirm_opted_out: bool,
}

impl Test {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Context { api, output } = context;
        let mut body = json!({
            "to": self.to,
            "dryRun": self.dry_run,
            "confirmOptedOut": self.confirm_opted_out,
        });
        if let Some(contact) = self.contact {
            body["contactId"] = contact.into();
        }
        let path = api.path(&["campaigns", &self.id, "send-test"]).await?;
        output.one(&api.post(&path, &body).await?, &MESSAGE)
    }
}
