//! Checking who sent a request, by Standard Webhooks (version 1, symmetric).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const PREFIX: &str = "whsec_";
/// The tolerance that Standard Webhooks recommends, in seconds, both ways.
const MAX_SKEW: u64 = 5 * 60;

/// The secret of a webhook, as the API shows it once.
pub(super) struct Secret(Vec<u8>);

impl Secret {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let encoded = text.trim().strip_prefix(PREFIX);
        let bytes = encoded.and_then(|encoded| BASE64_STANDARD.decode(encoded).ok());
        bytes.filter(|bytes| !bytes.is_empty()).map(Self).ok_or_else(|| {
            "the secret must be whsec_ and base64, as `volley webhooks create` printed it"
                .to_owned()
        })
    }

    fn mac(&self, id: &str, at: &str, body: &[u8]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC accepts keys of any length");
        mac.update(format!("{id}.{at}.").as_bytes());
        mac.update(body);
        mac
    }
}

/// What a request says about itself.
pub(super) struct Claims<'r> {
    pub(super) id: &'r str,
    /// Seconds since 1970, in text.
    pub(super) at: &'r str,
    /// Signatures separated by spaces, such as `v1,BASE64`.
    pub(super) signatures: &'r str,
}

/// Why a request is refused. `now` is in seconds since 1970.
pub(super) fn verify(
    secret: &Secret,
    claims: &Claims<'_>,
    body: &[u8],
    now: u64,
) -> Result<(), &'static str> {
    if claims.id.is_empty() || claims.signatures.is_empty() {
        return Err("it is not signed by Standard Webhooks");
    }
    let given = claims
        .signatures
        .split(' ')
        .filter_map(|signature| BASE64_STANDARD.decode(signature.strip_prefix("v1,")?).ok());
    // The comparison takes the same time for every wrong signature.
    let fits = |given: Vec<u8>| secret.mac(claims.id, claims.at, body).verify_slice(&given).is_ok();
    if !given.into_iter().any(fits) {
        return Err("no signature is by this secret");
    }
    match claims.at.parse::<u64>() {
        Ok(at) if at.abs_diff(now) <= MAX_SKEW => Ok(()),
        Ok(_) => Err("it was signed more than five minutes from now"),
        Err(_) => Err("its time is not a number"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's reference libraries.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: u64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn check(
        id: &str,
        at: &str,
        signatures: &str,
        body: &[u8],
        now: u64,
    ) -> Result<(), &'static str> {
        let secret = Secret::read(SECRET).unwrap();
        verify(&secret, &Claims { id, at, signatures }, body, now)
    }

    #[test]
    fn a_signed_request_is_accepted() {
        let at = AT.to_string();
        assert_eq!(check(ID, &at, SIGNATURE, BODY, AT + 299), Ok(()));
        // While a secret is rotated, there are two.
        let both = format!("v1,AAAA v1a,AAAA {SIGNATURE}");
        assert_eq!(check(ID, &at, &both, BODY, AT), Ok(()));
    }

    #[test]
    fn anything_else_is_refused() {
        let at = AT.to_string();
        for (id, signatures, body) in [
            (ID, SIGNATURE, &b"{}"[..]),
            ("other", SIGNATURE, BODY),
            (ID, "v1,AAAA", BODY),
            (ID, SIGNATURE.strip_prefix("v1,").unwrap(), BODY),
            (ID, "", BODY),
        ] {
            assert!(check(id, &at, signatures, body, AT).is_err(), "{id} {signatures}");
        }
        let later = (AT + 1).to_string();
        assert!(check(ID, &later, SIGNATURE, BODY, AT).is_err());
        assert!(check(ID, &at, SIGNATURE, BODY, AT + 301).is_err());
        assert!(check(ID, &at, SIGNATURE, BODY, AT - 301).is_err());
    }

    #[test]
    fn a_secret_has_a_prefix() {
        for text in ["", "MfKQ9r8G", "whsec_", "whsec_!"] {
            assert!(Secret::read(text).is_err(), "{text}");
        }
    }
}
