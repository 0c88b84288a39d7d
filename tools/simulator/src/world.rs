//! The simulator's entire state.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::anyhow;
use chrono::{DateTime, Utc};

use crate::aws::Aws;
use crate::callbacks::Callbacks;
use crate::config::Config;
use crate::fates::{Creation, Fate};
use crate::messages::Store;

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) config: Config,
    pub(crate) callbacks: Callbacks,
    pub(crate) aws: Aws,
    pub(crate) requests: AtomicU64,
    pub(crate) refused: AtomicU64,
    store: Mutex<Store>,
    scripted: Mutex<HashMap<String, Fate>>,
    tries: Mutex<HashMap<String, u32>>,
    /// The fate of all messages from a sender, regardless of the recipient.
    outages: Mutex<HashMap<String, Fate>>,
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The current time. Twilio reports only whole seconds.
#[expect(
    clippy::disallowed_methods,
    reason = "the simulator is a world of its own, with its own clock"
)]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

/// A new id: `prefix` and 32 hexadecimal digits.
pub(crate) fn sid(prefix: &str) -> anyhow::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("no entropy for an id: {error}"))?;
    Ok(format!("{prefix}{:032x}", u128::from_be_bytes(bytes)))
}

impl World {
    pub(crate) fn new(config: Config) -> anyhow::Result<Arc<Self>> {
        Ok(Arc::new(Self {
            callbacks: Callbacks::new(&config)?,
            config,
            aws: Aws::default(),
            requests: AtomicU64::default(),
            refused: AtomicU64::default(),
            store: Mutex::default(),
            scripted: Mutex::default(),
            tries: Mutex::default(),
            outages: Mutex::default(),
        }))
    }

    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        lock(&self.store)
    }

    pub(crate) fn script(&self, to: String, fate: Fate) {
        lock(&self.tries).remove(&to);
        lock(&self.scripted).insert(to, fate);
    }

    /// Sets the fate of all messages from a sender. `None` ends the outage.
    pub(crate) fn fail_sender(&self, from: String, fate: Option<Fate>) {
        let mut outages = lock(&self.outages);
        match fate {
            Some(fate) => outages.insert(from, fate),
            None => outages.remove(&from),
        };
    }

    pub(crate) fn outage(&self, from: Option<&str>) -> Option<Fate> {
        lock(&self.outages).get(from?).copied()
    }

    /// The fate of a number's next message. `None` leaves it to chance.
    pub(crate) fn fate(&self, to: &str) -> Option<Fate> {
        let scripted = lock(&self.scripted).get(to).copied();
        scripted.or_else(|| Fate::of_number(to))
    }

    /// The code of the create call's refusal, if it is refused.
    pub(crate) fn refusal(&self, to: &str, creation: Creation) -> Option<u32> {
        match creation {
            Creation::Refuse(code) => Some(code),
            Creation::RefuseFirst(code, times) => {
                let mut tries = lock(&self.tries);
                let count = tries.entry(to.to_owned()).or_default();
                *count = count.saturating_add(1);
                (*count <= times).then_some(code)
            }
            Creation::Accept(_) | Creation::Fail | Creation::BadGateway => None,
        }
    }

    pub(crate) fn count_refusal(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }
}
