//! Looks up messages at Twilio.

use chrono::DateTime;
use reqwest::StatusCode;
use serde::Deserialize;
use shared::message::Status;
use shared::phone::Phone;
use shared::receipt::Receipt;
use shared::time::Timestamp;

use super::super::{Found, Label, LookupError, Sought};
use super::{Twilio, failure_reason, receipt_status};

#[derive(Deserialize)]
struct Resource {
    sid: String,
    status: String,
    error_code: Option<u32>,
    body: Option<String>,
    from: Option<String>,
    to: Option<String>,
    messaging_service_sid: Option<String>,
    direction: Option<String>,
    date_created: Option<String>,
}

/// The direction of messages that are created by a request to the API.
const OUTBOUND: &str = "outbound-api";
/// A worker sends a message within this time of its claim, in seconds. It includes the gateway's
/// time limit and the difference between Twilio's clock and ours, which may also be behind.
const CLAIM_WINDOW_SECONDS: i64 = 60;

#[derive(Deserialize)]
struct List {
    messages: Vec<Resource>,
    next_page_uri: Option<String>,
}

impl Resource {
    fn receipt(&self, now: Timestamp) -> Option<Receipt> {
        let Label::Means(status) = receipt_status(&self.status) else { return None };
        let failed = status == Status::Failed;
        Some(Receipt {
            provider_id: self.sid.clone(),
            status,
            reason: failed.then(|| failure_reason(&self.status, self.error_code)),
            code: self.error_code.filter(|_| failed).map(|code| code.to_string()),
            at: now,
        })
    }

    /// Whether this may be the message that was sent on a claim of `claimed_at`: it was created by a
    /// request within the claim's time, to the same phone, from the same sender, with the same text.
    fn may_be(&self, sought: &Sought<'_>, service: Option<&str>, claimed_at: Timestamp) -> bool {
        let is_from_sender = match service {
            Some(service) => self.messaging_service_sid.as_deref() == Some(service),
            None => {
                self.messaging_service_sid.is_none()
                    && self.from.as_deref() == Some(sought.from.phone.as_str())
            }
        };
        let earliest = claimed_at.plus_seconds(-CLAIM_WINDOW_SECONDS);
        let latest = claimed_at.plus_seconds(CLAIM_WINDOW_SECONDS);
        is_from_sender
            && self.direction.as_deref() == Some(OUTBOUND)
            && self.to.is_some()
            && self.to.as_deref() == sought.message.to.as_ref().map(Phone::as_str)
            && self.body.as_deref() == Some(sought.text)
            && self.created_at().is_some_and(|at| earliest <= at && at <= latest)
    }

    fn created_at(&self) -> Option<Timestamp> {
        let created = DateTime::parse_from_rfc2822(self.date_created.as_deref()?).ok()?;
        Some(created.to_utc().into())
    }
}

impl Twilio {
    /// Fetches the message by the provider's id, or searches for it if the response with the id was
    /// lost.
    pub(super) async fn ask(&self, sought: &Sought<'_>) -> Result<Found, LookupError> {
        match (sought.message.provider_id(), &sought.message.claim) {
            (Some(id), _) => self.fetch(id, sought.now).await,
            (None, Some(claim)) => match &sought.message.to {
                Some(to) => self.search(sought, to, claim.at).await,
                // The person was erased, so the provider can't be asked about them.
                None => Ok(Found::Nothing),
            },
            (None, None) => Ok(Found::Nothing),
        }
    }

    async fn fetch(&self, sid: &str, now: Timestamp) -> Result<Found, LookupError> {
        let answer = self.get(format!("{}/{sid}.json", self.messages_url()), &[]).await?;
        match answer.status() {
            StatusCode::NOT_FOUND => Ok(Found::Nothing),
            status if !status.is_success() => Err(LookupError::Answer(status)),
            _ => Ok(found(answer.json::<Resource>().await?.receipt(now))),
        }
    }

    /// Searches for messages that may be the one that was sent on a claim of `claimed_at`.
    async fn search(
        &self,
        sought: &Sought<'_>,
        to: &Phone,
        claimed_at: Timestamp,
    ) -> Result<Found, LookupError> {
        // Twilio filters by whole days.
        let earliest = claimed_at.plus_seconds(-CLAIM_WINDOW_SECONDS);
        let day = earliest.datetime().format("%Y-%m-%d").to_string();
        let mut query = vec![("To", to.as_str()), ("DateSent>", &day)];
        // A Messaging Service picks the sender itself.
        if self.settings.messaging_service_sid.is_none() {
            query.push(("From", sought.from.phone.as_str()));
        }
        query.push(("PageSize", "50"));
        let answer = self.get(format!("{}.json", self.messages_url()), &query).await?;
        if !answer.status().is_success() {
            return Err(LookupError::Answer(answer.status()));
        }
        let list: List = answer.json().await?;
        // Only the first page is searched.
        if list.next_page_uri.is_some_and(|uri| !uri.is_empty()) {
            return Ok(Found::Nothing);
        }
        let service = self.settings.messaging_service_sid.as_deref();
        let candidates =
            list.messages.iter().filter(|resource| resource.may_be(sought, service, claimed_at));
        // A candidate in a state that cannot be read may be the message too.
        let receipts: Option<Vec<Receipt>> =
            candidates.map(|resource| resource.receipt(sought.now)).collect();
        Ok(receipts.map_or(Found::Nothing, Found::Candidates))
    }

    async fn get(
        &self,
        url: String,
        query: &[(&str, &str)],
    ) -> Result<reqwest::Response, reqwest::Error> {
        let account = &self.account;
        let request = self.http.get(url).query(query).timeout(self.timeout);
        request.basic_auth(&account.sid, Some(&account.auth_token)).send().await
    }
}

fn found(receipt: Option<Receipt>) -> Found {
    receipt.map_or(Found::Nothing, Found::Itself)
}

#[cfg(test)]
mod tests;
