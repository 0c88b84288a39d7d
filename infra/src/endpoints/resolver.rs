//! The addresses of a host. If one of them is not allowed, none is: which of them a request would reach
//! is up to the host's name server.
//!
//! The connection goes to the addresses that are returned here, so a name server can't return others
//! between the check and the connection.

use std::net::{SocketAddr, ToSocketAddrs};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use shared::webhook::is_public;

use super::IS_LOCAL_ALLOWED;

pub(super) struct Resolver;

#[derive(Debug, thiserror::Error)]
#[error("the host has an address that webhooks may not be at")]
pub(super) struct NotAllowed;

#[derive(Debug, thiserror::Error)]
#[error("the host has no address")]
pub(super) struct NotResolved;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // The port is replaced by that of the URL.
            let host = (name.as_str().to_owned(), 0);
            let resolved = tokio::task::spawn_blocking(move || host.to_socket_addrs()).await?;
            let addresses: Vec<SocketAddr> = resolved.map_err(|_| NotResolved)?.collect();
            Ok(Box::new(allowed(addresses, IS_LOCAL_ALLOWED)?.into_iter()) as Addrs)
        })
    }
}

/// All of a host's addresses, if each may be called.
pub(super) fn allowed(
    addresses: Vec<SocketAddr>,
    is_local_allowed: bool,
) -> Result<Vec<SocketAddr>, NotAllowed> {
    let may_be_called = |address: &SocketAddr| {
        is_public(address.ip()) || (is_local_allowed && address.ip().is_loopback())
    };
    if addresses.is_empty() || !addresses.iter().all(may_be_called) {
        return Err(NotAllowed);
    }
    Ok(addresses)
}
