//! The routes that need no key: the health check and the OpenAPI document.

use std::sync::Arc;

use axum::Extension;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::OpenApi;

use crate::json::Reply;
use crate::problem::Problem;

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
pub(crate) async fn get_openapi(
    Extension(document): Extension<Arc<OpenApi>>,
) -> Result<Reply, Problem> {
    Reply::ok(&*document)
}
