//! What is known of organisations, kept for a while: a callback must cost little.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use infra::table::Table;
use shared::ids::OrganizationId;
use shared::organization::Organization;

/// How old what is remembered may be.
pub(crate) const REMEMBERED: Duration = Duration::from_mins(1);
/// The same, for whom what was remembered did not serve.
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
