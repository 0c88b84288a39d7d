//! Creating a message.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use reqwest::Url;

use crate::life::Outcome;
use crate::line::Line;
use crate::message::{Order, Provider};
use crate::world::World;
use crate::{errors, resource};

const MAX_BODY_LENGTH: usize = 1_600;
const MAX_VALIDITY_SECONDS: u32 = 36_000;

pub(super) async fn create(
    State(world): State<Arc<World>>,
    ConnectInfo(line): ConnectInfo<Line>,
    form: Bytes,
) -> Response {
    world.requests.fetch_add(1, Ordering::Relaxed);
    let order = match read(&form) {
        Ok(order) => order,
        Err(code) => return refuse(&world, code),
    };
    match world.submit(order, &line).await {
        Outcome::Accepted(index) => {
            let created = resource::created(world.store().get(index), &world.config.account_sid);
            (StatusCode::CREATED, Json(created)).into_response()
        }
        Outcome::Refused(code) => errors::answer(code),
        Outcome::Failed => errors::answer(20_500),
        Outcome::Page(status) => (status, errors::PAGE).into_response(),
    }
}

fn refuse(world: &World, code: u32) -> Response {
    world.count_refusal();
    errors::answer(code)
}

/// Reads the form, or returns the code of Twilio's refusal.
fn read(form: &[u8]) -> Result<Order, u32> {
    let get = |wanted: &str| {
        form_urlencoded::parse(form)
            .find(|(name, value)| name == wanted && !value.is_empty())
            .map(|(_, value)| value.into_owned())
    };
    let to = get("To").ok_or(21_604_u32)?;
    let (from, service) = (get("From"), get("MessagingServiceSid"));
    if from.is_none() && service.is_none() {
        return Err(21_603);
    }
    let body = get("Body").ok_or(21_602_u32)?;
    if body.chars().count() > MAX_BODY_LENGTH {
        return Err(21_617);
    }
    if !is_number(&to) {
        return Err(21_211);
    }
    let callback = get("StatusCallback");
    if callback.as_deref().is_some_and(|url| !is_web(url)) {
        return Err(21_609);
    }
    if let Some(validity) = get("ValidityPeriod")
        && !validity.parse().is_ok_and(|seconds| (1..=MAX_VALIDITY_SECONDS).contains(&seconds))
    {
        return Err(21_624);
    }
    Ok(Order { to, from, service, body, provider: Provider::Twilio { callback } })
}

fn is_number(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn is_web(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_twilio_refuses() {
        let long = format!("To=%2B14153550123&From=x&Body={}", "a".repeat(1_601));
        for (form, code) in [
            ("From=%2B1415&Body=a", 21_604),
            ("To=%2B14153550123&Body=a", 21_603),
            ("To=%2B14153550123&From=x", 21_602),
            ("To=%2B14153550123&From=x&Body=", 21_602),
            (&long, 21_617),
            ("To=4153550123&From=x&Body=a", 21_211),
            ("To=%2B14153550123&From=x&Body=a&StatusCallback=there", 21_609),
            ("To=%2B14153550123&From=x&Body=a&ValidityPeriod=0", 21_624),
        ] {
            assert_eq!(read(form.as_bytes()).map(|_| ()), Err(code), "{form}");
        }
        let order = read(b"To=%2B14153550123&MessagingServiceSid=MG1&Body=%C3%A9").unwrap();
        assert_eq!(order.body, "é");
        assert_eq!(order.service.as_deref(), Some("MG1"));
    }
}
