//! Identifiers: UUIDs with separate types, so that they can't be confused.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::phone::Phone;
use crate::shard::shard_of;
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
id!(CampaignId);
id!(
    /// A campaign message's id is derived from its campaign and phone; a test message's is new.
    MessageId
);

impl MessageId {
    /// The one message that `campaign` may send to `phone` (version 5). Deriving it is what makes
    /// a second message to the same phone impossible: it would be the same item.
    #[must_use]
    pub fn of(campaign: CampaignId, phone: &Phone) -> Self {
        Self(Uuid::new_v5(&campaign.0, phone.as_str().as_bytes()))
    }

    /// Whether this is the derived id of a campaign's message, rather than of a test.
    #[must_use]
    pub fn is_of_campaign(self) -> bool {
        self.0.get_version_num() == 5
    }

    /// The shard, out of `shards`, that stores this message.
    #[must_use]
    pub fn shard(self, shards: u16) -> u16 {
        shard_of(self.0, shards)
    }
}

impl ContactId {
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
    fn one_phone_has_one_message_in_a_campaign() {
        let campaign = CampaignId::new(moment(1), [7; 10]);
        let other = CampaignId::new(moment(2), [7; 10]);
        let phone = Phone::from_e164("+14155550123").expect("valid");
        assert_eq!(MessageId::of(campaign, &phone), MessageId::of(campaign, &phone));
        assert_ne!(MessageId::of(campaign, &phone), MessageId::of(other, &phone));
        assert!(MessageId::of(campaign, &phone).is_of_campaign());
    }

    #[test]
    fn shards_are_used_evenly() {
        let mut counts = [0_u32; 32];
        for n in 0..32_000_u64 {
            let import = ImportId(Uuid::nil());
            counts[usize::from(shard_of(ContactId::of_row(import, n).0, 32))] += 1;
        }
        assert!(counts.iter().all(|&count| (850..1150).contains(&count)), "{counts:?}");
    }
}
