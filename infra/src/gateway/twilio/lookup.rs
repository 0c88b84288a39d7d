//! Asking Twilio what became of a message.

use chrono::DateTime;
use reqwest::StatusCode;
use serde::Deserialize;
use shared::message::{FailureReason, Status};
use shared::phone::Phone;
use shared::receipt::Receipt;
use shared::time::Timestamp;

use super::{Twilio, receipt_status, refusal_reason};

#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    #[error("failed to ask the provider")]
    Request(#[source] reqwest::Error),
    #[error("the provider answered {0}")]
    Answer(StatusCode),
}

/// What a search for a message found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// One message that can only be the one.
    One(Receipt),
    /// None, which proves nothing: the message may still be on its way to the list.
    None,
    /// Several that could be it, which settles nothing.
    Several,
}

#[derive(Deserialize)]
struct Resource {
    sid: String,
    status: String,
    error_code: Option<u32>,
    body: Option<String>,
    date_created: Option<String>,
}

impl From<reqwest::Error> for LookupError {
    /// The address holds phones, which must not come into a log.
    fn from(error: reqwest::Error) -> Self {
        Self::Request(error.without_url())
    }
}

#[derive(Deserialize)]
struct List {
    messages: Vec<Resource>,
    next_page_uri: Option<String>,
}

impl Resource {
    fn receipt(&self, now: Timestamp) -> Option<Receipt> {
        let status = receipt_status(&self.status)?;
        let failed = status == Status::Failed;
        Some(Receipt {
            provider_id: self.sid.clone(),
            status,
            reason: failed.then(|| self.error_code.map_or(FailureReason::Unknown, refusal_reason)),
            code: self.error_code.filter(|_| failed).map(|code| code.to_string()),
            at: now,
        })
    }

    fn created_at(&self) -> Option<Timestamp> {
        let created = DateTime::parse_from_rfc2822(self.date_created.as_deref()?).ok()?;
        Some(created.to_utc().into())
    }
}

impl Twilio {
    /// What the provider says of the message that it knows as `sid`.
    pub async fn fetch(&self, sid: &str, now: Timestamp) -> Result<Option<Receipt>, LookupError> {
        let answer = self.get(format!("{}/{sid}.json", self.messages_url()), &[]).await?;
        match answer.status() {
            StatusCode::NOT_FOUND => Ok(None),
            status if !status.is_success() => Err(LookupError::Answer(status)),
            _ => Ok(answer.json::<Resource>().await?.receipt(now)),
        }
    }

    /// Searches for the message that was handed over within a minute of `claimed_at` and whose
    /// answer was lost.
    pub async fn search(
        &self,
        from: &Phone,
        to: &Phone,
        body: &str,
        claimed_at: Timestamp,
        now: Timestamp,
    ) -> Result<Found, LookupError> {
        // Twilio filters by whole days.
        let day = claimed_at.plus_seconds(-60).datetime().format("%Y-%m-%d").to_string();
        let query =
            [("To", to.as_str()), ("From", from.as_str()), ("DateSent>", &day), ("PageSize", "50")];
        let answer = self.get(format!("{}.json", self.messages_url()), &query).await?;
        if !answer.status().is_success() {
            return Err(LookupError::Answer(answer.status()));
        }
        let list: List = answer.json().await?;
        // A number with more messages than one page is searched no further.
        if list.next_page_uri.is_some_and(|uri| !uri.is_empty()) {
            return Ok(Found::Several);
        }
        let (earliest, latest) = (claimed_at.plus_seconds(-60), claimed_at.plus_seconds(60));
        let mut candidates = list.messages.iter().filter(|resource| {
            resource.body.as_deref() == Some(body)
                && resource.created_at().is_some_and(|at| earliest <= at && at <= latest)
        });
        Ok(match (candidates.next(), candidates.next()) {
            (Some(one), None) => one.receipt(now).map_or(Found::None, Found::One),
            (None, _) => Found::None,
            (Some(_), Some(_)) => Found::Several,
        })
    }

    async fn get(
        &self,
        url: String,
        query: &[(&str, &str)],
    ) -> Result<reqwest::Response, reqwest::Error> {
        let settings = &self.settings;
        self.http
            .get(url)
            .query(query)
            .basic_auth(&settings.account_sid, Some(&settings.auth_token))
            .send()
            .await
    }
}
