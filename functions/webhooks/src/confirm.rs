//! Volley's replies to keywords. Each is sent once or not at all: their keywords have taken effect anyway.

use std::sync::Arc;
use std::time::Duration;

use infra::clock;
use infra::gateway::{Handover, Inbound, Outgoing, sender_of_reply};
use infra::trace::Scope;
use shared::keyword::Keyword;
use shared::organization::Organization;
use shared::phone::Phone;
use shared::sender::Sender;
use shared::time::Timestamp;

use crate::App;

const REPLIES_WITHIN: Duration = Duration::from_secs(20);

/// A keyword that took effect, and its organization.
pub(crate) struct Heard {
    pub(crate) organization: Arc<Organization>,
    pub(crate) keyword: Keyword,
    /// Whether it changed anything, and was not delivered before. A repeated opt-out is not confirmed
    /// again.
    pub(crate) is_new: bool,
    pub(crate) received_at: Timestamp,
}

/// A reply for the provider to send.
pub(crate) struct Reply {
    from: Sender,
    to: Phone,
    body: String,
    keyword: Keyword,
    received_at: Timestamp,
}

impl Heard {
    /// The reply that the provider sends at `at`.
    fn reply(&self, at: Timestamp) -> Option<&str> {
        let is_due = self.is_new && self.keyword.may_be_answered(self.received_at, at);
        self.organization.keywords.reply(self.keyword).filter(|_| is_due)
    }
}

/// The reply to put into the response to the webhook.
pub(crate) fn reply_to_all(heard: &[Heard], now: Timestamp) -> Option<&str> {
    heard.iter().find_map(|heard| heard.reply(now))
}

/// The reply to send as a message, when no one is waiting for a response.
pub(crate) fn reply(inbound: &Inbound, heard: &[Heard], now: Timestamp) -> Option<Reply> {
    heard.iter().find_map(|heard| {
        let body = heard.reply(now)?.to_owned();
        let Heard { organization, keyword, received_at, .. } = heard;
        let from = inbound.to.iter().find_map(|address| sender_of_reply(organization, address))?;
        let to = inbound.from.clone();
        Some(Reply { from, to, body, keyword: *keyword, received_at: *received_at })
    })
}

/// Sends replies concurrently, each in its own scope.
pub(crate) async fn send_replies(app: &App, replies: Vec<(Scope<'_>, Reply)>) {
    let sent = replies.iter().map(|(scope, reply)| scope.run(send_reply(app, reply)));
    in_time(futures::future::join_all(sent)).await;
}

/// Sends a reply in the current scope.
pub(crate) async fn send_one(app: &App, reply: &Reply) {
    in_time(send_reply(app, reply)).await;
}

/// Gives replies little time.
async fn in_time<T>(sending: impl Future<Output = T>) {
    if tokio::time::timeout(REPLIES_WITHIN, sending).await.is_err() {
        tracing::warn!("gave up replies that took too long");
    }
}

async fn send_reply(app: &App, reply: &Reply) {
    let Reply { from, to, body, .. } = reply;
    let answer = match app.gateways.of(from).await {
        Ok(_) if !reply.is_in_time(clock::now()) => {
            tracing::warn!("left out the confirmation of an opt-out, which would be too late");
            return;
        }
        Ok(gateway) => {
            let outgoing = Outgoing { message: None, from, to, body };
            Ok(gateway.hand_over(&outgoing).await)
        }
        Err(error) => Err(anyhow::Error::from(error)),
    };
    if !matches!(answer, Ok(Handover::Accepted(_))) {
        tracing::warn!(?answer, "a reply was not taken");
    }
}

impl Reply {
    /// Whether a request that starts at `now` hands the reply over in time, however long it takes.
    fn is_in_time(&self, now: Timestamp) -> bool {
        let latest = now.plus_seconds(REPLIES_WITHIN.as_secs().try_into().unwrap_or(i64::MAX));
        self.keyword.may_be_answered(self.received_at, latest)
    }
}

#[cfg(test)]
mod tests {
    use shared::ids::OrganizationId;
    use shared::keyword::{Keywords, Replies};
    use shared::sender::Provider;
    use shared::sender::twilio::TwilioSender;

    use super::*;

    const SENDER: &str = "+14155550100";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::EPOCH.plus_seconds(seconds)
    }

    fn heard(keyword: Keyword, is_new: bool) -> Heard {
        let phone = Phone::from_e164(SENDER).expect("valid");
        let sender = Sender::new(phone, Provider::Twilio(TwilioSender::default()));
        let id: OrganizationId = "00000000-0000-0000-0000-000000000001".parse().expect("an id");
        let organization = Organization::new(id, "Corner Bakery".to_owned(), sender, at(0));
        let [stop, start, help] = ["stopped", "started", "help"].map(str::to_owned);
        let replies = Some(Replies { stop, start, help });
        let keywords = Keywords { replies, ..Keywords::default() };
        let organization = Arc::new(Organization { keywords, ..organization });
        Heard { organization, keyword, is_new, received_at: at(0) }
    }

    /// A STOP that waited in a queue, or is delivered again, is not confirmed late.
    #[test]
    fn a_stop_is_confirmed_once_and_in_time() {
        for (is_new, seconds, expected) in [
            (true, 0, Some("stopped")),
            (true, 300, Some("stopped")),
            (true, 301, None),
            (false, 0, None),
        ] {
            let heard = [heard(Keyword::Stop, is_new)];
            assert_eq!(reply_to_all(&heard, at(seconds)), expected, "{is_new} {seconds}");
        }
        assert_eq!(reply_to_all(&[heard(Keyword::Help, true)], at(900)), Some("help"));
    }

    /// A message takes up to 20 seconds to hand over.
    #[test]
    fn a_message_leaves_time_to_hand_it_over() {
        let inbound = Inbound {
            provider_id: None,
            from: Phone::from_e164("+14155550123").expect("valid"),
            to: vec![SENDER.to_owned()],
            body: "STOP".to_owned(),
            keyword: None,
        };
        let reply = reply(&inbound, &[heard(Keyword::Stop, true)], at(0)).expect("a reply");
        assert!(reply.is_in_time(at(280)));
        assert!(!reply.is_in_time(at(281)));
    }
}
