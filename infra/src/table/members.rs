//! Members of organizations, each stored where it is looked for: in the list of its organization, and
//! under the person who joined or, until then, under the invited address.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::ids::{MemberId, OrganizationId};
use shared::member::{Change, Member, MemberEmail, PersonKey, Roster, Standing};
use shared::time::Timestamp;

use super::dynamo::{
    ABSENT, Consistency, Item, Key, Range, SortKey, Transacted, Transaction, item, parse, start,
    text,
};
use super::idempotency::Remember;
use super::keys;
use super::{Result, Saved, Table};

#[derive(Serialize, Deserialize)]
struct RosterRow {
    version: u64,
}

/// An open invitation. The table removes it once it has expired.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct InvitationRow {
    organization_id: OrganizationId,
    member_id: MemberId,
    expires_at: i64,
}

const KIND: &str = "a member";
const ROSTER: &str = "a roster";

impl Table {
    /// All members of an organization, to decide a change.
    pub async fn roster(&self, organization_id: OrganizationId) -> Result<Roster> {
        // The version is read first: a change after that makes the write fail.
        let key = keys::roster(organization_id);
        let row: Option<RosterRow> = self.get(ROSTER, &key, Consistency::Strong).await?;
        let items = self.all(members_of(organization_id)).await?;
        let members = items.into_iter().map(|item| parse(KIND, item)).collect::<Result<_>>()?;
        Ok(Roster { organization_id, version: row.map_or(0, |row| row.version), members })
    }

    /// Writes a change of this roster, unless the roster has changed.
    pub async fn change_roster(
        &self,
        roster: &Roster,
        change: &Change,
        remember: Option<&Remember>,
    ) -> Result<Saved> {
        let key = keys::roster(roster.organization_id);
        let next = item(ROSTER, &key, RosterRow { version: roster.version + 1 })?;
        let transaction = if roster.version == 0 {
            Transaction::default().put_if(next, ABSENT, Vec::new())
        } else {
            let seen = AttributeValue::N(roster.version.to_string());
            Transaction::default().put_if(next, "version = :seen", vec![(":seen", seen)])
        };
        let before = change.before.as_ref().map(places).unwrap_or_default();
        let after = change.after.as_ref().map(places).unwrap_or_default();
        let gone = before.into_iter().filter(|key| !after.contains(key));
        let transaction = gone.fold(transaction, Transaction::delete);
        let items = change.after.as_ref().map(items).transpose()?.unwrap_or_default();
        let transaction = items.into_iter().fold(transaction, Transaction::put);
        let last = transaction.len();
        let transaction = transaction.remember(remember)?;
        Ok(match self.transact(transaction).await? {
            Transacted::Done => Saved::Done,
            refused if refused.is_refused(last) => Saved::Answered,
            Transacted::Refused(_) | Transacted::Conflict => Saved::Stale,
        })
    }

    pub async fn members(
        &self,
        organization: OrganizationId,
        limit: i32,
        after: Option<MemberId>,
    ) -> Result<(Vec<Member>, Option<MemberId>)> {
        let range = Range {
            limit: Some(limit),
            start: after.map(|id| {
                let key = keys::member(organization, id);
                start(&key.pk, &key.sk)
            }),
            ..members_of(organization)
        };
        let page = self.page(&range).await?;
        let next =
            page.next.and_then(|key| text(&key, "sk")?.strip_prefix(keys::MEMBER)?.parse().ok());
        let members = page.items.into_iter().map(|item| parse(KIND, item));
        Ok((members.collect::<Result<_>>()?, next))
    }

    /// What a person is in an organization.
    pub async fn membership(
        &self,
        person: &PersonKey,
        organization: OrganizationId,
    ) -> Result<Option<Member>> {
        self.get(KIND, &keys::membership(person, organization), Consistency::Strong).await
    }

    /// What a person is in each of their organizations.
    pub async fn memberships(&self, person: &PersonKey) -> Result<Vec<Member>> {
        let range = organizations_under(keys::memberships(person));
        self.all(range).await?.into_iter().map(|item| parse(KIND, item)).collect()
    }

    /// The open invitations of an address.
    pub async fn invitations(
        &self,
        email: &MemberEmail,
        now: Timestamp,
    ) -> Result<Vec<(OrganizationId, MemberId)>> {
        let items = self.all(organizations_under(keys::invitations(email))).await?;
        let rows = items.into_iter().map(|item| parse::<InvitationRow>("an invitation", item));
        let rows = rows.collect::<Result<Vec<_>>>()?.into_iter();
        let open = rows.filter(|row| row.expires_at >= now.unix_seconds());
        Ok(open.map(|row| (row.organization_id, row.member_id)).collect())
    }
}

fn members_of(organization: OrganizationId) -> Range {
    let prefix = SortKey::Prefix(keys::MEMBER.to_owned());
    Range::new(keys::organization_partition(organization), prefix, Consistency::Strong)
}

fn organizations_under(pk: String) -> Range {
    Range::new(pk, SortKey::Prefix("ORG#".to_owned()), Consistency::Strong)
}

/// The keys of a member's items.
pub(super) fn places(member: &Member) -> Vec<Key> {
    let organization = member.organization_id;
    let beside = match &member.standing {
        Standing::Invited { .. } => keys::invitation(&member.email, organization),
        Standing::Joined { person, .. } => keys::membership(person, organization),
    };
    vec![keys::member(organization, member.id), beside]
}

fn items(member: &Member) -> Result<Vec<Item>> {
    let organization_id = member.organization_id;
    let beside = match &member.standing {
        Standing::Invited { until } => item(
            "an invitation",
            &keys::invitation(&member.email, organization_id),
            InvitationRow {
                organization_id,
                member_id: member.id,
                expires_at: until.unix_seconds(),
            },
        ),
        Standing::Joined { person, .. } => {
            item(KIND, &keys::membership(person, organization_id), member)
        }
    };
    Ok(vec![item(KIND, &keys::member(organization_id, member.id), member)?, beside?])
}
