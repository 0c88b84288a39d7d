//! A small HTTP server on the loopback address, which handles each connection's requests in
//! sequence.

use std::io::{Error, ErrorKind};
use std::net::SocketAddr;

use anyhow::Context;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// A request whose body was read completely.
pub struct Request {
    pub head: hyper::http::request::Parts,
    pub body: Bytes,
}

pub type Response = hyper::Response<Full<Bytes>>;

/// Listens on a free port and handles requests with `handle`, on the current runtime. Clones of
/// `handle` share its state. Without a response, the connection is closed.
pub async fn serve<H, F>(handle: H) -> anyhow::Result<SocketAddr>
where
    H: Fn(Request) -> F + Clone + Send + 'static,
    F: Future<Output: Into<Option<Response>>> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.context("no port is free")?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Responses are small and clients wait for them, so don't delay them.
            let _ = stream.set_nodelay(true);
            let handle = handle.clone();
            let service = service_fn(move |request: hyper::Request<Incoming>| {
                let handle = handle.clone();
                async move {
                    let (head, body) = request.into_parts();
                    let answer = match body.collect().await {
                        Ok(body) => handle(Request { head, body: body.to_bytes() }).await.into(),
                        Err(_) => Some(response(400, "text/plain", Vec::new())),
                    };
                    answer.ok_or_else(|| Error::from(ErrorKind::ConnectionAborted))
                }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    Ok(address)
}

pub fn response(status: u16, content_type: &'static str, body: Vec<u8>) -> Response {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    let value = hyper::header::HeaderValue::from_static(content_type);
    response.headers_mut().insert(hyper::header::CONTENT_TYPE, value);
    response
}
