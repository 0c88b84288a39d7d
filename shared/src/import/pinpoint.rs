//! Endpoints that were exported from Amazon Pinpoint, or that were imported into it.
//!
//! Only endpoints for SMS become contacts. Pinpoint marked an endpoint as inactive when another one
//! took over its address, so it is not a second contact.

use super::cell::clean;
use super::country;
use super::names::plain;
use super::progress::SkipReason;
use crate::phone::Region;

/// The columns of an endpoint that are not a contact's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Endpoint {
    channel: Option<usize>,
    status: Option<usize>,
    country: Option<usize>,
}

/// Columns about the endpoint itself or its device, which become attributes only if they are listed.
const NOT_ATTRIBUTES: &str = "channeltype endpointstatus creationdate requestid applicationid cohortid \
    demographicappversion demographicmake demographicmodel demographicmodelversion \
    demographicplatform demographicplatformversion locationlatitude locationlongitude";

impl Endpoint {
    /// The columns of a file with these names, if its rows are endpoints.
    pub(super) fn of(names: &[String]) -> Option<Self> {
        let place = |wanted: &str| names.iter().position(|name| plain(name) == wanted);
        Some(Self {
            channel: Some(place("channeltype")?),
            status: place("endpointstatus"),
            country: place("locationcountry"),
        })
    }

    /// Why a row is left out.
    pub(super) fn skipped(&self, cells: &[String]) -> Option<SkipReason> {
        let channel = cell(cells, self.channel);
        if !channel.is_empty() && !channel.eq_ignore_ascii_case("SMS") {
            return Some(SkipReason::Channel);
        }
        let is_inactive = cell(cells, self.status).eq_ignore_ascii_case("INACTIVE");
        is_inactive.then_some(SkipReason::Inactive)
    }

    /// Whether the row's address is a phone, so that its opt-out is one from texts.
    pub(super) fn has_phone(&self, cells: &[String]) -> bool {
        let channel = cell(cells, self.channel);
        channel.is_empty() || ["SMS", "VOICE"].iter().any(|own| channel.eq_ignore_ascii_case(own))
    }

    /// The region whose national forms the row's phone may have.
    pub(super) fn region(&self, cells: &[String], default: Region) -> Region {
        country::region(cell(cells, self.country)).unwrap_or(default)
    }
}

/// Whether a column of an endpoint becomes an attribute without being listed.
pub(super) fn is_attribute(name: &str) -> bool {
    let name = plain(name);
    !NOT_ATTRIBUTES.split_whitespace().any(|other| other == name)
}

fn cell(cells: &[String], place: Option<usize>) -> &str {
    place.and_then(|place| cells.get(place)).map(|cell| clean(cell)).unwrap_or_default()
}
