//! Trace IDs: which request a piece of work goes back to.
//!
//! A trace begins with a request of the API and travels with the work that it starts: in every job, in
//! the callback address of every message and in every receipt. It is for logs only. No decision
//! depends on it, so work without one, or with a malformed one, is done like any other.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A trace ID as W3C Trace Context defines it: 16 bytes that are not all zero, written as 32
/// lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TraceId(u128);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 32 lower-case hexadecimal digits that are not all zero")]
pub struct InvalidTraceId;

impl TraceId {
    /// A new trace ID from random bytes.
    #[must_use]
    pub fn new(random: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(random).max(1))
    }

    /// Reads the trace ID of a `traceparent` header, such as
    /// `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`.
    ///
    /// Source: <https://www.w3.org/TR/trace-context/#traceparent-header>
    #[must_use]
    pub fn from_traceparent(header: &str) -> Option<Self> {
        let mut fields = header.trim().split('-');
        let version = fields.next().filter(|it| is_hex(it, 2) && *it != "ff")?;
        let trace = fields.next()?.parse().ok()?;
        let is_valid = is_hex(fields.next()?, 16) && is_hex(fields.next()?, 2);
        // Later versions may have more fields.
        let is_complete = version != "00" || fields.next().is_none();
        (is_valid && is_complete).then_some(trace)
    }

    /// Reads the root of an `X-Amzn-Trace-Id` header, such as
    /// `Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1`. Without its dashes it is a trace ID.
    ///
    /// Source: <https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader>
    #[must_use]
    pub fn from_xray(header: &str) -> Option<Self> {
        let root = header.split(';').find_map(|field| field.trim().strip_prefix("Root=1-"))?;
        let (seconds, random) = root.split_once('-')?;
        if !is_hex(seconds, 8) {
            return None;
        }
        format!("{seconds}{random}").parse().ok()
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for TraceId {
    type Err = InvalidTraceId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let id = is_hex(text, 32).then(|| u128::from_str_radix(text, 16).ok()).flatten();
        id.filter(|id| *id != 0).map(Self).ok_or(InvalidTraceId)
    }
}

impl Serialize for TraceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads the trace ID of a payload. A malformed one counts as none, because work must not be lost
/// over it.
pub fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<TraceId>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Other(serde::de::IgnoredAny),
    }
    Ok(match Written::deserialize(deserializer)? {
        Written::Text(text) => text.parse().ok(),
        Written::Other(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    #[test]
    fn an_id_is_read_as_it_is_written() {
        let id = TraceId::new([7; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().len(), 32);
        assert_eq!(TraceId::new([0; 16]).to_string().parse(), Ok(TraceId(1)));
        for invalid in ["", "0", &"0".repeat(32), &ID.to_uppercase(), &format!("{ID}0"), "+1"] {
            assert_eq!(invalid.parse::<TraceId>(), Err(InvalidTraceId), "{invalid}");
        }
    }

    #[test]
    fn a_traceparent_has_a_trace() {
        let read = |header: &str| TraceId::from_traceparent(header).map(|id| id.to_string());
        for header in [
            format!("00-{ID}-00f067aa0ba902b7-01"),
            format!(" 00-{ID}-00f067aa0ba902b7-00 "),
            format!("cc-{ID}-00f067aa0ba902b7-01-what-the-future-will-be-like"),
        ] {
            assert_eq!(read(&header).as_deref(), Some(ID), "{header}");
        }
        for header in [
            String::new(),
            ID.to_owned(),
            format!("ff-{ID}-00f067aa0ba902b7-01"),
            format!("00-{ID}-00f067aa0ba902b7"),
            format!("00-{ID}-00f067aa0ba902b7-01-more"),
            format!("00-{ID}-short-01"),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{}-00f067aa0ba902b7-01", ID.to_uppercase()),
        ] {
            assert_eq!(read(&header), None, "{header}");
        }
    }

    #[test]
    fn the_root_of_amazons_header_is_a_trace() {
        let read = |header: &str| TraceId::from_xray(header).map(|id| id.to_string());
        let expected = Some("5759e988bd862e3fe1be46a994272793");
        for header in [
            "Root=1-5759e988-bd862e3fe1be46a994272793",
            "Self=1-67891234-12456789abcdef012345678; Root=1-5759e988-bd862e3fe1be46a994272793",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
        ] {
            assert_eq!(read(header).as_deref(), expected, "{header}");
        }
        for header in ["", "Root=1-5759e988", "Root=1-5759e98-abd862e3fe1be46a994272793", "Root=2-"]
        {
            assert_eq!(read(header), None, "{header}");
        }
    }
}
