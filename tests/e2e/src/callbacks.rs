//! Callbacks that tests make up, signed as Twilio signs its own.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac};
use reqwest::Client;
use sha1::Sha1;

/// What an account signs of a form that is posted to a URL.
/// Source: Twilio, "Security: validating requests".
///
/// # Panics
/// Never: any token will do.
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

/// Posts a form that is signed with `token`, and answers with which status it was taken.
pub async fn call_back(token: &str, url: &str, form: &[(&str, &str)]) -> anyhow::Result<u16> {
    let request = Client::new().post(url).form(form);
    let request = request.header("x-twilio-signature", signature(token, url, form));
    Ok(request.send().await?.status().as_u16())
}
