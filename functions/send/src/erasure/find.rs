//! Looks for the phone of a person whose erasure is replayed after the table was restored. Only its hash is
//! known.

use std::collections::VecDeque;

use infra::clock;
use infra::table::{CampaignPosition, Looked, months_since};
use serde::{Deserialize, Serialize};
use shared::erasure::SearchPlace;

use super::{Run, Step, position};

/// The number of pages that a step reads, each of up to 1 MB. Tests take more steps.
const PAGES_AT_ONCE: usize = if cfg!(test) { 3 } else { 50 };

/// How far the search is.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Position {
    part: Part,
    /// The place that is searched, or the first one of the part.
    place: Option<SearchPlace>,
    /// The sort key after which it goes on.
    after: Option<String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
enum Part {
    /// The audience, and what people wrote.
    #[default]
    Organization,
    /// The campaign after this one.
    Campaign { after: Option<CampaignPosition> },
}

/// What is left of a part, and the part after it.
struct Search {
    part: Part,
    places: VecDeque<SearchPlace>,
    after: Option<String>,
    next: Option<Part>,
}

/// Suppresses the person, and searches the next pages for their phone.
pub(super) async fn find(run: &Run<'_>) -> anyhow::Result<Step> {
    let erasure = &run.erasure;
    if erasure.after.is_none()
        && let Some(shard) = erasure.sought_in.first()
    {
        suppress(run, *shard).await?;
    }
    let mut search = Search::at(run, position(erasure)?.unwrap_or_default()).await?;
    for _ in 0..PAGES_AT_ONCE {
        let Some(place) = search.places.front() else {
            let Some(part) = search.next else { return unfound(run).await };
            search = Search::at(run, Position { part, ..Position::default() }).await?;
            continue;
        };
        let (id, after) = (run.organization.id, search.after.as_deref());
        match run.app.table.find_phone(id, &erasure.hash, place, after).await? {
            Looked::Found(phone) => {
                return Ok(Step::Done(Box::new(erasure.found(phone, clock::now()))));
            }
            Looked::Next(after) => search.after = Some(after),
            Looked::Nowhere => {
                search.places.pop_front();
                search.after = None;
            }
        }
    }
    let Some(at) = search.position() else { return unfound(run).await };
    let at = serde_json::to_string(&at)?;
    Ok(Step::Done(Box::new(erasure.at(at, clock::now()))))
}

impl Search {
    async fn at(run: &Run<'_>, Position { part, place, after }: Position) -> anyhow::Result<Self> {
        let (places, next) = places(run, &part).await?;
        let found = places.iter().position(|each| Some(each) == place.as_ref());
        let mut places = VecDeque::from(places);
        // A campaign may have been deleted in between. Then its successor is searched from the start.
        places.drain(..found.unwrap_or_default());
        let after = after.filter(|_| found.is_some());
        Ok(Self { part, places, after, next })
    }

    /// Where the next step goes on; `None` if everything was searched.
    fn position(self) -> Option<Position> {
        let Self { part, mut places, after, next } = self;
        match places.pop_front() {
            Some(place) => Some(Position { part, place: Some(place), after }),
            None => next.map(|part| Position { part, ..Position::default() }),
        }
    }
}

/// The places of a part, and the part after it.
async fn places(run: &Run<'_>, part: &Part) -> anyhow::Result<(Vec<SearchPlace>, Option<Part>)> {
    let Run { app, organization, erasure, .. } = run;
    let now = clock::now();
    let after = match part {
        Part::Organization => {
            let months = months_since(organization.created_at, now);
            let places = SearchPlace::of_organization(organization, &erasure.sought_in, months);
            return Ok((places, Some(Part::Campaign { after: None })));
        }
        Part::Campaign { after } => after.clone(),
    };
    let (campaigns, next) = app.table.campaigns(organization.id, None, 1, after).await?;
    let mut places = Vec::new();
    for campaign in &campaigns {
        places = SearchPlace::of_campaign(organization, &erasure.sought_in, campaign);
        if lacks_chunks(run, &places).await? {
            places.extend(SearchPlace::of_messages(campaign));
        }
    }
    Ok((places, next.map(|next| Part::Campaign { after: Some(next) })))
}

/// Whether one of the chunks that are searched may have expired.
async fn lacks_chunks(run: &Run<'_>, places: &[SearchPlace]) -> anyhow::Result<bool> {
    let now = clock::now();
    for place in places {
        if let SearchPlace::Chunks { campaign, shard } = place
            && run.app.table.may_lack_chunks(*campaign, *shard, now).await?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Ends an erasure whose phone the table doesn't have. The person stays suppressed, even if the journal
/// doesn't say in which shard.
async fn unfound(run: &Run<'_>) -> anyhow::Result<Step> {
    if run.erasure.sought_in.is_empty() {
        for shard in run.organization.shards.all() {
            suppress(run, shard).await?;
        }
    }
    Ok(Step::Done(Box::new(run.erasure.unfound(clock::now()))))
}

async fn suppress(run: &Run<'_>, shard: u16) -> anyhow::Result<()> {
    let Run { app, organization, erasure, .. } = run;
    let (by, at) = (&erasure.requested_by, erasure.requested_at);
    app.table.suppress_hash(organization.id, (&erasure.hash, shard), by, at).await?;
    Ok(())
}
