//! Our signatures, judged by the libraries that Standard Webhooks publishes for receivers.

use conformance::{Runner, ask};
use serde_json::json;
use shared::ids::EventId;
use shared::time::Timestamp;
use shared::webhook::{SigningSecret, signature};
use uuid::Uuid;

/// What a library says: whether it accepts the request, and how many of the changed ones.
type Verdict = (bool, usize);

/// A receiver refuses a request whose time is more than five minutes from its own.
fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let millis = since.expect("after 1970").as_millis();
    Timestamp::from_millis(i64::try_from(millis).expect("in range")).expect("a time")
}

#[test]
fn receivers_accept_what_we_sign_and_nothing_else() {
    let at = now();
    let id = EventId(Uuid::from_u128(7));
    let (old, new) = (SigningSecret::new([3; 32]), SigningSecret::new([4; 32]));
    let other = SigningSecret::new([5; 32]);
    let body =
        json!({"type": "contact.unsubscribed", "data": {"phone": "+14155550123", "é": "ñ😀"}});
    let body = body.to_string();
    let headers = |id: EventId, at: Timestamp, signature: &str| {
        json!({
            "webhook-id": id.to_string(),
            "webhook-timestamp": at.unix_seconds().to_string(),
            "webhook-signature": signature,
        })
    };
    for secrets in [vec![new.clone()], vec![new.clone(), old.clone()]] {
        let signed = signature(&secrets, id, at, &body);
        let right = headers(id, at, &signed);
        let late = at.plus_seconds(-600);
        let changed = json!([
            [right, format!("{body} "), secrets[0].to_text()],
            [right, body, other.to_text()],
            [headers(EventId(Uuid::nil()), at, &signed), body, secrets[0].to_text()],
            [headers(id, at.plus_seconds(1), &signed), body, secrets[0].to_text()],
            [headers(id, late, &signature(&secrets, id, late, &body)), body, secrets[0].to_text()],
        ]);
        for secret in &secrets {
            let case = json!({"right": [right, body, secret.to_text()], "changed": changed});
            for (runner, script) in
                [(Runner::Python, "standard_webhooks.py"), (Runner::Node, "standard_webhooks.js")]
            {
                let verdict: Verdict = ask(runner, script, &case);
                assert_eq!(verdict, (true, 0), "{script}, {} secrets", secrets.len());
            }
        }
    }
}
