//! The names of opt-out lists, and whose a list is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::organization::Organization;

/// Source: the pattern of `OptOutListName` in AWS's API. Lists that other accounts share, which are named by their
/// ARN, are not supported.
const MAX_LENGTH: usize = 64;

/// The name of an opt-out list in the deployment's account at the provider.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ListName(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be the name of an opt-out list: 1 to 64 letters, digits or characters of _-")]
pub struct InvalidListName;

impl ListName {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ListName {
    type Err = InvalidListName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
        let is_name = (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(known);
        if is_name { Ok(Self(text.to_owned())) } else { Err(InvalidListName) }
    }
}

impl TryFrom<String> for ListName {
    type Error = InvalidListName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ListName> for String {
    fn from(ListName(name): ListName) -> Self {
        name
    }
}

impl fmt::Display for ListName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether every phone of an organization's list is its own, as far as these other organizations show:
/// the deployment has named the list for it, and none of them uses the list. One that names no list
/// uses its provider's default.
#[must_use]
pub fn is_exclusive(organization: &Organization, others: &[Organization]) -> bool {
    let list = organization.list_of_opt_outs();
    let is_shared =
        |other: &Organization| other.id != organization.id && other.list_of_opt_outs() == list;
    organization.has_daily_reconciliation() && !others.iter().any(is_shared)
}
