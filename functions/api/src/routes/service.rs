//! The routes that need no key: the health check and the OpenAPI document.

use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::json::Reply;
use crate::problem::Problem;

/// Built by a test, which also compares it with the routes.
const DOCUMENT: &str = include_str!("../../../../docs/openapi.json");

#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    #[schema(value_type = String, example = "ok")]
    status: &'static str,
}

/// Check that the service is running
#[utoipa::path(get, path = "/health", tag = "Service", responses(
    (status = 200, description = "The service is running.", body = Health),
))]
pub(crate) async fn get_health() -> Result<Reply, Problem> {
    Reply::ok(&Health { status: "ok" })
}

/// Get this document
#[utoipa::path(get, path = "/openapi.json", tag = "Service", responses(
    (status = 200, description = "The OpenAPI document.", body = Object),
))]
pub(crate) async fn get_openapi() -> Reply {
    Reply { status: StatusCode::OK, body: DOCUMENT.to_owned() }
}
