//! Whether something keeps campaigns from being sent.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::check::Check;
use crate::api::{Api, text, under};
use crate::failure::Failure;

/// The newest campaigns that are looked at.
const NEWEST: &str = "100";
const EXPIRES_SOON: TimeDelta = TimeDelta::days(14);

/// What concerns one organization.
pub(super) async fn examine(api: &Api, organization: &str, me: &Value) -> Vec<Check> {
    let mut checks =
        vec![halt(api.get(&under(organization, &["halt"]), &[]).await, "--organization ID")];
    // Keys of other kinds may not do an organization's work.
    if text(&me["kind"]) != "key" {
        return checks;
    }
    let query = [("status", "sent".to_owned()), ("limit", NEWEST.to_owned())];
    checks.push(campaigns(api.get(&under(organization, &["campaigns"]), &query).await));
    if text(&me["role"]) == "admin" {
        let keys = api.get(&under(organization, &["api-keys"]), &[]).await;
        checks.extend(keys.ok().and_then(|keys| expiry(&keys["items"], &me["id"], Utc::now())));
    }
    checks
}

/// Whether the deployment as a whole may send.
pub(super) async fn deployment(api: &Api) -> Check {
    halt(api.get("/v1/halt", &[]).await, "--deployment")
}

fn halt(found: Result<Value, Failure>, scope: &str) -> Check {
    match found {
        Ok(halt) if halt["halted"] == true => {
            let reason = match text(&halt["reason"]) {
                "" => String::new(),
                reason => format!(": {reason}"),
            };
            Check::fail(
                "Sending",
                format!("halted since {}{reason}", text(&halt["changedAt"])),
                format!(
                    "once the reason is gone, run `volley halt off {scope}` with the deployment's admin key"
                ),
            )
        }
        Ok(_) => Check::ok("Sending", "not halted"),
        Err(failure) => Check::warn("Sending", failure.to_string(), "run this with another key"),
    }
}

fn campaigns(found: Result<Value, Failure>) -> Check {
    let list = match found {
        Ok(list) => list,
        Err(failure) => {
            return Check::warn("Campaigns", failure.to_string(), "run this with another key");
        }
    };
    let campaigns = list["items"].as_array().into_iter().flatten();
    let paused: Vec<&Value> =
        campaigns.filter(|campaign| text(&campaign["dispatch"]) == "paused").collect();
    let Some(first) = paused.first() else {
        return Check::ok("Campaigns", "none is paused");
    };
    let reason = match text(&first["reason"]) {
        "" => "by a person",
        reason => reason,
    };
    let found = format!("{} paused, such as {:?} ({reason})", paused.len(), text(&first["name"]));
    let fix = format!(
        "`volley campaigns show {0}` shows the reason; once it is gone, run `volley campaigns resume {0}`",
        text(&first["id"])
    );
    Check::warn("Campaigns", found, fix)
}

/// Whether the caller's key expires soon.
fn expiry(keys: &Value, id: &Value, now: DateTime<Utc>) -> Option<Check> {
    let key = keys.as_array()?.iter().find(|key| key["id"] == *id)?;
    let expires = DateTime::parse_from_rfc3339(text(&key["expiresAt"])).ok()?;
    let found = format!("expires at {}", text(&key["expiresAt"]));
    Some(if expires.signed_duration_since(now) > EXPIRES_SOON {
        Check::ok("Key's end", found)
    } else {
        Check::warn("Key's end", found, "create another one with `volley keys create`")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::commands::doctor::check::Verdict;

    #[test]
    fn what_does_not_send_is_found() {
        let halted =
            json!({"halted": true, "reason": "typo", "changedAt": "2026-11-23T09:00:00.000Z"});
        let check = halt(Ok(halted), "--deployment");
        assert_eq!(check.verdict, Verdict::Fail);
        let text = check.to_string();
        assert!(text.contains("halted since 2026-11-23T09:00:00.000Z: typo"), "{text}");
        assert!(text.contains("volley halt off --deployment"), "{text}");
        assert_eq!(halt(Ok(json!({"halted": false})), "").verdict, Verdict::Ok);

        let paused =
            json!({"id": "c1", "name": "Spring", "dispatch": "paused", "reason": "poisoned"});
        let list = json!({"items": [{"dispatch": "done"}, paused]});
        let text = campaigns(Ok(list)).to_string();
        assert!(text.contains("1 paused, such as \"Spring\" (poisoned)"), "{text}");
        assert_eq!(campaigns(Ok(json!({"items": []}))).verdict, Verdict::Ok);
    }

    #[test]
    fn a_key_that_expires_soon_is_warned_about() {
        let now = DateTime::parse_from_rfc3339("2026-11-23T09:00:00Z").unwrap().to_utc();
        let verdict = |expires: Value| {
            let keys = json!([{"id": "k1", "expiresAt": expires}]);
            expiry(&keys, &json!("k1"), now).map(|check| check.verdict)
        };
        assert_eq!(verdict(json!("2026-11-30T09:00:00.000Z")), Some(Verdict::Warn));
        assert_eq!(verdict(json!("2027-11-30T09:00:00.000Z")), Some(Verdict::Ok));
        assert_eq!(verdict(Value::Null), None);
    }
}
