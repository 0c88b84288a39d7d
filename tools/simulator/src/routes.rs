//! The HTTP endpoints: Twilio's, with basic authentication, AWS's, and the simulator's admin
//! endpoints.

mod create;
mod dates;
mod read;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::world::World;
use crate::{admin, aws, errors};

pub(crate) fn router(world: Arc<World>) -> Router {
    let twilio = Router::new()
        .route(
            "/{account}/Messages.json",
            post(create::create).get(read::list).fallback(async || errors::answer(20_004)),
        )
        .route("/{account}/Messages/{sid}", get(read::fetch))
        .fallback(async || errors::answer(20_404))
        .layer(middleware::from_fn_with_state(Arc::clone(&world), authenticate));
    Router::new()
        .nest("/2010-04-01/Accounts", twilio)
        .nest("/_simulator", admin::router())
        .route("/", post(aws::receive))
        .fallback(async || errors::answer(20_404))
        .with_state(world)
}

async fn authenticate(State(world): State<Arc<World>>, request: Request, next: Next) -> Response {
    let account = &world.config.account_sid;
    // Nested, so the path starts with the account.
    let is_theirs = request.uri().path().split('/').nth(1) == Some(account);
    let is_known = is_theirs
        && credentials(request.headers())
            .as_deref()
            .and_then(|pair| pair.split_once(':'))
            .is_some_and(|(sid, token)| sid == account && token == world.config.auth_token);
    if is_known {
        return next.run(request).await;
    }
    let mut answer = errors::answer(20_003);
    answer
        .headers_mut()
        .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Twilio API\""));
    answer
}

fn credentials(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let encoded = value.strip_prefix("Basic ")?;
    String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()
}
