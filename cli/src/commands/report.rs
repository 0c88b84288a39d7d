//! The results of campaigns: one campaign's report, and an organization's over a period.

pub(crate) mod balance;
mod campaign;
mod labels;
mod organization;

pub(crate) use campaign::{Report, section};
pub(crate) use organization::Period;

use serde_json::Value;

use super::Context;
use crate::api::{count, text};

/// A part as a percentage, always with what it is a part of.
fn share(part: u64, whole: u64, of: &str) -> String {
    if whole == 0 {
        return format!("none {of}");
    }
    // Counts are far below 2^53.
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let percent = 100.0 * part as f64 / whole as f64;
    format!("{percent:.1} % ({part} of {whole} {of})")
}

/// The delivery rate of anything that has one.
fn delivered(of: &Value) -> String {
    let of = &of["delivery"];
    share(count(&of["delivered"]), count(&of["accepted"]), "accepted")
}

/// What accepted messages cost; empty without a price list.
fn price(price: &Value) -> String {
    if !price.is_object() {
        return String::new();
    }
    let cost = format!("{} {}", text(&price["amount"]), text(&price["currency"]));
    match count(&price["unpricedMessages"]) {
        0 => cost,
        unpriced => format!("{cost}, without {unpriced} messages to countries that have no price"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rate_names_what_it_is_a_part_of() {
        assert_eq!(share(27, 28, "accepted"), "96.4 % (27 of 28 accepted)");
        assert_eq!(share(0, 0, "accepted"), "none accepted");
        let sum = json!({"delivery": {"delivered": 1, "accepted": 2, "rate": 0.5}});
        assert_eq!(delivered(&sum), "50.0 % (1 of 2 accepted)");
        let cost = json!({"amount": "12.64", "currency": "USD", "unpricedMessages": 3});
        assert_eq!(price(&cost), "12.64 USD, without 3 messages to countries that have no price");
        assert_eq!(price(&Value::Null), "");
    }
}
