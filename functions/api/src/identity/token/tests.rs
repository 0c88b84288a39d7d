use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

use super::*;
use crate::identity::keys::tests::{PS256, RS256, Signer, keys, rsa, unsigned};

const NOW: i64 = 1_800_000_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::EPOCH.plus_seconds(seconds)
}

fn expected() -> Expected {
    Expected { issuer: "https://id.example".to_owned(), client_id: "console".to_owned() }
}

fn claims() -> Value {
    json!({
        "iss": "https://id.example", "sub": "5", "aud": "console", "iat": NOW, "exp": NOW + 300,
        "name": "Ana", "email": "Ana@Example.com", "email_verified": true,
    })
}

fn header() -> Value {
    json!({"alg": "ES256", "kid": "a"})
}

/// The result for a token with these changes, judged at `NOW`.
fn judged(header: &Value, changes: &Value) -> Result<Person, Refusal> {
    let signer = Signer::new();
    let mut claims = claims();
    for (name, value) in changes.as_object().expect("changes") {
        claims[name] = value.clone();
    }
    let token = signer.token(header, &claims);
    let keys = keys(&[signer.public("a"), rsa()]);
    Token::read(&token, &expected(), at(NOW))?.verified(&keys)
}

#[test]
fn a_token_names_a_person() {
    let person = judged(&header(), &json!({})).expect("valid");
    assert_eq!(person.key, PersonKey::new("https://id.example", "5"));
    assert_eq!(person.name.as_deref(), Some("Ana"));
    assert_eq!(person.email, MemberEmail::parse("ana@example.com").ok());
}

#[test]
fn an_address_counts_only_if_it_is_verified() {
    for verified in [json!(false), json!("true"), json!(1), Value::Null] {
        let person = judged(&header(), &json!({"email_verified": verified})).expect("valid");
        assert_eq!(person.email, None, "{verified}");
    }
    let person = judged(&header(), &json!({"email": "Ana <ana@example.com>"})).expect("valid");
    assert_eq!(person.email, None);
    let person = judged(&header(), &json!({"name": "\u{202e}anA"})).expect("valid");
    assert_eq!(person.name, None);
}

#[test]
fn every_claim_is_checked() {
    let several = json!(["console", "other"]);
    for (changes, refusal) in [
        (json!({"iss": "https://id.example/"}), Refusal::Issuer),
        (json!({"iss": "https://evil.example"}), Refusal::Issuer),
        (json!({"aud": "other"}), Refusal::Audience),
        (json!({"aud": []}), Refusal::Audience),
        (json!({"aud": several}), Refusal::Audience),
        (json!({"aud": several, "azp": "other"}), Refusal::Audience),
        (json!({"azp": "other"}), Refusal::Audience),
        (json!({"exp": NOW - 60}), Refusal::Expired),
        (json!({"exp": i64::MIN}), Refusal::Expired),
        (json!({"nbf": NOW + 61}), Refusal::NotYetValid),
        (json!({"iat": i64::MAX}), Refusal::NotYetValid),
        (json!({"exp": null}), Refusal::Malformed),
        (json!({"sub": ""}), Refusal::Malformed),
        (json!({"sub": "x".repeat(256)}), Refusal::Malformed),
        (json!({"name": "x".repeat(9_000)}), Refusal::Malformed),
    ] {
        assert_eq!(judged(&header(), &changes), Err(refusal), "{changes}");
    }
    for changes in [
        json!({"aud": several, "azp": "console"}),
        json!({"aud": ["console"]}),
        json!({"azp": "console"}),
        // A minute of skew.
        json!({"exp": NOW - 59}),
        json!({"nbf": NOW + 60, "iat": NOW + 60}),
    ] {
        assert!(judged(&header(), &changes).is_ok(), "{changes}");
    }
}

#[test]
fn only_a_known_key_and_an_accepted_algorithm_count() {
    for (header, refusal) in [
        (json!({"alg": "none", "kid": "a"}), Refusal::Algorithm),
        (json!({"alg": "es256", "kid": "a"}), Refusal::Algorithm),
        (json!({"alg": "HS256", "kid": "a"}), Refusal::Algorithm),
        (json!({"alg": "RS512", "kid": "rsa"}), Refusal::Algorithm),
        (json!({"alg": "ES256", "kid": "b"}), Refusal::UnknownKey),
        // The key is of another kind.
        (json!({"alg": "RS256", "kid": "a"}), Refusal::UnknownKey),
        (json!({"alg": "ES256", "kid": "rsa"}), Refusal::UnknownKey),
        (json!({"alg": "RS256", "kid": "rsa"}), Refusal::Signature),
        (json!({"alg": "ES256", "kid": "a", "crit": ["b64"]}), Refusal::Malformed),
        (json!({"kid": "a"}), Refusal::Malformed),
    ] {
        assert_eq!(judged(&header, &json!({})), Err(refusal), "{header}");
    }
    // It is the only key of its kind.
    assert!(judged(&json!({"alg": "ES256"}), &json!({})).is_ok());
}

#[test]
fn signatures_by_rsa_are_verified() {
    for token in [RS256, PS256] {
        let judge = |token: &str| {
            let token = Token::read(token, &expected(), at(NOW))?;
            token.verified(&keys(&[rsa()]))
        };
        let person = judge(token).expect("valid");
        assert_eq!(person.key, PersonKey::new("https://id.example", "5"));
        let (message, _) = token.rsplit_once('.').expect("a token");
        let (header, _) = message.split_once('.').expect("a token");
        let mut claims = claims();
        claims["sub"] = json!("6");
        let claims = BASE64_URL_SAFE_NO_PAD.encode(claims.to_string());
        let signature = token.rsplit('.').next().expect("a token");
        let forged = judge(&format!("{header}.{claims}.{signature}"));
        assert_eq!(forged, Err(Refusal::Signature));
    }
}

/// Everyone knows the public key, so a code made with it proves nothing.
#[test]
fn a_public_key_is_not_a_shared_secret() {
    let published = rsa().to_string();
    for alg in ["HS256", "RS256"] {
        let message = unsigned(&json!({"alg": alg, "kid": "rsa"}), &claims());
        let mut code = Hmac::<Sha256>::new_from_slice(published.as_bytes()).expect("any length");
        code.update(message.as_bytes());
        let code = BASE64_URL_SAFE_NO_PAD.encode(code.finalize().into_bytes());
        let token = format!("{message}.{code}");
        let judged = Token::read(&token, &expected(), at(NOW))
            .and_then(|token| token.verified(&keys(&[rsa()])));
        assert!(judged.is_err(), "{alg}");
    }
}

#[test]
fn anything_else_is_not_a_token() {
    for text in ["", "a", "a.b", "a.b.c", "..", "e30.e30.", "volley_1_2", "a.b.c.d.e"] {
        let refusal = Token::read(text, &expected(), at(NOW)).err();
        assert_eq!(refusal, Some(Refusal::Malformed), "{text}");
    }
    let token = unsigned(&json!({"alg": "none"}), &claims());
    let refusal = Token::read(&format!("{token}."), &expected(), at(NOW)).err();
    assert_eq!(refusal, Some(Refusal::Algorithm));
}
