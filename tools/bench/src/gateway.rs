//! A provider that accepts every message at once, and remembers the addresses of their callbacks.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use crate::aws::locked;
use bench::server::{self, Request, Response};

/// A message that was accepted.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) sid: u64,
    pub(crate) to: u64,
    /// The query of the callback's URL, which identifies the message.
    pub(crate) query: Box<str>,
}

#[derive(Default)]
pub(crate) struct Gateway {
    taken: Mutex<Vec<Taken>>,
}

impl Gateway {
    /// Opens the provider and returns its address.
    pub(crate) async fn open(self: &Arc<Self>) -> anyhow::Result<String> {
        let gateway = Arc::clone(self);
        let address = server::serve(move |request| {
            let response = gateway.answer(&request);
            async move { response }
        });
        Ok(format!("http://{}", address.await?))
    }

    fn answer(&self, request: &Request) -> Response {
        if !request.head.uri.path().ends_with("/Messages.json") {
            return server::response(404, "application/json", b"{}".to_vec());
        }
        let (mut to, mut query) = (0, Box::<str>::default());
        for (name, value) in form_urlencoded::parse(&request.body) {
            match &*name {
                "To" => to = value.trim_start_matches('+').parse().unwrap_or_default(),
                "StatusCallback" => {
                    query = value.split_once('?').map_or("", |(_, query)| query).into();
                }
                _ => {}
            }
        }
        let mut taken = locked(&self.taken);
        let sid = taken.len() as u64;
        taken.push(Taken { sid, to, query });
        drop(taken);
        let body = format!(
            r#"{{"sid":"{}","status":"queued","error_code":null,"num_segments":"1"}}"#,
            sid_text(sid)
        );
        server::response(201, "application/json", body.into_bytes())
    }

    /// Removes and returns the accepted messages.
    pub(crate) fn take_all(&self) -> Vec<Taken> {
        std::mem::take(&mut *locked(&self.taken))
    }
}

/// The number of messages to phones that already got one.
pub(crate) fn texted_twice(taken: &[Taken]) -> usize {
    let phones: HashSet<u64> = taken.iter().map(|taken| taken.to).collect();
    taken.len() - phones.len()
}

pub(crate) fn sid_text(sid: u64) -> String {
    format!("SM{sid:032x}")
}
