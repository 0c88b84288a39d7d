//! Inbound words. An opt-out is on the table before it is answered: no queue stands between a
//! STOP and the next message that must not leave.

use infra::clock;
use shared::keyword::Keyword;
use shared::phone::Phone;
use shared::unsubscribe::{Preference, Source};

use crate::App;
use crate::http::{Form, Response};

pub(crate) async fn take(app: &App, form: &Form) -> anyhow::Result<Response> {
    let phones = (form.get("From").map(Phone::from_e164), form.get("To").map(Phone::from_e164));
    let (Some(Ok(from)), Some(Ok(to))) = phones else {
        return Ok(Response::status(400));
    };
    let body = form.get("Body").unwrap_or_default();
    // The provider names the keyword itself where its own opt-out handling is on.
    let Some(keyword) = form.get("OptOutType").and_then(Keyword::read).or(Keyword::read(body))
    else {
        return Ok(Response::silence());
    };
    let Some(organization_id) = app.table.sender_owner(&to).await? else {
        tracing::warn!("an inbound word came for a number that no organisation has");
        return Ok(Response::silence());
    };
    let Some(shards) = app.shards(organization_id).await? else {
        return Ok(Response::silence());
    };
    let preference = Preference {
        organization_id,
        phone: from,
        subscribed: keyword == Keyword::Start,
        changed_at: clock::now(),
        source: Source::Keyword,
        campaign_id: None,
        evidence: Some(body.trim().chars().take(40).collect()),
    };
    app.table.register(&preference, shards).await?;
    Ok(Response::silence())
}
