//! The console function: hands out the built console. It has no permission on anything, and reads
//! nothing but the request.

mod files;
mod http;
mod page;
mod serve;

use lambda_runtime::{LambdaEvent, service_fn};

use crate::http::{Request, Response};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Request>| {
        Ok::<Response, lambda_runtime::Error>(serve::respond(&event.payload))
    }))
    .await
}
