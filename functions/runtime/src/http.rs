//! Functions that serve an HTTP API.

use std::convert::Infallible;

use infra::usage::Usage;
use lambda_http::{Adapter, IntoResponse, Request};
use lambda_runtime::tower::{Service, ServiceExt};

use crate::Error;

/// Runs a function that serves HTTP requests, and reports what each of them used.
pub async fn serve_http<S, R>(usage: Usage, service: S) -> Result<(), Error>
where
    S: Service<Request, Response = R, Error = Infallible>,
    S::Future: Send,
    R: IntoResponse,
{
    let reported = Adapter::from(service).map_result(move |response| {
        usage.report();
        response
    });
    lambda_runtime::run(reported).await
}
