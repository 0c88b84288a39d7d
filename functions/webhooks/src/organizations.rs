//! Organizations and their addresses, cached to keep callbacks cheap.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use infra::table::{Owner, Table};
use shared::ids::OrganizationId;
use shared::organization::Organization;
use shared::phone::Phone;

use crate::App;

/// How old a cached organization may be.
pub(crate) const REMEMBERED: Duration = Duration::from_mins(1);
/// The same, for a caller whose cached organization did not match.
pub(crate) const FRESH: Duration = Duration::from_secs(5);

#[derive(Default)]
pub(crate) struct Organizations {
    known: Mutex<HashMap<OrganizationId, (Instant, Arc<Organization>)>>,
}

impl Organizations {
    pub(crate) async fn find(
        &self,
        table: &Table,
        id: OrganizationId,
        age: Duration,
    ) -> anyhow::Result<Option<Arc<Organization>>> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known().get(&id).filter(|(read, _)| read.elapsed() < age).cloned();
        if let Some((_, organization)) = found {
            return Ok(Some(organization));
        }
        let found = table.organization(id).await?.map(Arc::new);
        if let Some(organization) = &found {
            known().insert(id, (Instant::now(), Arc::clone(organization)));
        }
        Ok(found)
    }
}

/// The organizations that a person wrote to: first by the phone, then by its service. There are two
/// if one has claimed a phone of the other's pool. A sender's phone may also have two forms, and
/// the provider may report the one that the organization doesn't use, even if someone else used it
/// before.
pub(crate) async fn owners(app: &App, addresses: &[String]) -> anyhow::Result<Vec<Owner>> {
    let mut owners: Vec<Owner> = Vec::new();
    let forms = addresses
        .iter()
        .flat_map(|address| std::iter::once(address.clone()).chain(other_forms(address)));
    for address in forms {
        let Some(owner) = app.table.sender_owner(&address).await? else { continue };
        let known = owners.iter_mut().find(|known| known.organization_id == owner.organization_id);
        match known {
            None => owners.push(owner),
            // An organization that left one of its addresses may still have another one.
            Some(known) if known.has_left() && !owner.has_left() => *known = owner,
            Some(_) => {}
        }
    }
    Ok(owners)
}

fn other_forms(address: &str) -> Vec<String> {
    let forms = Phone::from_e164(address).map(|phone| phone.forms()).unwrap_or_default();
    forms.iter().map(Phone::to_string).filter(|form| form != address).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_senders_number_is_known_in_both_forms() {
        assert_eq!(other_forms("+5215535423223"), ["+525535423223"]);
        assert_eq!(other_forms("+525535423223"), ["+5215535423223"]);
        for address in ["+14155550123", "12345", "BANK", "MG1", ""] {
            assert!(other_forms(address).is_empty(), "{address}");
        }
    }
}
