//! Problem documents (RFC 9457), as the API responds with, and what to do about them.

use std::fmt;

use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Problem {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) detail: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<FieldError>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FieldError {
    pub(crate) pointer: String,
    pub(crate) detail: String,
}

impl Problem {
    /// What a response that is not a problem document says. Proxies and gateways send these.
    pub(crate) fn foreign(status: u16, body: &str) -> Self {
        let detail: String = body.trim().chars().take(200).collect();
        Self {
            status,
            code: "unexpected_response".to_owned(),
            title: "Unexpected response".to_owned(),
            detail: if detail.is_empty() { "the response has no body".to_owned() } else { detail },
            errors: Vec::new(),
        }
    }

    /// The next step, for the codes that have an obvious one.
    fn advice(&self) -> Option<&'static str> {
        Some(match self.code.as_str() {
            "unauthorized" => "run `volley login`, or check VOLLEY_API_KEY",
            "forbidden" => {
                "use a key with a higher role; `volley doctor` shows the role of this one"
            }
            "deployment_only" => "use the deployment's admin key, for example in another profile",
            "not_found" => {
                "check the ID and the organization; `volley doctor` shows which one is used"
            }
            "campaign_not_draft" => {
                "`volley campaigns show ID` shows its status; only drafts can be edited and sent"
            }
            "campaign_not_paused" | "campaign_not_running" | "campaign_not_scheduled" => {
                "`volley campaigns show ID` shows its status"
            }
            "campaign_body_required" => "add a text with `volley campaigns edit ID --body TEXT`",
            "prices_required" => "add prices with `volley org set --price US=0.0079`",
            "recipient_opted_out" => "if the person agreed to the test, add --confirm-opted-out",
            "opted_out_by_person" => {
                "an admin can lift it with `volley unsubscribes lift PHONE --reason TEXT`"
            }
            "body_too_large" => "split the file",
            "unclear_encoding" => "name the file's encoding, for example --encoding windows-1252",
            "export_in_progress" => {
                "`volley exports list` shows the one that runs; try again when it is done"
            }
            "imports_running" => "`volley import list` shows them; try again when they are done",
            "webhooks_off" => {
                "the deployment turns webhooks on by its parameter WebhooksEncryption, see docs/events.md"
            }
            "webhook_disabled" => "run `volley webhooks update ID --enable`",
            "too_many_webhooks" => "delete one with `volley webhooks delete ID`",
            "erasure_unavailable" => {
                "the deployment needs its parameter for erasure keys, see docs/parameters.md"
            }
            "last_admin" => "make another member an admin first, with `volley members role`",
            "period_too_long" => "name a shorter period with --from and --to",
            "resend_preparing" => "try again when `volley campaigns show ID` shows it as ready",
            "quote_in_progress" | "throttled" | "try_again" | "idempotency_in_progress" => {
                "try again in a few seconds"
            }
            "unexpected_response" => "check the API's URL with `volley doctor`",
            _ => return None,
        })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {})", self.detail, self.status, self.code)?;
        for error in &self.errors {
            let place = if error.pointer.is_empty() { "body" } else { &error.pointer };
            write!(f, "\n  {place}: {}", error.detail)?;
        }
        match self.advice() {
            Some(advice) => write!(f, "\nTo fix it, {advice}."),
            None => Ok(()),
        }
    }
}
