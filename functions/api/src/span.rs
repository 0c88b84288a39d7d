//! The span of a request.

use axum::extract::{MatchedPath, RawPathParams, Request};
use axum::middleware::Next;
use axum::response::Response;
use infra::trace::{self, Scope};
use lambda_http::RequestExt;

use crate::problem::Code;

/// Handles a request in its span and trace. The span has the route and never the path, because paths
/// can contain phones.
pub(crate) async fn middleware(
    route: MatchedPath,
    parameters: RawPathParams,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let trace = trace::of_request(|name| headers.get(name)?.to_str().ok());
    let request_id = request.lambda_context_ref().map(|context| context.request_id.clone());
    let request_id = request_id.unwrap_or_default();
    let job = format!("{} {}", request.method(), route.as_str());
    let id = |name| parameters.iter().find(|(key, _)| *key == name).map(|(_, value)| value);
    let mut scope = Scope::new(&request_id, &job, Some(trace));
    scope.campaign_id = id("campaignId").and_then(|id| id.parse().ok());
    scope.import_id = id("importId").and_then(|id| id.parse().ok());
    scope.export_id = id("exportId").and_then(|id| id.parse().ok());
    scope.message_id = id("messageId").and_then(|id| id.parse().ok());
    let handled = scope.run(async {
        let response = next.run(request).await;
        let code = response.extensions().get().map(|code: &Code| code.as_str());
        tracing::info!(status = response.status().as_u16(), code, "responded");
        response
    });
    handled.await
}
