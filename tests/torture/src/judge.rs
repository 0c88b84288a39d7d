//! What must hold after a run.

use std::collections::{BTreeMap, BTreeSet};

use local::balance::{STATUSES, skipped};
use local::books::Books;
use serde_json::Value;

use crate::client::Insistent;
use crate::expected::{Erased, Expected};

#[derive(Debug)]
pub enum Verdict {
    Good,
    /// Good, except that the provider has this number of messages whose status is unknown.
    Unknown(u64),
    /// It may still become good, and has to.
    Open(String),
    /// Nothing can make it good.
    Broken(String),
}

macro_rules! broken {
    ($($told:tt)*) => { return Ok(Verdict::Broken(format!($($told)*))) };
}
macro_rules! open {
    ($($told:tt)*) => { return Ok(Verdict::Open(format!($($told)*))) };
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

/// Judges a campaign that was sent.
pub async fn judge(
    api: &Insistent,
    books: &Books,
    path: &str,
    expected: &Expected,
) -> anyhow::Result<Verdict> {
    let campaign = api.get(path).await?;
    let (audience, counts) = (&campaign["audience"], &campaign["counts"]);
    if !["done", "stopped"].contains(&campaign["dispatch"].as_str().unwrap_or_default()) {
        open!("it is under way: {campaign}");
    }
    let is_cut_short = is_cut_short(&campaign, expected);
    if (audience["complete"] != true && !is_cut_short) || !counts["total"].is_u64() {
        open!("it is not counted: {campaign}");
    }
    let skipped: u64 = skipped(&campaign).values().sum();
    let (contacts, recipients) = (number(&audience["contacts"]), number(&audience["recipients"]));
    if contacts != recipients + skipped {
        broken!("the first balance does not hold: {campaign}");
    }
    let gone = expected.erased.as_ref().map_or(0, |erased| erased.contacts);
    let least = if is_cut_short { 0 } else { expected.contacts.saturating_sub(gone) };
    if !(least..=expected.contacts).contains(&contacts) {
        broken!("there were {} contacts: {campaign}", expected.contacts);
    }
    let counted = STATUSES.map(|status| number(&counts[status]));
    if counted.iter().sum::<u64>() != recipients || number(&counts["total"]) != recipients {
        broken!("the second balance does not hold: {campaign}");
    }
    if counted[0] > 0 {
        open!("messages are pending: {campaign}");
    }
    let (listed, verdict) = messages(api, books, path, &campaign, expected).await?;
    if matches!(verdict, Verdict::Good | Verdict::Unknown(_)) && listed != counted {
        open!("it is {listed:?}, and was counted as {counted:?}");
    }
    Ok(verdict)
}

/// Whether the campaign was stopped because its audience could not be read to the end.
fn is_cut_short(campaign: &Value, expected: &Expected) -> bool {
    expected.may_stop
        && campaign["dispatch"] == "stopped"
        && campaign["reason"] == "poisoned"
        && campaign["audience"]["complete"] == false
}

/// Judges a campaign after the clocks were moved ahead by hours. Its next polls are hours away, so
/// it may not have been counted, and lost receipts have not been looked up yet. Who got which text
/// is known anyway.
pub async fn judge_early(
    api: &Insistent,
    books: &Books,
    path: &str,
    expected: &Expected,
) -> anyhow::Result<Verdict> {
    let campaign = api.get(path).await?;
    if campaign["reason"] == "missed_schedule" {
        return no_one(books, expected).await;
    }
    let dispatch = campaign["dispatch"].as_str().unwrap_or_default();
    if !["done", "stopped"].contains(&dispatch) || campaign["audience"]["complete"] != true {
        open!("it is under way: {campaign}");
    }
    let (listed, verdict) = messages(api, books, path, &campaign, expected).await?;
    Ok(match verdict {
        Verdict::Open(told) if listed[0] > 0 => Verdict::Open(told),
        Verdict::Open(_) | Verdict::Unknown(_) => Verdict::Good,
        verdict @ (Verdict::Good | Verdict::Broken(_)) => verdict,
    })
}

/// Checks that a campaign has texted no one. If the hours pass between its schedule and its start, it
/// is rightly canceled.
async fn no_one(books: &Books, expected: &Expected) -> anyhow::Result<Verdict> {
    for phone in &expected.audience {
        let got = books.statuses(phone, &expected.body).await?;
        if !got.is_empty() && !expected.tested.contains(phone) {
            broken!("{phone} got a text of a campaign that missed its schedule");
        }
    }
    Ok(Verdict::Good)
}

/// Judges a campaign's messages. Returns the number of messages by status.
async fn messages(
    api: &Insistent,
    books: &Books,
    path: &str,
    campaign: &Value,
    expected: &Expected,
) -> anyhow::Result<([u64; 5], Verdict)> {
    let recipients = number(&campaign["audience"]["recipients"]);
    let messages = api.list(&format!("{path}/messages")).await?;
    let listed =
        STATUSES.map(|status| messages.iter().filter(|m| m["status"] == status).count() as u64);
    let broken = |told: String| Ok((listed, Verdict::Broken(told)));
    if listed.iter().sum::<u64>() != recipients {
        return broken(format!("{listed:?} messages are listed: {campaign}"));
    }
    let mut by_phone = BTreeMap::<&str, &Value>::new();
    let mut of_erased = None;
    for message in &messages {
        let earlier = match message["to"].as_str() {
            Some(to) => by_phone.insert(to, message),
            None => of_erased.replace(message),
        };
        if earlier.is_some() {
            return broken(format!("two messages are to the same phone: {message}"));
        }
    }
    if let Some(told) = forgotten(books, &by_phone, of_erased, expected).await? {
        return broken(told);
    }
    if let Some(told) = whom(&by_phone, expected, is_cut_short(campaign, expected)) {
        return broken(told);
    }
    Ok((listed, texts(books, &by_phone, expected).await?))
}

/// Checks that nothing says who an erased person was, and that no one has texted them since.
async fn forgotten(
    books: &Books,
    by_phone: &BTreeMap<&str, &Value>,
    message: Option<&Value>,
    expected: &Expected,
) -> anyhow::Result<Option<String>> {
    let Some(Erased { phone, texts, .. }) = &expected.erased else {
        return Ok(message.map(|message| format!("no one was erased: {message}")));
    };
    let got = books.statuses(phone, &expected.body).await?.len();
    let most = usize::from(message.is_some_and(|it| it["errorReason"] != "erased"));
    Ok(if by_phone.contains_key(phone.as_str()) {
        Some(format!("{phone} was erased and has a message"))
    } else if texts.is_some_and(|texts| got > texts) || got > most {
        Some(format!("{phone} was erased and got {got} texts of {texts:?}: {message:?}"))
    } else {
        None
    })
}

/// Checks that everyone who must have a message has one, and no one else does.
fn whom(
    by_phone: &BTreeMap<&str, &Value>,
    expected: &Expected,
    is_cut_short: bool,
) -> Option<String> {
    let Expected { audience, either, unsubscribed, maybe, .. } = expected;
    for phone in audience {
        if !by_phone.contains_key(phone.as_str()) && !is_cut_short {
            return Some(format!("{phone} was skipped"));
        }
    }
    for (old, new) in either {
        let has = [old, new].map(|phone| by_phone.contains_key(phone.as_str()));
        if has == [true, true] || (has == [false, false] && !is_cut_short) {
            return Some(format!("{old}, edited to {new}: {has:?} have messages"));
        }
    }
    for phone in by_phone.keys() {
        if unsubscribed.contains(*phone) {
            return Some(format!("{phone} had unsubscribed and is a recipient"));
        }
        let is_either = |(old, new): &(String, String)| old == phone || new == phone;
        let is_known = audience.contains(*phone) || maybe.contains(*phone);
        if !is_known && !either.iter().any(is_either) {
            return Some(format!("{phone} is a recipient, but of no contact"));
        }
    }
    None
}

/// Explains why a failed message that was never sent should have been sent. An outage is not an
/// excuse: a recipient who certainly was not texted waits until it ends.
fn dropped(phone: &str, message: &Value, expected: &Expected) -> Option<String> {
    if message["status"] != "failed" {
        return None;
    }
    let Expected { either, unsubscribed, maybe, fates, may_stop, .. } = expected;
    let fate = fates.get(phone).copied().unwrap_or_default();
    let is_right = match message["errorReason"].as_str().unwrap_or_default() {
        "unsubscribed" => {
            fate == "refused-21610" || unsubscribed.contains(phone) || maybe.contains(phone)
        }
        "invalid_number" => fate == "refused-21211",
        "stopped" => *may_stop,
        _ => false,
    };
    let is_edited = either.iter().any(|(old, new)| old == phone || new == phone);
    (!is_right).then(|| format!("{phone} was dropped (edited: {is_edited}): {message}"))
}

/// Compares what Volley reports about each message with the provider's records.
async fn texts(
    books: &Books,
    by_phone: &BTreeMap<&str, &Value>,
    expected: &Expected,
) -> anyhow::Result<Verdict> {
    let Expected { either, unsubscribed, maybe, tested, .. } = expected;
    let others = either.iter().flat_map(|(old, new)| [old, new]).chain(unsubscribed).chain(maybe);
    let others: BTreeSet<&str> = others.chain(tested).map(String::as_str).collect();
    let mut phones: BTreeSet<&str> = by_phone.keys().copied().chain(others).collect();
    if let Some(erased) = &expected.erased {
        phones.remove(erased.phone.as_str());
    }
    let (mut open, mut unknown) = (None, 0);
    for phone in phones {
        let mut got = books.statuses(phone, &expected.body).await?;
        // The newest come first.
        let earlier = expected.earlier.get(phone).copied().unwrap_or_default();
        got.truncate(got.len().saturating_sub(earlier));
        let most = usize::from(by_phone.contains_key(phone) || tested.contains(phone));
        if got.len() > most {
            broken!("{phone} got {} texts, and {most} at most was right", got.len());
        }
        let Some(message) = by_phone.get(phone) else { continue };
        if expected.is_held_back && !got.is_empty() {
            broken!("{phone} got a text of a campaign that went over its limits");
        }
        if got.is_empty()
            && let Some(told) = dropped(phone, message, expected)
        {
            broken!("{told}");
        }
        let ended = got.first().map(String::as_str);
        let is_true = match message["status"].as_str().unwrap_or_default() {
            "delivered" => ended == Some("delivered"),
            "failed" => matches!(ended, None | Some("undelivered" | "failed")),
            // A receipt may be on its way, or was lost and will be looked up later.
            "sent" => ended.is_some_and(|ended| ended == "sent" || ended == "queued"),
            "unknown" => {
                unknown += u64::from(ended.is_some());
                true
            }
            _ => false,
        };
        if !is_true {
            let told = format!("the provider has {ended:?} of {message}");
            if ["delivered", "failed"].contains(&message["status"].as_str().unwrap_or_default())
                && ended.is_none_or(|ended| ended != "sent" && ended != "queued")
            {
                broken!("{told}");
            }
            open = Some(told);
        }
    }
    Ok(match (open, unknown) {
        (Some(told), _) => Verdict::Open(told),
        (None, 0) => Verdict::Good,
        (None, count) => Verdict::Unknown(count),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_a_person_or_the_provider_decided_fails_a_message() {
        let (phone, other) = ("+12135550100", "+12135550101");
        let mut expected = Expected::default();
        expected.fates.insert(phone.to_owned(), "refused-21211");
        let failed = |reason: &str| json!({"status": "failed", "errorReason": reason});
        let is_dropped = |phone: &str, reason: &str, expected: &Expected| {
            dropped(phone, &failed(reason), expected).is_some()
        };
        assert!(!is_dropped(phone, "invalid_number", &expected));
        assert!(is_dropped(other, "invalid_number", &expected));
        for reason in ["provider_error", "stopped", "unsubscribed", "expired", "other"] {
            assert!(is_dropped(phone, reason, &expected), "{reason}");
        }
        assert!(dropped(phone, &json!({"status": "unknown"}), &expected).is_none());
        expected.may_stop = true;
        expected.maybe.insert(other.to_owned());
        assert!(!is_dropped(phone, "stopped", &expected));
        assert!(!is_dropped(other, "unsubscribed", &expected));
    }
}
