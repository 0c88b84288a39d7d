//! Looks for the phone of a person whose erasure is replayed after the table was restored. Only its hash is
//! known.

use infra::clock;
use infra::table::{CampaignPosition, Looked, months_since};
use serde::{Deserialize, Serialize};
use shared::erasure::SearchPlace;

use super::{Run, Step, position};

/// The number of pages that a step reads, each of up to 1 MB.
const PAGES_AT_ONCE: usize = 50;

/// How far the search is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Position {
    part: Part,
    /// The place of the part, by its number, and the sort key after which it goes on.
    place: usize,
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

/// The places of a part, and the part after it.
struct Places {
    places: Vec<SearchPlace>,
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
    let mut at: Position = position(erasure)?.unwrap_or_default();
    let mut places = places(run, &at.part).await?;
    for _ in 0..PAGES_AT_ONCE {
        match look(run, &places, &at).await? {
            Looked::Found(phone) => {
                return Ok(Step::Done(Box::new(erasure.found(phone, clock::now()))));
            }
            Looked::Next(after) => at.after = Some(after),
            Looked::Nowhere if at.place + 1 < places.places.len() => {
                at = Position { place: at.place + 1, after: None, ..at };
            }
            Looked::Nowhere => match places.next {
                Some(part) => {
                    at = Position { part, ..Position::default() };
                    places = self::places(run, &at.part).await?;
                }
                None => return unfound(run).await,
            },
        }
    }
    let at = serde_json::to_string(&at)?;
    Ok(Step::Done(Box::new(erasure.at(at, clock::now()))))
}

async fn look(run: &Run<'_>, places: &Places, at: &Position) -> anyhow::Result<Looked> {
    let Some(place) = places.places.get(at.place) else { return Ok(Looked::Nowhere) };
    let of = (run.organization.id, &run.erasure.hash);
    Ok(run.app.table.find_phone(of.0, of.1, place, at.after.as_deref()).await?)
}

async fn places(run: &Run<'_>, part: &Part) -> anyhow::Result<Places> {
    let Run { app, organization, erasure, .. } = run;
    let now = clock::now();
    let after = match part {
        Part::Organization => {
            let months = months_since(organization.created_at, now);
            let places =
                SearchPlace::of_organization(organization, &erasure.sought_in, months);
            return Ok(Places { places, next: Some(Part::Campaign { after: None }) });
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
    Ok(Places { places, next: next.map(|next| Part::Campaign { after: Some(next) }) })
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
