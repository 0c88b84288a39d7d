use serde::Serialize;
use shared::access::Role;
use shared::member::{Member, Standing};
use shared::time::Timestamp;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ChangedByView, Time, labels};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Member)]
pub(crate) struct MemberView {
    id: Uuid,
    organization_id: Uuid,
    /// The address that was invited.
    #[schema(format = Email)]
    email: String,
    /// The person's name when they accepted the invitation, if the identity provider has one.
    #[schema(required = true)]
    name: Option<String>,
    #[schema(value_type = labels::Role)]
    role: Role,
    /// Whether the person has signed in.
    status: MemberStatus,
    /// When the invitation ends or ended; null once it is accepted.
    #[schema(required = true)]
    invited_until: Option<Time>,
    #[schema(required = true)]
    joined_at: Option<Time>,
    #[schema(required = true)]
    changed_by: Option<ChangedByView>,
    created_at: Time,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum MemberStatus {
    Invited,
    /// No one accepted the invitation in time.
    Expired,
    Joined,
}

impl MemberView {
    pub(crate) fn new(member: &Member, now: Timestamp) -> Self {
        let (status, invited_until, joined_at) = match member.standing {
            Standing::Invited { until } if now < until => {
                (MemberStatus::Invited, Some(until), None)
            }
            Standing::Invited { until } => (MemberStatus::Expired, Some(until), None),
            Standing::Joined { at, .. } => (MemberStatus::Joined, None, Some(at)),
        };
        Self {
            id: member.id.0,
            organization_id: member.organization_id.0,
            email: member.email.as_str().to_owned(),
            name: member.name.clone(),
            role: member.role,
            status,
            invited_until: invited_until.map(Time),
            joined_at: joined_at.map(Time),
            changed_by: member.changed_by.as_ref().map(ChangedByView::from),
            created_at: member.created_at.into(),
        }
    }
}
