//! Who may change what about an organization's sender.
//!
//! Accounts, phones and rates belong to the deployment: tenants may share a provider account, so a
//! phone or rate that one of them takes is not available to another. An organization's admin
//! chooses among what the deployment assigned.

use std::collections::BTreeSet;

use super::Organization;
use crate::phone::Phone;
use crate::reconciliation::ListName;
use crate::sender::Provider;

/// Whose key requests a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    Deployment,
    /// An admin of the organization.
    Admin,
}

/// The fields to change; the others stay as they are.
#[derive(Clone, Debug, Default)]
pub struct SenderChange {
    pub phone: Option<Phone>,
    pub phones: Option<BTreeSet<Phone>>,
    pub provider: Option<Provider>,
    pub parts_per_second: Option<u32>,
    pub max_parts_per_second: Option<u32>,
    pub opt_out_list: Option<ListName>,
}

/// Why a change was denied, and what to do instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    #[error("only the deployment's admin key can change {field}; ask the deployment's operator")]
    DeploymentOnly {
        /// The field's name in the API.
        field: &'static str,
    },
    #[error(
        "senderPhone must be one of senderPhones; choose one of those, or ask the deployment's \
         operator to assign the number"
    )]
    NotAssigned,
    #[error(
        "partsPerSecond must be at most {max}, the value of maxPartsPerSecond; set a lower rate, or \
         ask the deployment's operator to raise the limit"
    )]
    AboveLimit { max: u32 },
}

impl SenderChange {
    fn allowed_to(&self, organization: &Organization, authority: Authority) -> Result<(), Denied> {
        if authority == Authority::Deployment {
            return Ok(());
        }
        let deployments = [
            (self.provider.is_some(), "provider"),
            (self.phones.is_some(), "senderPhones"),
            (self.max_parts_per_second.is_some(), "maxPartsPerSecond"),
            (self.opt_out_list.is_some(), "optOutList"),
        ];
        for (is_given, field) in deployments {
            if is_given {
                return Err(Denied::DeploymentOnly { field });
            }
        }
        let assigned = organization.sender_phones();
        if self.phone.as_ref().is_some_and(|phone| !assigned.contains(phone)) {
            return Err(Denied::NotAssigned);
        }
        let max = organization.max_parts_per_second;
        if self.parts_per_second.is_some_and(|rate| rate > max) {
            return Err(Denied::AboveLimit { max });
        }
        Ok(())
    }
}

