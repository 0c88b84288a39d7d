//! Our signature check, judged by Twilio's SDK: it accepts what the SDK signs, and nothing that
//! differs by even one character.

use conformance::{Runner, ask, say};
use infra::gateway::twilio::Credentials;
use infra::gateway::twilio::signature::{Content, Signed};
use serde::Deserialize;
use serde_json::json;

/// A request that the SDK has signed.
#[derive(Clone, Debug, Deserialize)]
struct Case {
    token: String,
    url: String,
    pairs: Vec<(String, String)>,
    /// The JSON body; `None` for a form.
    body: Option<String>,
    signature: String,
    /// The settings header, if a shared key signed the request.
    settings: Option<String>,
    /// Other URLs, and whether the SDK accepts the signature for them.
    seen: Vec<(String, bool)>,
}

impl Case {
    fn is_taken(&self) -> bool {
        let Self { token, url, pairs, body, signature, settings, .. } = self;
        let content = match body {
            None => Content::Form(pairs),
            Some(body) => Content::Json(body.as_bytes()),
        };
        // The account has only this key, so the other must not be tried.
        let other = "another key".to_owned();
        let (auth_token, shared) = match settings {
            None => (token.clone(), other),
            Some(_) => (other, token.clone()),
        };
        let credentials =
            Credentials { auth_token, previous_auth_token: None, signing_keys: vec![shared] };
        Signed { url, content, signature, settings: settings.as_deref() }.is_by(&credentials)
    }

    /// Every request that differs by one character in what the signature covers.
    fn changed(&self) -> Vec<Self> {
        let mut all = Vec::new();
        let mut add = |text: &str, place: fn(&mut Self, usize) -> &mut String, index: usize| {
            for changed in changes(text) {
                let mut case = self.clone();
                *place(&mut case, index) = changed;
                all.push(case);
            }
        };
        add(&self.token, |case, _| &mut case.token, 0);
        add(&self.url, |case, _| &mut case.url, 0);
        add(&self.signature, |case, _| &mut case.signature, 0);
        for (index, (name, value)) in self.pairs.iter().enumerate() {
            add(name, |case, index| &mut case.pairs[index].0, index);
            add(value, |case, index| &mut case.pairs[index].1, index);
        }
        if let Some(body) = &self.body {
            add(body, |case, _| case.body.get_or_insert_default(), 0);
        }
        all
    }
}

/// The text with one of its characters changed, at up to forty evenly spaced positions.
fn changes(text: &str) -> impl Iterator<Item = String> {
    let count = text.chars().count();
    text.char_indices().step_by(count / 40 + 1).map(|(at, character)| {
        let other = if character == 'x' { 'y' } else { 'x' };
        format!("{}{other}{}", &text[..at], &text[at + character.len_utf8()..])
    })
}

fn cases() -> Vec<Case> {
    ask(Runner::Python, "twilio_signatures.py", &json!({ "seed": 1_991, "generated": 250 }))
}

#[test]
fn what_the_sdk_signs_is_taken_and_no_change_of_it() {
    let cases = cases();
    let mut changes = 0;
    for case in &cases {
        assert!(case.is_taken(), "{case:?}");
        for changed in case.changed() {
            assert!(!changed.is_taken(), "{case:?} is taken as {changed:?}");
            changes += 1;
        }
    }
    let json = cases.iter().filter(|case| case.body.is_some()).count();
    say(&format!("signatures: {} taken ({json} of JSON), {changes} changes refused", cases.len()));
    assert!(json > 100 && cases.len() - json > 100 && changes > 10_000);
}

#[test]
fn a_signature_is_taken_for_the_urls_for_which_the_sdk_takes_it() {
    let (mut taken, mut refused) = (0, 0);
    let mut only_ours = Vec::new();
    for case in cases() {
        for (url, is_taken) in case.seen.clone() {
            let seen = Case { url, ..case.clone() };
            match (is_taken, seen.is_taken()) {
                (true, true) => taken += 1,
                (false, false) => refused += 1,
                (true, false) => panic!("the SDK takes {} for {}", case.url, seen.url),
                (false, true) => only_ours.push((case.url.clone(), seen.url)),
            }
        }
    }
    say(&format!("signatures: {taken} URLs taken as by the SDK, {refused} refused"));
    assert!(only_ours.is_empty(), "{only_ours:?}");
    assert!(taken > 500 && refused > 500);
}
