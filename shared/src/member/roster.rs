//! All members of an organization, and every decision about them.
//!
//! Members change rarely and are few, so each change is decided on the whole roster and written on the
//! condition that the roster is still the same. Two admins who remove each other at once cannot both
//! succeed.

use super::{INVITATION_SECONDS, Member, MemberEmail, Person, Standing};
use crate::access::Role;
use crate::actor::Actor;
use crate::ids::{MemberId, OrganizationId};
use crate::time::Timestamp;

/// The maximum number of members and open invitations of an organization.
pub const MAX_MEMBERS: usize = 200;

#[derive(Clone, Debug)]
pub struct Roster {
    pub organization_id: OrganizationId,
    /// Raised by each change; 0 before the first.
    pub version: u64,
    pub members: Vec<Member>,
}

/// One member before and after a change of the roster; `None` is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub before: Option<Member>,
    pub after: Option<Member>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is no such member")]
    Missing,
    #[error("this person is already a member; change their role instead")]
    AlreadyMember,
    #[error("the organization has {MAX_MEMBERS} members and invitations; remove one first")]
    Full,
    #[error(
        "the organization needs at least one admin who has joined; make someone else an admin first"
    )]
    LastAdmin,
}

impl Roster {
    /// Invites an address. Inviting it again renews the invitation.
    pub fn invite(
        &self,
        id: MemberId,
        email: MemberEmail,
        role: Role,
        by: Actor,
        now: Timestamp,
    ) -> Result<Change, Refusal> {
        let before = self.members.iter().find(|member| member.email == email).cloned();
        match &before {
            Some(member) if member.person().is_some() => return Err(Refusal::AlreadyMember),
            None if self.members.len() >= MAX_MEMBERS => return Err(Refusal::Full),
            Some(_) | None => {}
        }
        let (id, created_at) =
            before.as_ref().map_or((id, now), |member| (member.id, member.created_at));
        let after = Member {
            id,
            organization_id: self.organization_id,
            email,
            name: None,
            role,
            standing: Standing::Invited { until: now.plus_seconds(INVITATION_SECONDS) },
            created_at,
            changed_by: Some(by),
        };
        Ok(Change { before, after: Some(after) })
    }

    pub fn set_role(&self, id: MemberId, role: Role, by: Actor) -> Result<Change, Refusal> {
        let before = self.find(id)?;
        if role != Role::Admin {
            self.keep_an_admin(before, &by)?;
        }
        let after = Member { role, changed_by: Some(by), ..before.clone() };
        Ok(Change { before: Some(before.clone()), after: Some(after) })
    }

    pub fn remove(&self, id: MemberId, by: &Actor) -> Result<Change, Refusal> {
        let before = self.find(id)?;
        self.keep_an_admin(before, by)?;
        Ok(Change { before: Some(before.clone()), after: None })
    }

    /// Lets a person accept their invitation. `None` if it has expired, is not for them, or if they are
    /// a member already.
    #[must_use]
    pub fn join(&self, id: MemberId, person: &Person, now: Timestamp) -> Option<Change> {
        let before = self.find(id).ok()?;
        let is_open = matches!(before.standing, Standing::Invited { until } if now < until);
        let is_theirs = person.email.as_ref() == Some(&before.email);
        let is_new = self.members.iter().all(|member| member.person() != Some(&person.key));
        let after = Member {
            name: person.name.clone(),
            standing: Standing::Joined { person: person.key.clone(), at: now },
            ..before.clone()
        };
        (is_open && is_theirs && is_new)
            .then(|| Change { before: Some(before.clone()), after: Some(after) })
    }

    fn find(&self, id: MemberId) -> Result<&Member, Refusal> {
        self.members.iter().find(|member| member.id == id).ok_or(Refusal::Missing)
    }

    /// Refuses a change that would leave the organization without an admin. The deployment may make it,
    /// because it can invite an admin again.
    fn keep_an_admin(&self, member: &Member, by: &Actor) -> Result<(), Refusal> {
        let others = self.members.iter().any(|other| other.id != member.id && other.is_admin());
        if member.is_admin() && !others && *by != Actor::Deployment {
            return Err(Refusal::LastAdmin);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
