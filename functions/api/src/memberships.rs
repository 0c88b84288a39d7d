//! What a person who has signed in is in the organizations that invited them.

use futures::future::try_join_all;
use infra::clock;
use infra::table::Saved;
use shared::ids::OrganizationId;
use shared::member::{Member, Person};
use shared::organization::Organization;

use crate::problem::Problem;
use crate::state::{MAX_RACES, Volley};

/// The person's membership in an organization. It is read for each request, so a removal applies to the
/// next one.
pub(crate) async fn in_organization(
    app: &Volley,
    person: &Person,
    organization: OrganizationId,
) -> Result<Option<Member>, Problem> {
    let member = app.table.membership(&person.key, organization).await?;
    if member.is_some() {
        return Ok(member);
    }
    accept_invitations(app, person).await?;
    // A request of the same person may have accepted at the same time.
    Ok(app.table.membership(&person.key, organization).await?)
}

/// The person's organizations, including those whose invitation they accept with this request.
pub(crate) async fn with_organizations(
    app: &Volley,
    person: &Person,
) -> Result<Vec<(Member, Organization)>, Problem> {
    accept_invitations(app, person).await?;
    let members = app.table.memberships(&person.key).await?;
    let organizations = members.iter().map(|member| app.table.organization(member.organization_id));
    let organizations = try_join_all(organizations).await?;
    let found = members.into_iter().zip(organizations);
    Ok(found.filter_map(|(member, organization)| Some((member, organization?))).collect())
}

/// Accepts the open invitations of the person's verified address.
async fn accept_invitations(app: &Volley, person: &Person) -> Result<(), Problem> {
    let Some(email) = &person.email else { return Ok(()) };
    let now = clock::now();
    for (organization, id) in app.table.invitations(email, now).await? {
        for _ in 0..MAX_RACES {
            let roster = app.table.roster(organization).await?;
            let Some(change) = roster.join(id, person, now) else { break };
            if app.table.change_roster(&roster, &change, None).await? == Saved::Done {
                break;
            }
        }
    }
    Ok(())
}
