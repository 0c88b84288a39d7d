//! What the client wants of an import.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::columns::Columns;
use super::layout::Format;
use super::matching::{MatchBy, OnMatch};

/// How a file is to be read and what is to be done with its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Options {
    #[serde(default)]
    pub columns: Columns,
    /// By default, the first character of the file shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// The file's encoding by name. By default, it is detected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// By default, the header shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// By default, endpoints of Amazon Pinpoint are matched by phone and other rows by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub match_by: Option<MatchBy>,
    #[serde(default)]
    pub on_match: OnMatch,
    /// Tags that every row adds to its contact.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// Whether the file only opts people out. A CSV file without a column of opt-outs does so by naming
    /// them. A JSON object has to say it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub opt_outs_only: bool,
    /// Whether everything is done but changing contacts and opt-outs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}
