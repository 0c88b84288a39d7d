//! The limit on what one caller may do per minute.
//!
//! Requests that write, or that read a lot, are counted. Other reads cost little, and API Gateway's
//! limit on all requests is enough for them. An instance takes requests from the table in leases. If the
//! table cannot say, the request is served: a limit that fails must not stop anyone's work.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, Method};
use infra::clock;
use shared::rate::{Allowance, Lease, RateLimit, WINDOW_SECONDS, window};
use shared::time::Timestamp;

use crate::auth::Caller;
use crate::problem::{Code, Problem};
use crate::state::{App, Volley};

/// The draft's fields (draft-ietf-httpapi-ratelimit-headers-11).
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");
/// Reads that go through much of an organization's data.
const SCANS: [&str; 7] = [
    "/skipped",
    "/reports",
    "/people/{phone}",
    "/explain",
    "/messages",
    "{organizationId}/contacts",
    "/inbound",
];
/// The most callers that an instance remembers. A caller who is forgotten takes a new lease.
const MAX_CALLERS: usize = 1_000;

/// The limit, and the leases that this instance holds.
#[derive(Default)]
pub(crate) struct Rates {
    /// `None` if there is no limit.
    limit: Option<RateLimit>,
    leases: Mutex<HashMap<String, Lease>>,
}

impl Rates {
    /// 0 requests per minute turn the limit off.
    pub(crate) fn new(limit: RateLimit) -> Self {
        let limit = (limit.per_minute() > 0).then_some(limit);
        Self { limit, ..Self::default() }
    }

    fn spend(&self, caller: &str, now: Timestamp) -> Option<u32> {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        leases.get_mut(caller)?.spend(now)
    }

    fn hold(&self, caller: String, lease: Lease) {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        if leases.len() >= MAX_CALLERS {
            leases.clear();
        }
        leases.insert(caller, lease);
    }
}

pub(crate) fn is_counted(method: &Method, route: &str) -> bool {
    let is_read = [Method::GET, Method::HEAD].contains(method);
    !is_read || SCANS.iter().any(|scan| route.ends_with(scan))
}

pub(crate) async fn middleware(
    State(app): State<App>,
    route: MatchedPath,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let Some(limit) = app.rates.limit.filter(|_| is_counted(request.method(), route.as_str()))
    else {
        return Ok(next.run(request).await);
    };
    let (mut parts, body) = request.into_parts();
    let caller = Caller::from_request_parts(&mut parts, &app).await?;
    let allowance = allowance(&app, limit, caller.name(), clock::now()).await;
    let mut response = match &allowance {
        Ok(_) => next.run(Request::from_parts(parts, body)).await,
        Err(spent) => too_many(spent).into_response(),
    };
    let (Ok(Some(shown)) | Err(shown)) = allowance else { return Ok(response) };
    show(&shown, &mut response);
    Ok(response)
}

/// What the caller has left after this request; an error if it has used everything.
async fn allowance(
    app: &Volley,
    limit: RateLimit,
    caller: String,
    now: Timestamp,
) -> Result<Option<Allowance>, Allowance> {
    if let Some(left) = app.rates.spend(&caller, now) {
        return Ok(Some(limit.allowance(left, now)));
    }
    let minute = window(now);
    match app.table.lease_requests(&caller, minute, limit).await {
        Ok(Some(taken)) => {
            let mut lease = limit.leased(minute, taken);
            let left = lease.spend(now).unwrap_or_default();
            app.rates.hold(caller, lease);
            Ok(Some(limit.allowance(left, now)))
        }
        Ok(None) => Err(limit.allowance(0, now)),
        Err(error) => {
            let error = anyhow::Error::new(error);
            tracing::warn!(error = %format!("{error:#}"), "served a request without counting it");
            Ok(None)
        }
    }
}

fn too_many(spent: &Allowance) -> Problem {
    let detail = format!(
        "this key or member made more than {} requests that write or scan within a minute; retry \
         after the time in Retry-After",
        spent.limit
    );
    Problem::too_many(Code::RateLimited, detail, spent.reset_seconds)
}

fn show(allowance: &Allowance, response: &mut Response) {
    let Allowance { limit, remaining, reset_seconds } = allowance;
    let fields = [
        (POLICY, format!("\"requests\";q={limit};w={WINDOW_SECONDS}")),
        (STATE, format!("\"requests\";r={remaining};t={reset_seconds}")),
    ];
    for (name, value) in fields {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_and_scans_are_counted() {
        let check = |method: Method, route: &str| is_counted(&method, route);
        let campaigns = "/v1/organizations/{organizationId}/campaigns";
        assert!(check(Method::POST, campaigns) && check(Method::DELETE, campaigns));
        assert!(!check(Method::GET, campaigns) && !check(Method::HEAD, campaigns));
        assert!(check(Method::GET, &format!("{campaigns}/{{campaignId}}/messages")));
        assert!(check(Method::GET, "/v1/organizations/{organizationId}/contacts"));
        assert!(!check(Method::GET, "/v1/organizations/{organizationId}/contacts/{contactId}"));
        assert!(check(Method::GET, &format!("{campaigns}/{{campaignId}}/skipped")));
        assert!(check(Method::GET, "/v1/organizations/{organizationId}/messages"));
    }

    #[test]
    fn a_lease_is_used_before_another_is_taken() {
        let rates = Rates::new("2".parse().expect("a number"));
        let limit = rates.limit.expect("a limit");
        let now = clock::now();
        assert_eq!(rates.spend("a", now), None);
        rates.hold("a".to_owned(), limit.leased(window(now), 2));
        assert_eq!(rates.spend("a", now), Some(1));
        assert_eq!(rates.spend("b", now), None);
        assert_eq!(rates.spend("a", now.plus_seconds(WINDOW_SECONDS)), None);
        assert!(Rates::new("0".parse().expect("a number")).limit.is_none());
    }

    #[tokio::test]
    async fn a_refusal_says_when_to_retry() {
        let spent = RateLimit::default().allowance(0, clock::now());
        let mut response = too_many(&spent).into_response();
        show(&spent, &mut response);
        let header = |name: &str| response.headers()[name].to_str().expect("text").to_owned();
        let seconds = header("retry-after");
        assert_eq!(header("ratelimit-policy"), "\"requests\";q=3000;w=60");
        assert_eq!(header("ratelimit"), format!("\"requests\";r=0;t={seconds}"));
        assert_eq!(crate::problem::tests::read(response).await.1["code"], "rate_limited");
    }
}
