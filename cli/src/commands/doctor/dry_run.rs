//! Whether the provider accepts a text, by a dry run with the deployment's own credentials.

use std::time::Duration;

use serde_json::{Value, json};

use super::check::Check;
use crate::api::{Api, Body, text, under};
use crate::failure::Failure;

const NAME: &str = "Dry run";
const POLL_EVERY: Duration = Duration::from_millis(500);
/// A worker takes a test message within seconds.
const MAX_POLLS: u32 = 40;

/// The draft is deleted in any case.
pub(super) async fn examine(api: &Api, organization: &str, phone: &str) -> Check {
    let draft = json!({"name": "volley doctor", "body": "Hello", "bodyFormat": "text"});
    let draft = match api.post(&under(organization, &["campaigns"]), &draft).await {
        Ok(draft) => draft,
        Err(failure) => {
            return Check::warn(NAME, failure.to_string(), "use a key with role sender or admin");
        }
    };
    let campaign = text(&draft["id"]);
    let message = send(api, organization, campaign, phone).await;
    let deleted = api.delete(&under(organization, &["campaigns", campaign]), Body::None).await;
    if let Err(failure) = deleted {
        let fix = format!("run `volley campaigns delete {campaign}`");
        return Check::warn(NAME, format!("the draft stays: {failure}"), fix);
    }
    judge(message)
}

/// The message, once the provider has responded.
async fn send(
    api: &Api,
    organization: &str,
    campaign: &str,
    phone: &str,
) -> Result<Value, Failure> {
    let path = under(organization, &["campaigns", campaign, "send-test"]);
    let request = json!({"to": phone, "dryRun": true, "confirmOptedOut": true});
    let mut message = api.post(&path, &request).await?;
    let path = under(organization, &["campaigns", campaign, "messages", text(&message["id"])]);
    for _ in 0..MAX_POLLS {
        if text(&message["status"]) != "pending" {
            break;
        }
        tokio::time::sleep(POLL_EVERY).await;
        message = api.get(&path, &[]).await?;
    }
    Ok(message)
}

fn judge(message: Result<Value, Failure>) -> Check {
    let message = match message {
        Ok(message) => message,
        Err(Failure::Refused(problem)) if problem.code == "dry_run_unavailable" => {
            let fix = "`volley campaigns test ID --to PHONE` sends a text";
            return Check::warn(NAME, "the provider has no dry run", fix);
        }
        Err(failure) => return Check::warn(NAME, failure.to_string(), "name another phone"),
    };
    let found = match (text(&message["errorReason"]), text(&message["errorCode"])) {
        (reason, "") => format!("{}: {reason}", text(&message["status"])),
        (reason, code) => format!("{}: {reason} (code {code})", text(&message["status"])),
    };
    match text(&message["status"]) {
        "sent" | "delivered" => {
            Check::ok(NAME, format!("the provider accepts a text from {}", text(&message["from"])))
        }
        "failed" => Check::fail(
            NAME,
            found,
            "check the provider's credentials and the sender; docs/statuses.md explains the reason",
        ),
        _ => {
            Check::warn(NAME, "no worker has tried it yet", "check the stack's queues with --stack")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::check::Verdict;

    #[test]
    fn what_the_provider_said_is_judged() {
        let of = |status: &str| json!({"status": status, "from": "+14155550100"});
        assert_eq!(judge(Ok(of("sent"))).verdict, Verdict::Ok);
        assert_eq!(judge(Ok(of("pending"))).verdict, Verdict::Warn);
        let mut failed = of("failed");
        failed["errorReason"] = "provider_error".into();
        failed["errorCode"] = "AccessDenied".into();
        let check = judge(Ok(failed));
        assert_eq!(check.verdict, Verdict::Fail);
        assert!(
            check.to_string().contains("failed: provider_error (code AccessDenied)"),
            "{check}"
        );
    }
}
