//! Keys and tokens of the tests.

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;

use super::*;

/// A key pair on P-256.
pub(in crate::identity) struct Signer(EcdsaKeyPair);

impl Signer {
    pub(in crate::identity) fn new() -> Self {
        let random = SystemRandom::new();
        let curve = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(curve, &random).expect("a key pair");
        Self(EcdsaKeyPair::from_pkcs8(curve, document.as_ref(), &random).expect("a key pair"))
    }

    pub(in crate::identity) fn public(&self, id: &str) -> Value {
        let (x, y) = self.0.public_key().as_ref()[1..].split_at(32);
        let [x, y] = [x, y].map(|bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes));
        json!({"kid": id, "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "x": x, "y": y})
    }

    pub(in crate::identity) fn token(&self, header: &Value, claims: &Value) -> String {
        let message = unsigned(header, claims);
        let signature = self.0.sign(&SystemRandom::new(), message.as_bytes()).expect("signed");
        format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }
}

/// The part of a token that is signed.
pub(in crate::identity) fn unsigned(header: &Value, claims: &Value) -> String {
    let [header, claims] =
        [header, claims].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part.to_string()));
    format!("{header}.{claims}")
}

pub(in crate::identity) fn keys(published: &[Value]) -> Vec<PublicKey> {
    read(&json!({"keys": published}).to_string())
}

/// A key that Node.js made, and two tokens for the subject 5 that it signed until 2100.
pub(in crate::identity) fn rsa() -> Value {
    json!({"kid": "rsa", "kty": "RSA", "n": N, "e": "AQAB"})
}

const N: &str = "r99s5HpY6pfI0mAG76zULYdvrlsyrIIo-fjh1YmWLLXQB8_sDMPX4B_B9HFZayWk97vfYcM6sqBgOkj1efFlt_Ad\
    u_7uwUXU4fOAmLgoCiuBErMv8RfWErrLo9ICKJ7zmQnlZP92GGg0VnhfUpBfTINVl2wBhC-_x9qBCPgcpymc_fhO\
    6_JubeZ6-VeKyA7L9WRAsBDOzt7dtS1Wr8G0HAg9CdDvdKI73gt3PDAYivLelUjm9y0zi-jPDs0xWwMceKVRKJDR\
    Knv7CldHrLJUvnL24czll-MeY0qxE64ELL1PfV_eUNF4IIQwsUAzx6jdNKKmKLArxi3xXu7-L9LXiw";
pub(in crate::identity) const RS256: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzdWIiOiI1Iiw\
    iYXVkIjoiY29uc29sZSIsImV4cCI6NDEwMjQ0NDgwMH0.BJZu7we-O6KVXoRXjgeWCoPQEHkuX7VmTxFmb56lFYR\
    jM_iLhHhGxuMyjzRGT57obGj23_hxhGGT38WsFxEX7q3gmMiq8176HLKtyetQY0xyGp9jHanPORh4G6T0iWdg53d\
    7pRPkR5hrCI8qYaiqQgWCnrBkoOZ_vaUBPed38tWhS4V2eqD9Lkrw6ZqlrJGjAQ8XOMgvqyM209RTOdtLuSDbncF\
    M9-w4XkCBJkNR5HadNH87ES-719hLxSk3yTX59Smkx50u7XAveFIS8iq7zHDpo0wXwKk4dsHwEafdrDfWaJcWQsP\
    xlOJ6NiSnIMasYPJZw3ne_39m2gRkEzBEvQ";
pub(in crate::identity) const PS256: &str = "eyJhbGciOiJQUzI1NiIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzdWIiOiI1Iiw\
    iYXVkIjoiY29uc29sZSIsImV4cCI6NDEwMjQ0NDgwMH0.QbouCpp_Lx6BX46ZoDsBKT0lcgJJjTAoOglF5SVFf2r\
    q2Y_i5qS-VerH8gZMjoMhNy3vhNbg3SDjZqf7iLxkbyGie81yQw1jCcbyVs3nyVBrZ_XrWnOUJ-j_Ewzp-ZZkDrk\
    kqA1X5Ea6tkdtY37J74_wIPPYHdZ2Xr3UYY9YgLNJZu36ONktjmuFcYlAlQapRU9xX2TadO8I7g8kANfJ1LNsm3i\
    CUGshNaySyTX_KEIKGEC_xeeRVwMt1DpIdfxLUDt4Ujp0eah0qkrJmVYPAGkCJ3w3sW4aE5hTZpKFuCjvb0sVUFc\
    gizFFCVMC73ThcB94hJITOoIfqRKB6vedMg";

fn at(seconds: i64) -> Timestamp {
    Timestamp::EPOCH.plus_seconds(seconds)
}

fn document(id: &str) -> String {
    json!({"keys": [Signer::new().public(id)]}).to_string()
}

#[test]
fn only_keys_for_accepted_signatures_are_read() {
    let good = Signer::new().public("a");
    let with = |name: &str, value: &str| {
        let mut key = good.clone();
        key[name] = json!(value);
        key
    };
    assert_eq!(keys(&[good.clone(), rsa()]).len(), 2);
    for bad in [
        json!("x"),
        json!({"kty": "oct", "k": "c2VjcmV0", "kid": "a"}),
        json!({"kty": "RSA", "kid": "a", "n": "AQAB"}),
        with("use", "enc"),
        with("alg", "ECDH-ES"),
        with("crv", "P-384"),
        with("x", "!"),
    ] {
        assert_eq!(keys(&[bad.clone(), good.clone()]).len(), 1, "{bad}");
    }
    assert!(read("[]").is_empty() && read("").is_empty());
}

#[test]
fn unknown_keys_are_fetched_once_a_minute() {
    let mut set = KeySet::default();
    assert_eq!(set.next(Some("a"), at(0)), Next::Fetch);
    set.renew(&document("a"), at(0));
    assert_eq!(set.next(Some("a"), at(1)), Next::Use);
    assert_eq!(set.next(None, at(1)), Next::Use);
    assert_eq!(set.next(Some("b"), at(59)), Next::Use);
    assert_eq!(set.next(Some("b"), at(60)), Next::Fetch);
    set.renew(&document("a"), at(60));
    assert_eq!(set.next(Some("b"), at(119)), Next::Use);
    assert_eq!(set.next(Some("b"), at(120)), Next::Fetch);
}

#[test]
fn keys_are_renewed_and_outlive_an_outage() {
    let mut set = KeySet::default();
    set.missed(at(0));
    assert!(set.known(at(0)).is_none());
    assert_eq!(set.next(Some("a"), at(4)), Next::Use);
    assert_eq!(set.next(Some("a"), at(5)), Next::Fetch);
    set.renew(&document("a"), at(5));
    let old = at(5 + FRESH_SECONDS);
    assert_eq!(set.next(Some("a"), old), Next::Fetch);
    set.missed(old);
    assert_eq!(set.next(Some("a"), old.plus_seconds(59)), Next::Use);
    set.renew("{\"keys\": []}", old.plus_seconds(60));
    assert_eq!(set.known(old.plus_seconds(60)).map(<[_]>::len), Some(1));
    assert!(set.known(at(5 + MAX_AGE_SECONDS)).is_none());
}
