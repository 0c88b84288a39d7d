//! Deliveries: one event for one endpoint, with each attempt.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::ids::EventId;
use crate::time::Timestamp;

/// How long a delivery is listed and can be replayed. Its body may have a phone, so it expires.
pub const KEPT_DAYS: i64 = 7;
/// How long a delivery is tried again.
const TRIED_SECONDS: i64 = 3 * 86_400;
/// The waits before each further attempt; the last one repeats.
const WAITS_SECONDS: [i64; 8] = [60, 300, 1_800, 7_200, 18_000, 36_000, 36_000, 50_400];
/// The number of attempts that are kept.
const MAX_ATTEMPTS: usize = 20;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// The event's ID, which is also the delivery's: a receiver recognizes a repeat by it.
    pub id: EventId,
    /// The event's type, as in its body.
    pub kind: String,
    pub status: Status,
    /// Since when it is tried.
    pub tried_since: Timestamp,
    /// The number of attempts since then.
    pub tries: u32,
    /// The newest attempts, oldest first.
    pub attempts: Vec<Attempt>,
    /// When it is tried next.
    pub next_at: Option<Timestamp>,
    /// The request's body.
    pub body: String,
    pub created_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Pending,
    Delivered,
    /// It was tried for three days.
    Failed,
}

/// One request. Nothing of the response is kept but its status: its body and headers could be those
/// of something that only the deployment can reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    pub at: Timestamp,
    pub millis: u32,
    pub outcome: Outcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// The endpoint responded with this status.
    Response(u16),
    Failure(Failure),
}

/// Why there was no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The URL's host has an address that webhooks may not be at.
    AddressNotAllowed,
    /// The host has no address.
    NameNotResolved,
    /// No secure connection could be made.
    ConnectionFailed,
    /// There was no response within ten seconds.
    Timeout,
    /// The connection broke.
    Broken,
    /// The webhook's secret was encrypted with another key than the deployment has now. Rotate it.
    SecretUnreadable,
}

impl Outcome {
    /// Only a 2xx is a success. A redirect is not followed.
    #[must_use]
    pub fn is_ok(self) -> bool {
        matches!(self, Self::Response(200..=299))
    }

    /// Whether the endpoint wants no more.
    #[must_use]
    pub fn is_gone(self) -> bool {
        self == Self::Response(410)
    }
}

impl Delivery {
    #[must_use]
    pub fn new(id: EventId, kind: String, body: String, now: Timestamp) -> Self {
        Self {
            id,
            kind,
            status: Status::Pending,
            tried_since: now,
            tries: 0,
            attempts: Vec::new(),
            next_at: Some(now),
            body,
            created_at: now,
        }
    }

    /// The delivery after an attempt. `jitter` is below 1,000.
    #[must_use]
    pub fn attempted(mut self, attempt: Attempt, jitter: u16, now: Timestamp) -> Self {
        let is_ok = attempt.outcome.is_ok();
        if self.attempts.len() >= MAX_ATTEMPTS {
            self.attempts.remove(0);
        }
        self.attempts.push(attempt);
        self.tries = self.tries.saturating_add(1);
        if is_ok {
            return Self { status: Status::Delivered, next_at: None, ..self };
        }
        let place = (self.tries as usize - 1).min(WAITS_SECONDS.len() - 1);
        let next = now.plus_millis(WAITS_SECONDS[place] * (900 + i64::from(jitter) / 5));
        if next > self.tried_since.plus_seconds(TRIED_SECONDS) {
            return Self { status: Status::Failed, next_at: None, ..self };
        }
        Self { status: Status::Pending, next_at: Some(next), ..self }
    }

    /// The delivery, to be tried without an attempt until now.
    #[must_use]
    pub fn postponed(self, until: Timestamp) -> Self {
        Self { next_at: Some(until), ..self }
    }

    /// The delivery, to be tried from now on as if it were new. `None` while it is still tried.
    #[must_use]
    pub fn replayed(self, now: Timestamp) -> Option<Self> {
        match self.status {
            Status::Pending => None,
            Status::Delivered | Status::Failed => Some(Self {
                status: Status::Pending,
                tried_since: now,
                tries: 0,
                next_at: Some(now),
                ..self
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::EPOCH.plus_seconds(seconds)
    }

    fn attempt(outcome: Outcome, now: Timestamp) -> Attempt {
        Attempt { at: now, millis: 5, outcome }
    }

    fn delivery() -> Delivery {
        Delivery::new(EventId(Uuid::nil()), "campaign.sent".into(), "{}".into(), at(0))
    }

    #[test]
    fn it_is_tried_for_three_days_ever_more_rarely() {
        for jitter in [0, 999] {
            let (mut tried, mut now, mut waits) = (delivery(), at(0), Vec::new());
            while let Some(next) = tried.next_at {
                waits.push(next.seconds_from(now));
                now = next;
                let failed = attempt(Outcome::Failure(Failure::Timeout), now);
                tried = tried.attempted(failed, jitter, now);
            }
            assert_eq!(tried.status, Status::Failed);
            assert!(waits.is_sorted(), "{waits:?}");
            assert!((8..=11).contains(&tried.tries), "{} {waits:?}", tried.tries);
            assert!(now > at(2 * 86_400) && now <= at(3 * 86_400), "{now}");
        }
    }

    #[test]
    fn only_a_success_delivers() {
        for (status, expected) in [
            (200, Status::Delivered),
            (204, Status::Delivered),
            (302, Status::Pending),
            (410, Status::Pending),
            (500, Status::Pending),
        ] {
            let response = attempt(Outcome::Response(status), at(1));
            assert_eq!(delivery().attempted(response, 0, at(1)).status, expected, "{status}");
        }
    }

    #[test]
    fn what_has_ended_can_be_replayed() {
        assert_eq!(delivery().replayed(at(9)), None);
        let done = delivery().attempted(attempt(Outcome::Response(200), at(1)), 0, at(1));
        let again = done.replayed(at(900_000)).expect("ended");
        assert_eq!((again.status, again.next_at), (Status::Pending, Some(at(900_000))));
        assert_eq!(again.attempts.len(), 1, "its attempts are kept");
        let failed = attempt(Outcome::Response(500), at(900_000));
        assert_eq!(again.attempted(failed, 0, at(900_000)).status, Status::Pending);
    }

    #[test]
    fn attempts_are_bounded() {
        let mut tried = delivery();
        for _ in 0..50 {
            tried = tried.attempted(attempt(Outcome::Response(500), at(1)), 0, at(1));
        }
        assert_eq!(tried.attempts.len(), MAX_ATTEMPTS);
    }
}
