//! Whether a deployment and its settings are ready to send.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use clap::Args;
use reqwest::Response;
use serde_json::Value;

use super::login::caller;
use super::profile;
use crate::api::{Api, text, under};
use crate::arguments::Global;
use crate::aws::Aws;
use crate::failure::Failure;
use crate::output::{CHECK, Format, Output};

mod aws;
mod check;
mod dry_run;
mod inbound;
mod sending;
mod settings;

use check::{Check, Verdict};

/// Requests are signed and leases timed within minutes, so seconds do no harm.
const MAX_SKEW: Duration = Duration::from_secs(30);
const SLOW: Duration = Duration::from_secs(2);

/// Check that Volley is reachable and ready to send, with a fix for each finding
///
/// With --stack, the AWS CLI is asked about the deployment, too: its stack and its drift, the account's quota,
/// queues and dead letters, alarms, and the account, spend limit and numbers of an organization that sends
/// through AWS. Exits with 4 if something must be fixed.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// The deployment's CloudFormation stack
    #[arg(long, value_name = "NAME")]
    stack: Option<String>,
    /// The stack's AWS region
    #[arg(long, requires = "stack")]
    region: Option<String>,
    /// Let the provider check a text to this phone, with its credentials, without sending it (AWS only). This
    /// creates a draft and deletes it
    #[arg(long, value_name = "PHONE")]
    dry_run_to: Option<String>,
}

impl Doctor {
    pub(crate) async fn run(self, global: &Global) -> Result<(), Failure> {
        let output = Output::new(global);
        let api = Api::new(profile(global)?)?;
        let (mut checks, organization) = examine(&api).await;
        if let (Some(phone), Some(organization)) = (&self.dry_run_to, &organization) {
            checks.push(dry_run::examine(&api, text(&organization["id"]), phone).await);
        }
        if let Some(stack) = &self.stack {
            let aws = Aws { stack, region: self.region.as_deref() };
            checks.extend(aws.examine(api.url(), organization.as_ref()).await);
        }
        if output.format() == Format::Table {
            Output::raw(&checks.iter().map(Check::to_string).collect::<String>())?;
        } else {
            let rows: Vec<Value> = checks.iter().map(Check::row).collect();
            output.rows(&rows, &CHECK)?;
        }
        match checks.iter().filter(|check| check.verdict == Verdict::Fail).count() {
            0 => Ok(()),
            1 => Err(Failure::Incomplete("1 check failed".to_owned())),
            failed => Err(Failure::Incomplete(format!("{failed} checks failed"))),
        }
    }
}

/// What was found, and the organization if it was.
async fn examine(api: &Api) -> (Vec<Check>, Option<Value>) {
    let since = Instant::now();
    let health = match api.probe("/health").await {
        Ok(response) => response,
        Err(failure) => {
            let fix = "check VOLLEY_API_URL or the profile's URL, and the network; the URL is the output ApiUrl of the stack";
            return (vec![Check::fail("API", failure.to_string(), fix)], None);
        }
    };
    let mut checks = vec![reachable(api.url(), &health, since.elapsed()), encrypted(api.url())];
    checks.push(clock(&health, Utc::now()));
    checks.push(version(api).await);
    let me = match api.get("/v1/me", &[]).await {
        Ok(me) => me,
        Err(failure) => {
            let fix = "run `volley login` with a key that is valid; an admin creates one with `volley keys create`";
            checks.push(Check::fail("Key", failure.to_string(), fix));
            return (checks, None);
        }
    };
    checks.push(key(&me));
    if text(&me["kind"]) == "deployment" {
        checks.push(sending::deployment(api).await);
        if !api.names_organization() {
            return (checks, None);
        }
    }
    match organization(api).await {
        Ok(organization) => {
            checks.extend(settings::examine(&organization));
            checks.push(inbound::examine(api, &organization).await);
            checks.extend(sending::examine(api, text(&organization["id"]), &me).await);
            (checks, Some(organization))
        }
        Err(failure) => {
            let fix = "name it with --organization ID, or log in again with `volley login --organization ID`";
            checks.push(Check::fail("Organization", failure.to_string(), fix));
            (checks, None)
        }
    }
}

async fn organization(api: &Api) -> Result<Value, Failure> {
    api.get(&under(&api.organization().await?, &[]), &[]).await
}

fn reachable(url: &str, health: &Response, took: Duration) -> Check {
    let found = format!("{url} responds in {} ms", took.as_millis());
    if !health.status().is_success() {
        let found = format!("{url}/health responds with {}", health.status());
        let fix = "check that the URL is the stack's output ApiUrl, without a path";
        return Check::fail("API", found, fix);
    }
    if took > SLOW {
        let fix = "a first request starts a function; run it again, and check the network if it stays slow";
        return Check::warn("API", found, fix);
    }
    Check::ok("API", found)
}

fn encrypted(url: &str) -> Check {
    let parsed = reqwest::Url::parse(url).ok();
    let host = parsed.as_ref().and_then(reqwest::Url::host_str).unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    let is_local = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    if url.starts_with("https://") {
        Check::ok("Encryption", "HTTPS")
    } else if is_local {
        Check::ok("Encryption", "none, on this machine")
    } else {
        let fix = "use the https:// URL; the key can be read on the way";
        Check::fail("Encryption", "none", fix)
    }
}

fn clock(response: &Response, now: DateTime<Utc>) -> Check {
    let date = response.headers().get("date").and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok());
    let Some(date) = date else {
        return Check::ok("Clock", "the response has no Date to compare with");
    };
    let skew = now.signed_duration_since(date).abs();
    // The header has whole seconds.
    let found = format!("differs from the API's by about {} s", skew.num_seconds());
    if skew.to_std().is_ok_and(|skew| skew <= MAX_SKEW) {
        Check::ok("Clock", found)
    } else {
        Check::warn(
            "Clock",
            found,
            "set this machine's clock by NTP; times such as `--at 2h` are off",
        )
    }
}

/// The API's document has the version of the deployment.
async fn version(api: &Api) -> Check {
    let deployed = match api.get("/openapi.json", &[]).await {
        Ok(document) => text(&document["info"]["version"]).to_owned(),
        Err(failure) => {
            return Check::warn("Version", failure.to_string(), "check that the URL is Volley's");
        }
    };
    let own = env!("CARGO_PKG_VERSION");
    let found = format!("volley {own}, deployment {deployed}");
    if deployed == own {
        Check::ok("Version", found)
    } else {
        Check::warn("Version", found, "install the command line from the deployment's release")
    }
}

fn key(me: &Value) -> Check {
    let found = caller(me);
    match text(&me["role"]) {
        "viewer" => Check::warn("Key", found, "to send, use a key with role sender or admin"),
        _ => Check::ok("Key", found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_must_not_travel_in_clear() {
        assert_eq!(encrypted("https://api.example.com").verdict, Verdict::Ok);
        assert_eq!(encrypted("http://127.0.0.1:3000").verdict, Verdict::Ok);
        assert_eq!(encrypted("http://api.example.com").verdict, Verdict::Fail);
        assert_eq!(encrypted("http://localhost.example.com").verdict, Verdict::Fail);
    }
}
