//! The lists of opt-outs that providers keep, read page by page.

use std::time::Duration;

use aws_config::SdkConfig;
use shared::reconciliation::{ListName, ListedOptOut};
use shared::sender::Provider;

use super::aws;
use crate::usage::Usage;

/// Reads the lists of all providers that have one.
pub struct OptOutLists {
    aws: aws::OptOutLists,
}

/// Entries that were read together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OptOutPage {
    /// `None` for an entry that is not a phone.
    pub entries: Vec<Option<ListedOptOut>>,
    /// The provider's name for the place at which the next page begins; `None` at the end.
    pub next: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum OptOutListError {
    #[error("the provider offers no opt-out list")]
    NotOffered,
    #[error("reading the opt-out list is not allowed")]
    NotAllowed,
    #[error("the provider has no opt-out list with this name")]
    NotFound,
    #[error("the provider does not know the place at which the page begins")]
    NotContinued,
    #[error("the provider asks to read the opt-out list more slowly")]
    Throttled,
    #[error("failed to read the opt-out list")]
    Request(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl OptOutLists {
    #[must_use]
    pub fn new(aws: &SdkConfig, timeout: Duration, usage: Usage) -> Self {
        Self { aws: aws::OptOutLists::new(aws, timeout, usage) }
    }

    /// The page of a list that begins `after` a place; the first one without.
    pub async fn page(
        &self,
        provider: &Provider,
        list: &ListName,
        after: Option<&str>,
    ) -> Result<OptOutPage, OptOutListError> {
        match provider {
            Provider::Aws(_) => self.aws.page(list, after).await,
            Provider::Twilio(_) => Err(OptOutListError::NotOffered),
        }
    }
}
