//! Contacts, and where a contact was at which time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{ContactId, OrganizationId};
use crate::import::Imported;
use crate::phone::Phone;
use crate::shard::shard_of;
use crate::text::email::{InvalidEmail, email};
use crate::text::{self, InvalidText};
use crate::time::Timestamp;

/// The maximum length of a first or last name, or of an attribute's name, in characters.
const FIELD_LONGEST: usize = 200;
pub const MAX_ATTRIBUTES: usize = 20;
/// The maximum size of all attributes, names and values, in bytes.
pub const MAX_ATTRIBUTE_BYTES: usize = 2_048;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    pub id: ContactId,
    pub organization_id: OrganizationId,
    pub profile: Profile,
    /// Present if an import created it.
    pub imported: Option<Imported>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What a person entered about a contact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    pub phone: Option<Phone>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email: Option<String>,
    pub attributes: BTreeMap<String, String>,
}

/// The field of a profile that was refused, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct InvalidProfile {
    /// The field's name in the API.
    pub field: &'static str,
    pub reason: String,
}

impl Profile {
    /// The profile with its strings trimmed and blank ones removed.
    pub fn checked(self) -> Result<Self, InvalidProfile> {
        let attributes = checked_attributes(self.attributes)
            .map_err(|reason| InvalidProfile { field: "attributes", reason })?;
        Ok(Self {
            phone: self.phone,
            first_name: optional("firstName", self.first_name.as_deref())?,
            last_name: optional("lastName", self.last_name.as_deref())?,
            email: checked_email(self.email.as_deref())?,
            attributes,
        })
    }
}

fn optional(field: &'static str, value: Option<&str>) -> Result<Option<String>, InvalidProfile> {
    match value.map(|value| text::name(value, FIELD_LONGEST)) {
        None | Some(Err(InvalidText::Blank)) => Ok(None),
        Some(Ok(value)) => Ok(Some(value)),
        Some(Err(error)) => Err(InvalidProfile { field, reason: error.to_string() }),
    }
}

fn checked_email(written: Option<&str>) -> Result<Option<String>, InvalidProfile> {
    let written = written.filter(|written| !written.trim().is_empty());
    let refuse = |error: InvalidEmail| InvalidProfile { field: "email", reason: error.to_string() };
    written.map(email).transpose().map_err(refuse)
}

fn checked_attributes(
    attributes: BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, String> {
    if attributes.len() > MAX_ATTRIBUTES {
        return Err(format!("must have at most {MAX_ATTRIBUTES} entries"));
    }
    let bytes: usize = attributes.iter().map(|(name, value)| name.len() + value.len()).sum();
    if bytes > MAX_ATTRIBUTE_BYTES {
        return Err(format!("must be at most {MAX_ATTRIBUTE_BYTES} bytes in total"));
    }
    for name in attributes.keys() {
        text::name(name, FIELD_LONGEST).map_err(|error| format!("a name {error}"))?;
    }
    Ok(attributes)
}

/// A contact's audience shard, out of `shards`: by its phone, or by its id if it has none.
#[must_use]
pub fn shard(id: ContactId, phone: Option<&Phone>, shards: u16) -> u16 {
    phone.map_or_else(|| shard_of(id.0, shards), |phone| phone.shard(shards))
}

/// When a contact was stored under a phone.
///
/// Editing a phone moves the contact to another key. A fan-out that reads one key before the move
/// and the other one after it would find the contact twice or never. So the old key keeps a
/// tombstone, both keys record when they held the contact, and a campaign counts the key that held
/// it when the campaign was sent. Empty means that the contact has always been there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Presence(Vec<Move>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Move {
    In(Timestamp),
    Out(Timestamp),
}

/// The time of a move that is written while `last_send` is the organization's last send: one
/// millisecond after it, and so never later than the next send. No clock is involved.
#[must_use]
pub fn moment_of_move(last_send: Option<Timestamp>) -> Timestamp {
    last_send.map_or(Timestamp::EPOCH, |at| at.plus_millis(1))
}

/// The time of a send that is written after `last_send`: now, unless the clock is behind.
#[must_use]
pub fn moment_of_send(last_send: Option<Timestamp>, now: Timestamp) -> Timestamp {
    now.max(moment_of_move(last_send))
}

/// More moves than a person makes during a fan-out.
const MOVES_KEPT: usize = 8;

