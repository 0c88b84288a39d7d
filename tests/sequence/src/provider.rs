//! Twilio, as far as the functions ask it, with the moods of the model's provider.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bench::server::{self, Request, Response};
use model::protocol;
use model::provider::Mood;
use model::world::World;
use serde_json::{Value, json};

use crate::Log;

/// An address at which no connection is made.
const UNREACHABLE: &str = "http://127.0.0.1:1";

struct Provider {
    log: Log,
    books: Vec<Value>,
    moods: Mutex<VecDeque<Mood>>,
}

/// Opens the provider and returns its address.
pub(crate) async fn open(log: &Log, world: &World, moods: &[Mood]) -> String {
    if moods.contains(&Mood::Unreachable) {
        return UNREACHABLE.to_owned();
    }
    let books =
        world.provider.books.iter().flat_map(|(phone, taken)| {
            taken.iter().map(|taken| (phone.to_string(), taken.id.clone()))
        });
    // Messages are created when they are claimed, at the beginning of every scenario.
    let created_at = protocol::at(0).datetime().to_rfc2822();
    let resources = books.map(|(to, sid)| {
        json!({
            "sid": sid, "status": "sent", "to": to, "from": "+14153550100", "body": "Hello",
            "date_created": created_at, "error_code": null, "direction": "outbound-api",
        })
    });
    let (log, books) = (log.clone(), resources.collect());
    let moods = Mutex::new(moods.iter().copied().collect());
    let provider = Arc::new(Provider { log, books, moods });
    let address = server::serve(move |request| {
        let provider = Arc::clone(&provider);
        async move { provider.respond(&request) }
    });
    format!("http://{}", address.await.expect("a port"))
}

impl Provider {
    /// `None` if the connection ends without a response.
    fn respond(&self, request: &Request) -> Option<Response> {
        if request.head.method == "GET" {
            self.log.add("ask the provider".to_owned());
            let path = request.head.uri.path_and_query().map(ToString::to_string);
            return Some(response(200, &found(&path.unwrap_or_default(), &self.books)));
        }
        self.log.add("send to the provider".to_owned());
        let refusal = |status, code: u32| Some(response(status, &json!({ "code": code })));
        match self.moods.lock().unwrap_or_else(PoisonError::into_inner).pop_front() {
            None => Some(response(201, &json!({ "sid": "SM1", "status": "queued" }))),
            Some(Mood::AcceptsUnheard | Mood::Unheard | Mood::Unreachable) => None,
            Some(Mood::Refuses) => refusal(400, 21_211),
            Some(Mood::RefusesOptedOut) => refusal(400, 21_610),
            Some(Mood::Throttles) => refusal(429, 20_429),
            Some(Mood::Halts) => refusal(403, 20_005),
        }
    }
}

fn response(status: u16, body: &Value) -> Response {
    server::response(status, "application/json", body.to_string().into_bytes())
}

/// What it finds in its books: one message by its id, or those to a phone.
fn found(path: &str, books: &[Value]) -> Value {
    let is = |resource: &Value, name: &str, before: &str, after: &str| {
        let value = resource[name].as_str().unwrap_or_default();
        path.contains(&format!("{before}{value}{after}"))
            || path.contains(&format!("{before}{}{after}", value.replace('+', "%2B")))
    };
    if let Some(resource) = books.iter().find(|resource| is(resource, "sid", "/", ".json")) {
        return resource.clone();
    }
    let messages = books.iter().filter(|resource| is(resource, "to", "To=", "&"));
    json!({ "messages": messages.collect::<Vec<_>>(), "next_page_uri": null })
}
