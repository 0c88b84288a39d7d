//! Everything that the simulator knows, and a message's life.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::anyhow;
use chrono::{DateTime, Utc};

use crate::callbacks::Callbacks;
use crate::chance::Chance;
use crate::config::Config;
use crate::fates::{Creation, DELIVERED, Fate};
use crate::messages::{Index, Order, Status, Store};
use crate::plan::{self, Plan, Step};
use crate::resource;

/// The longest that a create call waits for receipts that come before its answer.
const EARLY_LONGEST: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) config: Config,
    pub(crate) callbacks: Callbacks,
    pub(crate) requests: AtomicU64,
    pub(crate) refused: AtomicU64,
    store: Mutex<Store>,
    scripted: Mutex<HashMap<String, Fate>>,
    tries: Mutex<HashMap<String, u32>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The time; whole seconds are all that Twilio tells of it.
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
            requests: AtomicU64::default(),
            refused: AtomicU64::default(),
            store: Mutex::default(),
            scripted: Mutex::default(),
            tries: Mutex::default(),
        }))
    }

    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        lock(&self.store)
    }

    pub(crate) fn script(&self, to: String, fate: Fate) {
        lock(&self.tries).remove(&to);
        lock(&self.scripted).insert(to, fate);
    }

    /// The fate of a number's next message; `None` leaves it to chance.
    pub(crate) fn fate(&self, to: &str) -> Option<Fate> {
        let scripted = lock(&self.scripted).get(to).copied();
        scripted.or_else(|| Fate::of_number(to))
    }

    /// The code with which the create call is refused, if it is.
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

    /// Accepts a message and lets its life begin. Receipts that come early have come when it
    /// returns.
    pub(crate) async fn accept(
        self: &Arc<Self>,
        order: Order,
        fate: Option<Fate>,
    ) -> anyhow::Result<Index> {
        let sid = sid("SM")?;
        let (index, plan) = {
            let mut store = self.store();
            let chance = Chance::new(self.config.seed, &order.to, store.count_to(&order.to));
            let ending = plan::ending(fate, &self.config, chance);
            let receipts = fate.unwrap_or(DELIVERED).receipts;
            let mut plan = Plan::new(receipts, ending, &self.config, chance);
            plan.is_told &= order.callback.is_some();
            (store.add(sid, order, ending, now()), plan)
        };
        if plan.is_told {
            self.callbacks.expect(plan.steps.len());
        }
        let is_early = plan.is_early;
        let life = tokio::spawn(Arc::clone(self).live(index, plan));
        if is_early {
            // Longer than this they are not early, but the client is late.
            let _ = tokio::time::timeout(EARLY_LONGEST, life).await;
        }
        Ok(index)
    }

    async fn live(self: Arc<Self>, index: Index, plan: Plan) {
        for Step { after, status } in plan.steps {
            tokio::time::sleep(after).await;
            self.store().advance(index, status, now());
            if plan.is_told {
                self.callbacks.released().await;
                // What waits is small: only what is being sent takes the room for it.
                Box::pin(self.tell(index, status)).await;
            }
        }
    }

    async fn tell(&self, index: Index, status: Status) {
        let told = {
            let store = self.store();
            let message = store.get(index);
            message.order.callback.clone().map(|url| {
                (url, resource::receipt(message, status, &self.config.account_sid, now()))
            })
        };
        if let Some((url, parameters)) = told {
            self.callbacks.send(&url, &parameters).await;
        }
    }
}