impl Presence {
    /// The presence at a phone to which the contact moves.
    #[must_use]
    pub fn arrive(self, moment: Timestamp) -> Self {
        self.with(Move::In(moment))
    }

    /// The presence that the tombstone keeps when the contact moves away.
    #[must_use]
    pub fn leave(self, moment: Timestamp) -> Self {
        self.with(Move::Out(moment))
    }

    fn with(mut self, step: Move) -> Self {
        self.0.push(step);
        let surplus = self.0.len().saturating_sub(MOVES_KEPT);
        self.0.drain(..surplus);
        self
    }

    #[must_use]
    pub fn is_simple(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the contact was here at `moment`.
    #[must_use]
    pub fn holds_at(&self, moment: Timestamp) -> bool {
        let last_before = self.0.iter().rev().find(|step| step.at() <= moment);
        match last_before {
            Some(step) => matches!(step, Move::In(_)),
            // Before the first known move, the contact was here if and only if that move was away.
            None => self.0.first().is_none_or(|first| matches!(first, Move::Out(_))),
        }
    }
}

impl Move {
    fn at(self) -> Timestamp {
        match self {
            Self::In(at) | Self::Out(at) => at,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(second * 1_000).expect("in range")
    }

    #[test]
    fn blank_fields_are_absent_and_bad_ones_named() {
        let profile = Profile {
            first_name: Some("  ".to_owned()),
            email: Some(" a@b.example ".to_owned()),
            ..Profile::default()
        };
        let checked = profile.checked().expect("valid");
        assert_eq!(checked.first_name, None);
        assert_eq!(checked.email.as_deref(), Some("a@b.example"));
        let bad = Profile { email: Some("nobody".to_owned()), ..Profile::default() };
        assert_eq!(bad.checked().expect_err("refused").field, "email");
    }

    #[test]
    fn attributes_are_bounded() {
        let many = (0..21).map(|n| (n.to_string(), String::new())).collect();
        let large = [("a".to_owned(), "x".repeat(2_048))].into();
        for attributes in [many, large] {
            let profile = Profile { attributes, ..Profile::default() };
            assert_eq!(profile.checked().expect_err("refused").field, "attributes");
        }
    }

    proptest! {
        /// No matter how often a contact moves between two phones, exactly one holds it at any
        /// time.
        #[test]
        fn exactly_one_phone_holds_a_contact(moves in proptest::collection::vec(0_i64..50, 0..6)) {
            let mut now = 0;
            let mut phones = Phones::default();
            for gap in moves {
                now += gap;
                phones.swap(at(now));
            }
            for second in 0..=now + 1 {
                let holders = phones.hold_at(at(second)).into_iter().filter(|holds| *holds).count();
                prop_assert_eq!(holders, 1, "at {}", second);
            }
        }

        /// Each send finds the contact where the moves that were written earlier left it,
        /// regardless of clocks.
        #[test]
        fn a_send_finds_what_was_written_before_it(
            steps in proptest::collection::vec((any::<bool>(), 0_i64..100), 1..8)
        ) {
            let (mut phones, mut last_send) = (Phones::default(), None);
            let mut found = Vec::new();
            for (moves, clock) in steps {
                if moves {
                    phones.swap(moment_of_move(last_send));
                } else {
                    let moment = moment_of_send(last_send, at(clock));
                    prop_assert!(last_send.is_none_or(|last| last < moment));
                    last_send = Some(moment);
                    found.push((moment, phones.is_second));
                }
            }
            for (moment, is_second) in found {
                prop_assert_eq!(phones.hold_at(moment), [!is_second, is_second]);
            }
        }
    }

    /// A contact's two phones.
    #[derive(Default)]
    struct Phones {
        first: Presence,
        second: Option<Presence>,
        is_second: bool,
    }

    impl Phones {
        fn swap(&mut self, moment: Timestamp) {
            let first = std::mem::take(&mut self.first);
            let second = self.second.take().unwrap_or_default();
            (self.first, self.second) = if self.is_second {
                (first.arrive(moment), Some(second.leave(moment)))
            } else {
                (first.leave(moment), Some(second.arrive(moment)))
            };
            self.is_second = !self.is_second;
        }

        fn hold_at(&self, moment: Timestamp) -> [bool; 2] {
            let second = self.second.as_ref();
            [self.first.holds_at(moment), second.is_some_and(|second| second.holds_at(moment))]
        }
    }
}
