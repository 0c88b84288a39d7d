//! Identifiers: UUIDs with separate types, so that they can't be confused.

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::phone::Line;
use crate::shard::Shards;
use crate::time::Timestamp;

/// Ten random bytes, which a new id combines with the time.
pub type Entropy = [u8; 10];

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id of version 7: ids made later sort later.
            #[must_use]
            pub fn new(now: Timestamp, entropy: Entropy) -> Self {
                let millis = u64::try_from(now.millis()).unwrap_or_default();
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &entropy).into_uuid())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

id!(OrganizationId);
id!(KeyId);
id!(MemberId);
id!(ContactId);
id!(ImportId);
id!(ExportId);
id!(CampaignId);
id!(SegmentId);
id!(TemplateId);
id!(WebhookId);
id!(EventId);
id!(
    /// An inbound message's id is derived from when it was received and what the provider calls it.
    InboundId
);
id!(
    /// A campaign message's id is derived from its phone ([`crate::campaign::Names`]); a test
    /// message's is new.
    MessageId
);

impl MessageId {
    /// The reply to an inbound message that a request with this idempotency key sends (version 5).
    /// Repeating the request finds the same message. Without a key, a message has one reply.
    #[must_use]
    pub fn of_reply(inbound: InboundId, idempotency_key: Option<&str>) -> Self {
        Self(Uuid::new_v5(&inbound.0, idempotency_key.unwrap_or("reply").as_bytes()))
    }

    /// Whether this is the derived id of a campaign's message, rather than of a test. Replies have
    /// derived ids too, but are never stored with either.
    #[must_use]
    pub fn is_of_campaign(self) -> bool {
        matches!(self.0.get_version_num(), 5 | 8)
    }

    /// The shard, out of `shards`, that stores this message.
    #[must_use]
    pub fn shard(self, shards: Shards) -> u16 {
        shards.of(self.0)
    }
}

impl InboundId {
    /// The id (version 8) of a message that was received at `at` and has this name. Its first 48 bits
    /// are the milliseconds of the receipt, so ids sort by time and say in which month a message is
    /// stored. The rest is derived from the name.
    #[must_use]
    pub fn of(at: Timestamp, name: Uuid) -> Self {
        let mut bytes = name.into_bytes();
        bytes[..6].copy_from_slice(&at.millis().to_be_bytes()[2..]);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// When the message was received.
    #[must_use]
    pub fn received_at(self) -> Timestamp {
        let millis = i64::try_from(self.0.as_u128() >> 80).unwrap_or_default();
        Timestamp::from_millis(millis).unwrap_or(Timestamp::EPOCH)
    }
}

impl ContactId {
    /// A contact that is named by what identifies it (version 8): two requests that create it at the
    /// same time create one.
    #[must_use]
    pub fn derived(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digest: [u8; 32] = hash.finalize().into();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// The contact that an import or a batch creates for a phone (version 8). Those that run at once
    /// derive the same id, so only one of them creates it. Without `key`, which the organization alone
    /// has, an id does not show its phone.
    #[must_use]
    pub fn of_line(key: &[u8; 32], line: &Line) -> Self {
        Self::keyed(key, "phone:", line.as_phone().as_str())
    }

    /// The same for an ID in another system.
    #[must_use]
    pub fn of_external_id(key: &[u8; 32], id: &str) -> Self {
        Self::keyed(key, "externalId:", id)
    }

    fn keyed(key: &[u8; 32], kind: &str, value: &str) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC accepts keys of any length");
        mac.update(kind.as_bytes());
        mac.update(value.as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// The contact that row `row` of an import creates (version 8: derived, and unlike a
    /// message's): running the import again finds the same contact.
    #[must_use]
    pub fn of_row(import: ImportId, row: u64) -> Self {
        let derived = Uuid::new_v5(&import.0, &row.to_be_bytes());
        Self(uuid::Builder::from_custom_bytes(derived.into_bytes()).into_uuid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::Phone;

    fn moment(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis).expect("in range")
    }

    #[test]
    fn new_ids_sort_by_time() {
        let early = ContactId::new(moment(1_000), [255; 10]);
        let late = ContactId::new(moment(1_001), [0; 10]);
        assert!(early < late);
        assert_eq!(early.0.get_version_num(), 7);
    }

    #[test]
    fn an_inbound_message_is_named_by_its_time_and_name() {
        let name = Uuid::new_v5(&Uuid::nil(), b"SM1");
        let id = InboundId::of(moment(1_790_000_000_123), name);
        assert_eq!(id, InboundId::of(moment(1_790_000_000_123), name));
        assert_eq!(id.received_at(), moment(1_790_000_000_123));
        assert_eq!(id.0.get_version_num(), 8);
        assert!(id < InboundId::of(moment(1_790_000_000_124), Uuid::nil()));
        assert_ne!(id, InboundId::of(moment(1_790_000_000_123), Uuid::nil()));
    }

    #[test]
    fn a_request_has_one_reply() {
        let id = InboundId(Uuid::from_u128(1));
        let of = |key| MessageId::of_reply(id, key);
        assert_eq!(of(None), of(None));
        assert_eq!(of(Some("a")), of(Some("a")));
        assert_ne!(of(None), of(Some("a")));
        assert_ne!(of(None), MessageId::of_reply(InboundId(Uuid::from_u128(2)), None));
    }

    #[test]
    fn derived_contacts_depend_on_each_part() {
        let one = ContactId::derived(&[b"a", b"bc"]);
        assert_eq!(one, ContactId::derived(&[b"a", b"bc"]));
        assert_ne!(one, ContactId::derived(&[b"ab", b"c"]));
        assert_eq!(one.0.get_version_num(), 8);
    }

    #[test]
    fn a_phone_has_one_contact_in_each_organization() {
        let line = |text: &str| Phone::from_e164(text).expect("valid").line();
        let id = |key, text| ContactId::of_line(&[key; 32], &line(text));
        assert_eq!(id(1, "+14155550123"), id(1, "+14155550123"));
        assert_eq!(id(1, "+5215535423223"), id(1, "+525535423223"), "two forms of one line");
        assert_ne!(id(1, "+14155550123"), id(2, "+14155550123"));
        assert_ne!(id(1, "+14155550123"), id(1, "+14155550124"));
        assert_eq!(id(1, "+14155550123").0.get_version_num(), 8);
        assert_ne!(id(1, "+14155550123"), ContactId::of_external_id(&[1; 32], "+14155550123"));
    }

    #[test]
    fn shards_are_used_evenly() {
        let mut counts = [0_u32; 32];
        for n in 0..32_000_u64 {
            let import = ImportId(Uuid::nil());
            counts[usize::from(Shards::new(32).of(ContactId::of_row(import, n).0))] += 1;
        }
        assert!(counts.iter().all(|&count| (850..1150).contains(&count)), "{counts:?}");
    }
}
