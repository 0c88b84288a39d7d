//! The port that the proxy listens on, unless it is down.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::proxy::Proxy;

impl Proxy {
    pub(crate) async fn listen(self: Arc<Self>, listener: TcpListener, address: SocketAddr) {
        let mut listener = Some(listener);
        let mut is_down = self.is_down.subscribe();
        loop {
            let Some(open) = &listener else {
                if is_down.wait_for(|is_down| !is_down).await.is_err() {
                    return;
                }
                listener = TcpListener::bind(address).await.ok();
                if listener.is_none() {
                    // Another process's connection may use the port for a moment.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                continue;
            };
            tokio::select! {
                accepted = open.accept() => match accepted {
                    Ok((stream, _)) => {
                        tokio::spawn(Arc::clone(&self).serve(stream));
                    }
                    Err(_) => return,
                },
                _ = is_down.wait_for(|is_down| *is_down) => listener = None,
            }
        }
    }

    /// Makes the proxy refuse connections and close the existing ones once they are idle, or listen
    /// again.
    pub fn set_down(&self, is_down: bool) {
        self.is_down.send_replace(is_down);
    }

    #[must_use]
    pub fn is_down(&self) -> bool {
        *self.is_down.borrow()
    }

    async fn serve(self: Arc<Self>, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let proxy = Arc::clone(&self);
        let service = service_fn(move |request| Arc::clone(&proxy).handle(request));
        let mut is_down = self.is_down.subscribe();
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        let mut connection = std::pin::pin!(connection);
        // A connection whose request was cut ends with an error, on purpose.
        tokio::select! {
            _ = connection.as_mut() => return,
            _ = is_down.wait_for(|is_down| *is_down) => connection.as_mut().graceful_shutdown(),
        }
        let _ = connection.await;
    }
}
