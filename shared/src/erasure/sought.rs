//! Where the phone of an erased person is looked for whose hash is all that is known.
//!
//! A hash can't be turned into a phone, so each phone that the table holds is hashed and compared. The
//! places are those of [`super::places`] that are restored with the table and that an erasure changes.
//! Rejected rows are not searched: what was rejected there is rarely a phone.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::campaign::Campaign;
use crate::ids::CampaignId;
use crate::organization::Organization;

/// A range of items, which is read from its start to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SearchPlace {
    /// Contacts, with the phones that they had before, tombstones, and the register of unsubscribes.
    Audience {
        shard: u16,
    },
    /// What people wrote in the month that begins on this day.
    Texts {
        month: NaiveDate,
    },
    /// Chunks and marks.
    Chunks {
        campaign: CampaignId,
        shard: u16,
    },
    /// The phones that a resend is for.
    Named {
        campaign: CampaignId,
        shard: u16,
    },
    Tests {
        campaign: CampaignId,
    },
    /// Messages, and the receipts that wait for them.
    Messages {
        campaign: CampaignId,
        shard: u16,
    },
}

/// The shards of a campaign or an audience to look in: those that the journal names, or all.
fn shards(organization: &Organization, sought_in: &[u16], count: u16) -> Vec<u16> {
    let is_known = !sought_in.is_empty() && organization.shards.count() == count;
    if is_known { sought_in.to_vec() } else { (0..count).collect() }
}

impl SearchPlace {
    /// The places outside of campaigns. `months` are those in which people may have written.
    #[must_use]
    pub fn of_organization(
        organization: &Organization,
        sought_in: &[u16],
        months: impl IntoIterator<Item = NaiveDate>,
    ) -> Vec<Self> {
        let shards = shards(organization, sought_in, organization.shards.count());
        let audience = shards.into_iter().map(|shard| Self::Audience { shard });
        audience.chain(months.into_iter().map(|month| Self::Texts { month })).collect()
    }

    /// The places of a campaign where everyone is who was a recipient.
    #[must_use]
    pub fn of_campaign(
        organization: &Organization,
        sought_in: &[u16],
        campaign: &Campaign,
    ) -> Vec<Self> {
        let id = campaign.id;
        let mut places = vec![Self::Tests { campaign: id }];
        // A resend has phones before it is sent.
        let sent = campaign.broadcast().map(|broadcast| broadcast.shards);
        let count = sent.unwrap_or(organization.shards).count();
        for shard in shards(organization, sought_in, count) {
            if campaign.resend.is_some() {
                places.push(Self::Named { campaign: id, shard });
            }
            if sent.is_some() {
                places.push(Self::Chunks { campaign: id, shard });
            }
        }
        places
    }

    /// The messages of a campaign, for the time when its chunks have expired. A message's shard is that
    /// of its id, so it may be in any.
    #[must_use]
    pub fn of_messages(campaign: &Campaign) -> Vec<Self> {
        let shards = campaign.broadcast().map(|broadcast| broadcast.shards.all());
        let of_shard = |shard| Self::Messages { campaign: campaign.id, shard };
        shards.into_iter().flatten().map(of_shard).collect()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::campaign::{Begin, Salt};
    use crate::grace::Grace;
    use crate::ids::OrganizationId;
    use crate::phone::Phone;
    use crate::sender::{Provider, Sender};
    use crate::shard::Shards;
    use crate::time::Timestamp;

    fn sender() -> Sender {
        let phone = Phone::from_e164("+14153550100").expect("valid");
        Sender::new(phone, Provider::default())
    }

    fn organization(shards: u16) -> Organization {
        let id = OrganizationId(Uuid::from_u128(1));
        let organization = Organization::new(id, "Ferry".to_owned(), sender(), Timestamp::EPOCH);
        Organization { shards: Shards::new(shards), ..organization }
    }

    /// A draft, and the same campaign after it was sent from four shards.
    fn campaigns() -> [Campaign; 2] {
        let (id, now) = (CampaignId(Uuid::from_u128(2)), Timestamp::EPOCH);
        let organization = OrganizationId(Uuid::from_u128(1));
        let body = Some("Hi".to_owned().into());
        let draft = Campaign::create(id, organization, "Spring".to_owned(), body, now);
        let scheduled = draft.clone().schedule(None, now, Grace::default()).expect("schedulable");
        let begun =
            scheduled.begin(now, Salt::new([7; 16]), sender(), 4.into(), now, Grace::default());
        let Begin::Begun(sent) = begun else { panic!("{begun:?}") };
        [draft, *sent]
    }

    #[test]
    fn only_the_shards_of_the_journal_are_searched() {
        let month = "2026-11-01".parse().expect("a date");
        let places = SearchPlace::of_organization(&organization(4), &[3, 1], [month]);
        let expected = [
            SearchPlace::Audience { shard: 3 },
            SearchPlace::Audience { shard: 1 },
            SearchPlace::Texts { month },
        ];
        assert_eq!(places, expected);
        let [draft, sent] = campaigns();
        let campaign = sent.id;
        let places = SearchPlace::of_campaign(&organization(4), &[3], &sent);
        let chunks = SearchPlace::Chunks { campaign, shard: 3 };
        assert_eq!(places, [SearchPlace::Tests { campaign }, chunks]);
        let places = SearchPlace::of_campaign(&organization(4), &[3], &draft);
        assert_eq!(places, [SearchPlace::Tests { campaign }]);
        assert_eq!(SearchPlace::of_messages(&sent).len(), 4, "of any shard");
        assert_eq!(SearchPlace::of_messages(&draft), []);
    }

    #[test]
    fn all_shards_are_searched_if_the_journal_names_none() {
        assert_eq!(SearchPlace::of_organization(&organization(4), &[], []).len(), 4);
        let [_, sent] = campaigns();
        assert_eq!(SearchPlace::of_campaign(&organization(4), &[], &sent).len(), 5);
        // A campaign from a time when the organization's audience had other shards.
        assert_eq!(SearchPlace::of_campaign(&organization(8), &[3], &sent).len(), 5);
    }
}
