//! The key from which an organization's imports derive the ids of the contacts that they create.

use serde::{Deserialize, Serialize};
use shared::access::SecretHash;
use shared::ids::OrganizationId;

use super::super::dynamo::{ABSENT, Consistency, Written, item, parse};
use super::super::{Result, Table, TableError, keys};
use crate::clock;

const KIND: &str = "a key of contacts";

#[derive(Serialize, Deserialize)]
struct Row {
    key: String,
}

impl Table {
    /// The key of an organization, which is drawn when it is first needed and stays the same.
    pub async fn match_key(&self, organization: OrganizationId) -> Result<[u8; 32]> {
        let at = keys::match_key(organization);
        let mut found: Option<Row> = self.get(KIND, &at, Consistency::Strong).await?;
        if found.is_none() {
            let row = Row { key: SecretHash(clock::secret()).to_hex() };
            let written = self.put(item(KIND, &at, &row)?, ABSENT, Vec::new()).await?;
            found = match written {
                Written::Done => Some(row),
                // Another import has drawn it in between.
                Written::Refused(item) => item.map(|item| parse(KIND, item)).transpose()?,
            };
        }
        let key = found.and_then(|row| SecretHash::from_hex(&row.key));
        key.map(|key| key.0).ok_or_else(|| TableError::malformed(KIND, "it is not a key"))
    }
}
