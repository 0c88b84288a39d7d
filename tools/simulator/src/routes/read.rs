//! Fetching and listing messages.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::dates::Dates;
use crate::errors;
use crate::message::{Message, Provider};
use crate::messages::{Index, Store};
use crate::resource::{self, API_VERSION};
use crate::world::World;

const PAGE_DEFAULT: usize = 50;
const PAGE_LARGEST: usize = 1_000;

pub(super) async fn fetch(
    State(world): State<Arc<World>>,
    Path((account, file)): Path<(String, String)>,
) -> Response {
    let sid = file.strip_suffix(".json").unwrap_or(&file);
    let store = world.store();
    match store.find(sid) {
        Some(index) => Json(resource::message(store.get(index), &account)).into_response(),
        None => errors::answer(20_404),
    }
}

/// The messages that a list asks for.
struct Search {
    to: Option<String>,
    from: Option<String>,
    dates: Dates,
    page_size: usize,
    page: usize,
    /// The message after which the page starts.
    after: Option<String>,
}

impl Search {
    fn read(query: &str) -> Option<Self> {
        let mut search = Self {
            to: None,
            from: None,
            dates: Dates::default(),
            page_size: PAGE_DEFAULT,
            page: 0,
            after: None,
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "To" => search.to = Some(value.into_owned()),
                "From" => search.from = Some(value.into_owned()),
                "PageSize" => search.page_size = value.parse().ok()?,
                "Page" => search.page = value.parse().ok()?,
                "PageToken" => search.after = Some(value.strip_prefix("PA")?.to_owned()),
                name if !search.dates.take(name, &value) => return None,
                _ => {}
            }
        }
        search.page_size = search.page_size.clamp(1, PAGE_LARGEST);
        Some(search)
    }

    /// The page's messages and the one after them.
    fn run<'a>(&self, store: &'a Store) -> Vec<(Index, &'a Message)> {
        let after = self.after.as_deref().and_then(|sid| store.find(sid));
        // A page that names its start is not shifted by messages that arrived in the meantime.
        let skipped = match after {
            Some(_) => 0,
            None => self.page.saturating_mul(self.page_size),
        };
        store
            .newest_first(self.to.as_deref())
            .filter(|(index, _)| after.is_none_or(|after| *index < after))
            .filter(|(_, message)| {
                matches!(message.order.provider, Provider::Twilio { .. })
                    && self
                        .from
                        .as_ref()
                        .is_none_or(|from| message.order.from.as_ref() == Some(from))
                    && self.dates.contain(message.sent.unwrap_or(message.created))
            })
            .skip(skipped)
            .take(self.page_size + 1)
            .collect()
    }
}

pub(super) async fn list(
    State(world): State<Arc<World>>,
    Path(account): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    let Some(search) = Search::read(&query) else {
        return errors::answer(20_001);
    };
    let store = world.store();
    let mut found = search.run(&store);
    let has_next = found.len() > search.page_size;
    found.truncate(search.page_size);
    let uri = |page: usize, after: Option<&str>| page_uri(&account, &query, &search, page, after);
    let next =
        found.last().filter(|_| has_next).map(|(_, last)| uri(search.page + 1, Some(&last.sid)));
    let messages: Vec<Value> =
        found.iter().map(|(_, message)| resource::message(message, &account)).collect();
    let start = search.page.saturating_mul(search.page_size);
    Json(json!({
        "first_page_uri": uri(0, None),
        "previous_page_uri": search.page.checked_sub(1).map(|page| uri(page, None)),
        "next_page_uri": next,
        "uri": uri(search.page, search.after.as_deref()),
        "page": search.page,
        "page_size": search.page_size,
        "start": start,
        "end": start + messages.len().saturating_sub(1),
        "messages": messages,
    }))
    .into_response()
}

/// The address of another page of the same search.
fn page_uri(
    account: &str,
    query: &str,
    search: &Search,
    page: usize,
    after: Option<&str>,
) -> String {
    let kept = form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| !matches!(&**name, "Page" | "PageSize" | "PageToken"));
    let mut query = form_urlencoded::Serializer::new(String::new());
    query
        .extend_pairs(kept)
        .append_pair("PageSize", &search.page_size.to_string())
        .append_pair("Page", &page.to_string());
    if let Some(sid) = after {
        query.append_pair("PageToken", &format!("PA{sid}"));
    }
    format!("/{API_VERSION}/Accounts/{account}/Messages.json?{}", query.finish())
}
