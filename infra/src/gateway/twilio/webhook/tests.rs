use std::time::Duration;

use super::super::Settings;
use super::*;
use crate::testing::{Server, now, reference};
use crate::usage::Usage;

fn accounts() -> Accounts {
    let server = Server::start(|_| (500, String::new()));
    let settings =
        Settings { url: server.url.clone(), account_sid: String::new(), credentials: None };
    let http = crate::http::client().expect("a client");
    let public_url = "https://example.com".to_owned();
    let timeout = Duration::from_secs(1);
    Accounts::new(&server.aws(), http, settings, public_url, timeout, Usage::default())
}

/// A form as Twilio posts it; a status callback is about [`reference`].
fn request(endpoint: Endpoint, form: &[(&str, &str)]) -> Request {
    let url = match endpoint {
        Endpoint::Status => callback::address("https://example.com", &reference(), None),
        Endpoint::Inbound => "https://example.com/webhooks/twilio/inbound".to_owned(),
    };
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let headers =
        [("content-type", "application/x-www-form-urlencoded"), (SIGNATURE, "AAAA")].into_iter();
    Request {
        endpoint,
        query: url.split_once('?').map_or("", |(_, query)| query).to_owned(),
        url,
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: body.into_bytes(),
    }
}

#[test]
fn inbound_messages_are_read_whatever_they_were_sent_to() {
    let accounts = accounts();
    for (form, expected) in [
        (vec![("To", "+14155550100")], vec!["+14155550100"]),
        (vec![("To", "12345")], vec!["12345"]),
        (vec![("To", "12345"), ("MessagingServiceSid", "MG1")], vec!["12345", "MG1"]),
        (vec![("To", "rcs:brand"), ("MessagingServiceSid", "")], vec!["rcs:brand"]),
        (vec![("MessagingServiceSid", "MG1")], vec!["MG1"]),
        (vec![], vec![]),
    ] {
        let form = [form, vec![("From", "+14155550123"), ("Body", "STOP")]].concat();
        let request = request(Endpoint::Inbound, &form);
        let opened = accounts.open(&request).map_err(|_| ()).expect("a webhook");
        let expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        assert_eq!(opened.about(), About::Addresses(expected.clone()));
        let Ok(ProviderEvent::Inbound(inbound)) = opened.event(now()) else {
            panic!("{form:?} is not inbound")
        };
        assert_eq!((inbound.to, inbound.body.as_str()), (expected, "STOP"));
    }
}

#[test]
fn senders_that_are_not_phones_change_nothing() {
    let accounts = accounts();
    for from in
        ["12345", "BANK", "whatsapp:+14155550123", "rcs:agent", "messenger:1234", "", "+1", "anon"]
    {
        let form = [("From", from), ("To", "+14155550100"), ("Body", "STOP")];
        let request = request(Endpoint::Inbound, &form);
        let opened = accounts.open(&request).map_err(|_| ()).expect("a webhook");
        assert_eq!(opened.event(now()), Ok(ProviderEvent::Ignored), "{from}");
        assert_eq!(opened.response(None).status, 200);
    }
}

#[test]
fn a_receipt_is_read_whatever_channel_its_recipient_is_on() {
    let accounts = accounts();
    for (to, expected) in [
        ("+14155550123", Some("+14155550123")),
        ("rcs:+14155550123", Some("+14155550123")),
        ("whatsapp:+14155550123", Some("+14155550123")),
        ("messenger:1234", None),
        ("", None),
    ] {
        let form = [("MessageSid", "SM1"), ("MessageStatus", "delivered"), ("To", to)];
        let request = request(Endpoint::Status, &form);
        let opened = accounts.open(&request).map_err(|_| ()).expect("a webhook");
        assert_eq!(opened.about(), About::Message(reference()));
        let Ok(ProviderEvent::Receipt(delivery)) = opened.event(now()) else {
            panic!("{to} has no receipt")
        };
        assert_eq!(delivery.to.as_ref().map(Phone::as_str), expected);
        assert_eq!(delivery.receipt.status, Status::Delivered);
    }
}

#[test]
fn status_callbacks_are_read_as_far_as_they_say_something() {
    let accounts = accounts();
    let full = [("MessageSid", "SM1"), ("MessageStatus", "teleported")];
    for (form, expected) in [
        (&full[..], Ok(ProviderEvent::Ignored)),
        (&full[..1], Err(400)),
        (&full[1..], Err(400)),
        (&[], Err(400)),
    ] {
        let request = request(Endpoint::Status, form);
        let opened = accounts.open(&request).map_err(|_| ()).expect("a webhook");
        assert_eq!(opened.event(now()), expected, "{form:?}");
    }
}

#[test]
fn a_reply_is_text_in_xml() {
    let accounts = accounts();
    let request = request(Endpoint::Inbound, &[]);
    let opened = accounts.open(&request).map_err(|_| ()).expect("a webhook");
    let body = |reply| opened.response(reply).body;
    assert_eq!(
        body(Some("You & I\u{0} <3")),
        "<Response><Message>You &amp; I &lt;3</Message></Response>"
    );
    assert_eq!(body(None), "<Response/>");
}

#[tokio::test]
async fn nobody_signs_for_a_deployment_without_an_account() {
    let accounts = accounts();
    let request = request(Endpoint::Inbound, &[]);
    let opened = accounts.open(&request).map_err(|_| ()).expect("a webhook");
    assert!(!opened.is_signed_by(AccountRef::Deployment).await.expect("an answer"));
}
