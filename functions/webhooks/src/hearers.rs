//! Which organizations hear an inbound text, and how much of it.

use std::sync::Arc;

use infra::table::{Owner, Tie};
use shared::ids::OrganizationId;
use shared::keyword::Keyword;
use shared::organization::Organization;
use shared::time::Timestamp;

use crate::App;
use crate::organizations::REMEMBERED;

/// The owners of the addresses that an inbound text was sent to and who may hear it, with the owner of
/// the most specific address first.
#[derive(Default)]
pub(crate) struct Hearers {
    pub(crate) owners: Vec<Owner>,
    /// Why it is unknown whether some other organization may hear it, too.
    pub(crate) failure: Option<anyhow::Error>,
}

/// The organizations behind the owners.
pub(crate) struct Found {
    /// Those that exist, each with what it hears.
    pub(crate) present: Vec<(Share, Arc<Organization>)>,
    /// Those that were deleted.
    pub(crate) gone: Vec<OrganizationId>,
    pub(crate) failure: Option<anyhow::Error>,
}

/// What an organization hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    Everything,
    /// A person who asks for no more messages, or for help, asks everyone who sends from there.
    StopAndHelp,
    /// An opt-out can only help.
    Stop,
}

impl Share {
    /// The share of the organization at a place among those that exist. Only the first one gets the text,
    /// unless it has left the address long ago, so that its people no longer reply to it.
    fn at(place: usize, tie: Tie) -> Self {
        match (place, tie) {
            (0, Tie::Present | Tie::Left) => Self::Everything,
            (_, Tie::Present) => Self::StopAndHelp,
            (_, Tie::Left | Tie::LongGone) => Self::Stop,
        }
    }

    pub(crate) fn includes(self, keyword: Option<Keyword>) -> bool {
        match keyword {
            Some(Keyword::Stop) => true,
            Some(Keyword::Help) => self != Self::Stop,
            Some(Keyword::Start) | None => self == Self::Everything,
        }
    }
}

impl Hearers {
    /// Finds the organizations. Those that still have an address go before those that have left theirs,
    /// and deleted ones take no place. A failure to read one must not lose an opt-out for the others.
    pub(crate) async fn find(self, app: &App, now: Timestamp) -> Found {
        let Self { mut owners, mut failure } = self;
        owners.sort_by_key(|owner| owner.tie(now));
        let (mut present, mut gone) = (Vec::new(), Vec::new());
        let mut place = 0;
        for owner in owners {
            let id = owner.organization_id;
            match app.organizations.find(&app.table, id, REMEMBERED).await {
                Ok(Some(organization)) => {
                    present.push((Share::at(place, owner.tie(now)), organization));
                    place += 1;
                }
                Ok(None) => gone.push(id),
                Err(error) => {
                    failure = Some(error);
                    place += 1;
                }
            }
        }
        Found { present, gone, failure }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_one_gets_texts_and_everyone_hears_stop() {
        let texts = [None, Some(Keyword::Start), Some(Keyword::Help), Some(Keyword::Stop)];
        for (place, tie, expected) in [
            (0, Tie::Present, [true, true, true, true]),
            (1, Tie::Present, [false, false, true, true]),
            (0, Tie::Left, [true, true, true, true]),
            (1, Tie::Left, [false, false, false, true]),
            (0, Tie::LongGone, [false, false, false, true]),
            (1, Tie::LongGone, [false, false, false, true]),
        ] {
            let heard = texts.map(|keyword| Share::at(place, tie).includes(keyword));
            assert_eq!(heard, expected, "{place} {tie:?}");
        }
    }
}
