//! The console function: hands out the built console. It has no permission on anything.

mod files;
mod http;
mod page;
mod serve;
mod settings;

use lambda_runtime::{LambdaEvent, service_fn};

use crate::http::{Request, Response};
use crate::settings::Settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let settings = &Settings::read(|name| std::env::var(name).ok());
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Request>| {
        Ok::<Response, lambda_runtime::Error>(serve::respond(&event.payload, settings))
    }))
    .await
}