/// The organization with a changed sender.
///
/// A phone that the deployment replaces is left, unless it is assigned. A phone that an admin
/// replaces stays assigned. A rate that the deployment sets also becomes the limit, unless the
/// limit is set, too. A limit below the rate lowers the rate.
pub fn change_sender(
    mut organization: Organization,
    change: SenderChange,
    authority: Authority,
) -> Result<Organization, Denied> {
    change.allowed_to(&organization, authority)?;
    let SenderChange {
        phone,
        phones,
        provider,
        parts_per_second,
        max_parts_per_second,
        opt_out_list,
    } = change;
    if authority == Authority::Admin && phone.is_some() {
        organization.assigned_phones = organization.sender_phones();
    }
    if let Some(phones) = phones {
        organization.assigned_phones = phones;
    }
    if let Some(phone) = phone {
        organization.sender.phone = phone;
    }
    if let Some(provider) = provider {
        organization.sender.provider = provider;
    }
    if opt_out_list.is_some() {
        organization.opt_out_list = opt_out_list;
    }
    if let Some(rate) = parts_per_second {
        organization.sender.parts_per_second = rate;
        if authority == Authority::Deployment {
            organization.max_parts_per_second = rate;
        }
    }
    if let Some(max) = max_parts_per_second {
        organization.max_parts_per_second = max;
        let rate = &mut organization.sender.parts_per_second;
        *rate = max.min(*rate);
    }
    Ok(organization)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::OrganizationId;
    use crate::sender::Sender;
    use crate::time::Timestamp;

    fn phone(last: u32) -> Phone {
        Phone::from_e164(&format!("+1415355010{last}")).expect("valid")
    }

    fn organization() -> Organization {
        let sender = Sender::new(phone(0), Provider::default());
        let id = OrganizationId(Uuid::nil());
        Organization::new(id, "Ferry".to_owned(), sender, Timestamp::EPOCH)
    }

    fn by_deployment(organization: Organization, change: SenderChange) -> Organization {
        change_sender(organization, change, Authority::Deployment).expect("allowed")
    }

    fn by_admin(organization: &Organization, change: SenderChange) -> Result<Organization, Denied> {
        change_sender(organization.clone(), change, Authority::Admin)
    }

    fn rate(rate: u32) -> SenderChange {
        SenderChange { parts_per_second: Some(rate), ..SenderChange::default() }
    }

    fn from(number: u32) -> SenderChange {
        SenderChange { phone: Some(phone(number)), ..SenderChange::default() }
    }

    fn assign(numbers: &[u32]) -> SenderChange {
        let phones = numbers.iter().map(|number| phone(*number)).collect();
        SenderChange { phones: Some(phones), ..SenderChange::default() }
    }

    #[test]
    fn an_admin_chooses_among_what_is_assigned() {
        let organization = by_deployment(organization(), assign(&[1]));
        assert_eq!(organization.sender_phones(), BTreeSet::from([phone(0), phone(1)]));
        assert_eq!(by_admin(&organization, from(2)), Err(Denied::NotAssigned));
        let changed = by_admin(&organization, from(1)).expect("assigned");
        assert_eq!(changed.sender.phone, phone(1));
        assert_eq!(changed.sender_phones(), organization.sender_phones());
        let back = by_admin(&changed, from(0)).expect("assigned still");
        assert_eq!(back.sender_phones(), organization.sender_phones());
    }

    #[test]
    fn a_number_that_the_deployment_replaces_is_left() {
        let moved = by_deployment(organization(), from(3));
        assert_eq!(moved.sender_phones(), BTreeSet::from([phone(3)]));
        let both = by_deployment(organization(), SenderChange { ..assign(&[0, 3]) });
        let moved = by_deployment(both, from(3));
        assert_eq!(moved.sender_phones(), BTreeSet::from([phone(0), phone(3)]));
        let reduced = by_deployment(moved, assign(&[]));
        assert_eq!(reduced.sender_phones(), BTreeSet::from([phone(3)]));
    }

    #[test]
    fn an_admin_may_lower_the_rate_and_raise_it_again_up_to_the_limit() {
        let organization = by_deployment(organization(), rate(10));
        let lowered = by_admin(&organization, rate(2)).expect("lower");
        assert_eq!((lowered.sender.parts_per_second, lowered.max_parts_per_second), (2, 10));
        assert!(by_admin(&lowered, rate(10)).is_ok());
        assert_eq!(by_admin(&lowered, rate(11)), Err(Denied::AboveLimit { max: 10 }));
        let limit = SenderChange { max_parts_per_second: Some(5), ..SenderChange::default() };
        let limited = by_deployment(organization, limit);
        assert_eq!((limited.sender.parts_per_second, limited.max_parts_per_second), (5, 5));
        let both = SenderChange { max_parts_per_second: Some(50), ..rate(20) };
        let limited = by_deployment(limited, both);
        assert_eq!((limited.sender.parts_per_second, limited.max_parts_per_second), (20, 50));
    }

    #[test]
    fn accounts_assignments_and_limits_are_the_deployments() {
        let provider =
            SenderChange { provider: Some(Provider::default()), ..SenderChange::default() };
        let limit = SenderChange { max_parts_per_second: Some(1), ..SenderChange::default() };
        let list = "Default".parse().ok();
        let list = SenderChange { opt_out_list: list, ..SenderChange::default() };
        for (change, field) in [
            (provider, "provider"),
            (assign(&[0]), "senderPhones"),
            (limit, "maxPartsPerSecond"),
            (list, "optOutList"),
        ] {
            let denied = by_admin(&organization(), change);
            assert_eq!(denied, Err(Denied::DeploymentOnly { field }));
        }
    }

    #[test]
    fn answers_to_every_assigned_number_are_the_organizations() {
        let organization = by_deployment(organization(), assign(&[1, 2]));
        let addresses = BTreeSet::from([0, 1, 2].map(|number| phone(number).to_string()));
        assert_eq!(organization.addresses(), addresses);
    }
}
