//! Callbacks that tests forge, signed the way Twilio signs its own.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Client;
use sha1::Sha1;

/// The signature of a form posted to `url`, made with an account's token. Source: Twilio,
/// "Security: validating requests".
///
/// # Panics
/// Never: HMAC accepts keys of any length.
#[must_use]
pub fn signature(token: &str, url: &str, form: &[(&str, &str)]) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(token.as_bytes()) else {
        unreachable!("any token will do")
    };
    mac.update(url.as_bytes());
    let mut form = form.to_vec();
    form.sort_unstable();
    for (name, value) in form {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

/// Posts a form signed with `token` and returns the response's status.
pub async fn call_back(token: &str, url: &str, form: &[(&str, &str)]) -> anyhow::Result<u16> {
    let request = Client::new().post(url).form(form);
    let request = request.header("x-twilio-signature", signature(token, url, form));
    Ok(request.send().await?.status().as_u16())
}
