//! The provider is down for everyone: nothing listens at its address.
//!
//! Every run in progress at that time is affected. No one can have been texted in the meantime, so
//! everyone must be texted afterwards.

use std::sync::Arc;
use std::time::Duration;

use local::say;

use crate::proxy::Proxy;

/// How long the provider is up before the blackout.
const UP: Duration = Duration::from_mins(1);

/// Makes the provider unreachable once, for the duration `lasts`.
pub async fn black_out(provider: Arc<Proxy>, lasts: Duration) {
    tokio::time::sleep(UP).await;
    say(&format!("the provider is down for {} s", lasts.as_secs()));
    provider.set_down(true);
    tokio::time::sleep(lasts).await;
    provider.set_down(false);
    say("the provider is up again");
}
