//! Campaigns as drafts. None of them is sent or scheduled.

use std::collections::BTreeSet;

use serde_json::json;

use super::Context;
use super::library::{Moved, all};
use super::segments::Ids;
use crate::api::text;
use crate::failure::Failure;
use crate::pinpoint::Balance;

/// Followed by the campaign's ID in Pinpoint, the tag of a draft that was moved.
const TAG: &str = "pinpoint:";

pub(super) async fn create(
    context: &Context,
    balance: &Balance,
    segments: &Ids,
) -> Result<Moved, Failure> {
    let mut moved = Moved::default();
    let known = known(context).await?;
    let path = context.api.path(&["campaigns"]).await?;
    for draft in balance.campaigns.iter().filter_map(|(_, fate)| fate.as_ref().ok()) {
        let tag = format!("{TAG}{}", draft.id);
        if known.contains(&tag) {
            moved.known += 1;
            continue;
        }
        // A draft without its segment would text everyone.
        let Some(segment) = draft.segment.as_ref().and_then(|id| segments.get(id)) else {
            let reason = "its segment was not created".to_owned();
            moved.refused.push((draft.name.clone(), reason));
            continue;
        };
        let body = json!({
            "name": draft.name,
            "body": draft.body,
            "target": {"include": [segment], "exclude": []},
            "tags": [tag],
        });
        moved.create(context, &path, &draft.name, &body).await?;
    }
    Ok(moved)
}

/// The tags of campaigns that were moved before.
async fn known(context: &Context) -> Result<BTreeSet<String>, Failure> {
    let mut campaigns = all(context, "campaigns", &[]).await?;
    campaigns.extend(all(context, "campaigns", &[("archived", "true".to_owned())]).await?);
    let tags = campaigns.iter().filter_map(|campaign| campaign["tags"].as_array()).flatten();
    Ok(tags.map(|tag| text(tag).to_owned()).filter(|tag| tag.starts_with(TAG)).collect())
}
