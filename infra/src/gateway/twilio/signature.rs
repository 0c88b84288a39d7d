//! Twilio's webhook signature.
//!
//! `X-Twilio-Signature` is the base64 of an HMAC over the exact public URL, followed by the name
//! and value of each form parameter, sorted. For a JSON body, the URL's query contains the body's
//! hash, and only the URL is signed. The key is the account's auth token with SHA-1 or, if
//! `X-Twilio-Webhooks-Signature-Settings` names an algorithm, a shared key with that one. Source:
//! <https://www.twilio.com/docs/usage/security> and
//! <https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys>.

use std::collections::BTreeSet;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Credentials;

/// The parts of a request that its signature covers.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// The public URL with its query, as the provider called it.
    pub url: &'a str,
    pub content: Content<'a>,
    pub signature: &'a str,
    /// `X-Twilio-Webhooks-Signature-Settings`, if the request has it.
    pub settings: Option<&'a str>,
}

#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    Form(&'a [(String, String)]),
    Json(&'a [u8]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    Sha1,
    Sha256,
}

impl Signed<'_> {
    /// Whether the holder of these credentials signed the request. Comparisons take constant time.
    #[must_use]
    pub fn is_by(&self, credentials: &Credentials) -> bool {
        let Ok(signature) = BASE64_STANDARD.decode(self.signature) else {
            return false;
        };
        let parameters = match self.content {
            Content::Form(parameters) => parameters,
            Content::Json(body) if is_vouched_for(self.url, body) => &[],
            Content::Json(_) => return false,
        };
        // Proxies add and remove the port, so any form of the URL may have been signed.
        let urls = [self.url.to_owned(), with_port(self.url), without_port(self.url)];
        let is_valid = |key: &String, algorithm| {
            urls.iter().any(|url| verify(algorithm, key, url, parameters, &signature))
        };
        match self.settings {
            Some(settings) => algorithm(settings).is_some_and(|algorithm| {
                credentials.signing_keys.iter().any(|key| is_valid(key, algorithm))
            }),
            // During a rotation, both tokens are valid.
            None => [Some(&credentials.auth_token), credentials.previous_auth_token.as_ref()]
                .into_iter()
                .flatten()
                .any(|token| is_valid(token, Algorithm::Sha1)),
        }
    }
}

/// The algorithm in settings such as `key=...,algorithm=HMAC_SHA256`. The default is SHA-1, as in
/// Twilio's own SDKs.
fn algorithm(settings: &str) -> Option<Algorithm> {
    let mut pairs = settings.split(',').filter_map(|pair| pair.split_once('='));
    let named = pairs.find(|(name, value)| name.trim() == "algorithm" && !value.trim().is_empty());
    match named.map_or("HMAC_SHA1", |(_, value)| value.trim()) {
        "HMAC_SHA1" => Some(Algorithm::Sha1),
        "HMAC_SHA256" => Some(Algorithm::Sha256),
        _ => None,
    }
}

/// Whether the URL's query contains the body's hash.
fn is_vouched_for(url: &str, body: &[u8]) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let told = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "bodySHA256");
    let own = Sha256::digest(body);
    told.is_some_and(|(_, hash)| {
        let bytes = hash
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap_or_default(), 16).ok());
        bytes.collect::<Option<Vec<u8>>>().is_some_and(|hash| bool::from(own.ct_eq(&hash)))
    })
}

fn verify(
    algorithm: Algorithm,
    key: &str,
    url: &str,
    parameters: &[(String, String)],
    signature: &[u8],
) -> bool {
    // An empty key was never set: anyone could sign with it.
    !key.is_empty()
        && match algorithm {
            Algorithm::Sha1 => is_mac::<Hmac<Sha1>>(key, url, parameters, signature),
            Algorithm::Sha256 => is_mac::<Hmac<Sha256>>(key, url, parameters, signature),
        }
}

fn is_mac<M: Mac + KeyInit>(
    key: &str,
    url: &str,
    parameters: &[(String, String)],
    signature: &[u8],
) -> bool {
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key.as_bytes()) else {
        return false;
    };
    mac.update(url.as_bytes());
    for (name, value) in parameters.iter().collect::<BTreeSet<_>>() {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    mac.verify_slice(signature).is_ok()
}

