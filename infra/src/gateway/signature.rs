//! Twilio's webhook signature.
//!
//! `X-Twilio-Signature` is the base64 of an HMAC-SHA1, keyed with the account's auth token, over
//! the exact public URL followed by each of the form's parameters, sorted, name and value. A JSON
//! body is vouched for by its hash in the URL's query, and then the URL alone is signed.
//! Source: <https://www.twilio.com/docs/usage/security>.

use std::collections::BTreeSet;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Whether `signature` is Twilio's for a JSON body that was posted to `url`.
#[must_use]
pub fn is_valid_for_json(auth_token: &str, url: &str, body: &[u8], signature: &str) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let told = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "bodySHA256");
    let own = Sha256::digest(body);
    let is_of_body = told.is_some_and(|(_, hash)| {
        let bytes = hash
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap_or_default(), 16).ok());
        bytes.collect::<Option<Vec<u8>>>().is_some_and(|hash| bool::from(own.ct_eq(&hash)))
    });
    is_of_body && is_valid(auth_token, url, &[], signature)
}

/// Whether `signature` is Twilio's for a form that was posted to `url`. The comparison takes the
/// same time wherever the two differ.
#[must_use]
pub fn is_valid(
    auth_token: &str,
    url: &str,
    parameters: &[(String, String)],
    signature: &str,
) -> bool {
    let Ok(signature) = BASE64_STANDARD.decode(signature) else {
        return false;
    };
    // Proxies add and remove the port: each form of the URL is as good.
    [url.to_owned(), with_port(url), without_port(url)].iter().any(|url| {
        mac(auth_token, url, parameters).is_some_and(|mac| mac.verify_slice(&signature).is_ok())
    })
}

fn mac(auth_token: &str, url: &str, parameters: &[(String, String)]) -> Option<Hmac<Sha1>> {
    let mut mac = Hmac::<Sha1>::new_from_slice(auth_token.as_bytes()).ok()?;
    mac.update(url.as_bytes());
    for (name, value) in parameters.iter().collect::<BTreeSet<_>>() {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    Some(mac)
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

    #[test]
    fn twilios_own_example_is_valid() {
        assert!(is_valid("12345", URL, &parameters(), SIGNATURE));
        let reversed: Vec<_> = parameters().into_iter().rev().collect();
        assert!(is_valid("12345", URL, &reversed, SIGNATURE));
    }

    #[test]
    fn anything_else_is_not() {
        let mut changed = parameters();
        changed[0].1.push('F');
        assert!(!is_valid("12345", URL, &changed, SIGNATURE));
        assert!(!is_valid("12346", URL, &parameters(), SIGNATURE));
        assert!(!is_valid("12345", "https://mycompany.com/", &parameters(), SIGNATURE));
        assert!(!is_valid("12345", URL, &parameters(), ""));
        assert!(!is_valid("12345", URL, &parameters(), "not base64!"));
    }

    /// The example in the tests of Twilio's own SDKs.
    #[test]
    fn a_json_body_is_vouched_for_by_its_hash() {
        let url = format!(
            "{URL}&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
        );
        let body = br#"{"property": "value", "boolean": true}"#;
        let is_valid = |token, url: &str, body: &[u8]| {
            is_valid_for_json(token, url, body, "a9nBmqA0ju/hNViExpshrM61xv4=")
        };
        assert!(is_valid("12345", &url, body));
        assert!(!is_valid("12346", &url, body));
        assert!(!is_valid("12345", &url, br#"{"property": "value", "boolean": false}"#));
        assert!(!is_valid("12345", URL, body));
    }

    #[test]
    fn a_port_that_a_proxy_added_does_not_count() {
        let port = "https://mycompany.com:8443/myapp.php?foo=1&bar=2";
        assert!(is_valid("12345", port, &parameters(), SIGNATURE));
    }
}