/// The URL's scheme, host and the rest.
fn split(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    Some((scheme, &rest[..end], &rest[end..]))
}

fn with_port(url: &str) -> String {
    match split(url) {
        Some((scheme, host, rest)) if !host.contains(':') => {
            let port = if scheme == "https" { 443 } else { 80 };
            format!("{scheme}://{host}:{port}{rest}")
        }
        _ => url.to_owned(),
    }
}

fn without_port(url: &str) -> String {
    match split(url) {
        Some((scheme, host, rest)) => {
            let host = host.split(':').next().unwrap_or(host);
            format!("{scheme}://{host}{rest}")
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
    const SIGNATURE: &str = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";

    fn parameters() -> Vec<(String, String)> {
        [
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675309"),
            ("Digits", "1234"),
            ("From", "+14158675309"),
            ("To", "+18005551212"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    fn credentials(token: &str) -> Credentials {
        Credentials {
            auth_token: token.to_owned(),
            previous_auth_token: None,
            signing_keys: vec!["shared".to_owned(), "12345".to_owned()],
        }
    }

    fn is_by(token: &str, url: &str, content: Content<'_>, signature: &str) -> bool {
        Signed { url, content, signature, settings: None }.is_by(&credentials(token))
    }

    #[test]
    fn twilios_own_example_is_valid() {
        let reversed: Vec<_> = parameters().into_iter().rev().collect();
        for parameters in [parameters(), reversed] {
            assert!(is_by("12345", URL, Content::Form(&parameters), SIGNATURE));
        }
    }

    #[test]
    fn anything_else_is_not() {
        let mut changed = parameters();
        changed[0].1.push('F');
        let (form, changed) = (parameters(), Content::Form(&changed));
        let form = Content::Form(&form);
        assert!(!is_by("12345", URL, changed, SIGNATURE));
        assert!(!is_by("12346", URL, form, SIGNATURE));
        assert!(!is_by("", URL, form, SIGNATURE));
        assert!(!is_by("12345", "https://mycompany.com/", form, SIGNATURE));
        assert!(!is_by("12345", URL, form, ""));
        assert!(!is_by("12345", URL, form, "not base64!"));
    }

    #[test]
    fn the_token_before_is_good_while_it_is_rotated() {
        let rotated =
            Credentials { previous_auth_token: Some("12345".to_owned()), ..credentials("new") };
        let form = parameters();
        let content = Content::Form(&form);
        let signed = Signed { url: URL, content, signature: SIGNATURE, settings: None };
        assert!(signed.is_by(&rotated));
    }

    /// The example in the tests of Twilio's own SDKs.
    #[test]
    fn a_json_body_is_vouched_for_by_its_hash() {
        let url = format!(
            "{URL}&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
        );
        let body = br#"{"property": "value", "boolean": true}"#;
        let is_by = |token, url: &str, body: &[u8]| {
            is_by(token, url, Content::Json(body), "a9nBmqA0ju/hNViExpshrM61xv4=")
        };
        assert!(is_by("12345", &url, body));
        assert!(!is_by("12346", &url, body));
        assert!(!is_by("12345", &url, br#"{"property": "value", "boolean": false}"#));
        assert!(!is_by("12345", URL, body));
    }

    #[test]
    fn a_port_that_a_proxy_added_does_not_count() {
        let port = "https://mycompany.com:8443/myapp.php?foo=1&bar=2";
        let form = parameters();
        assert!(is_by("12345", port, Content::Form(&form), SIGNATURE));
    }

    /// With SHA-1, a shared key signs like a token. With other algorithms, the example doesn't
    /// match.
    #[test]
    fn a_shared_key_signs_with_the_algorithm_that_is_named() {
        let form = parameters();
        let is_by = |settings| {
            let content = Content::Form(&form);
            let signed =
                Signed { url: URL, content, signature: SIGNATURE, settings: Some(settings) };
            signed.is_by(&credentials("other"))
        };
        for settings in ["key=K1,algorithm=HMAC_SHA1", "key=K1", "algorithm=, key=K1", ""] {
            assert!(is_by(settings), "{settings}");
        }
        for settings in ["key=K1,algorithm=HMAC_SHA256", "algorithm=HMAC_MD5"] {
            assert!(!is_by(settings), "{settings}");
        }
    }
}
