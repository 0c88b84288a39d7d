//! Processes that die between two requests, or while one is executed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

/// When a process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Death {
    /// The request at which it dies. The first one is number 0.
    pub request: usize,
    /// Whether that request is executed, so that only its response is lost.
    pub is_executed: bool,
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Executed,
    ExecutedWithoutResponse,
    NotExecuted,
}

/// The requests of a process, and its death.
#[derive(Clone, Debug, Default)]
pub(crate) struct Life {
    requests: Arc<AtomicUsize>,
    death: Arc<Mutex<Option<Death>>>,
    died: Arc<Mutex<Arc<Notify>>>,
}

impl Life {
    /// Runs a process to its end, or to its death, which is `None`.
    pub(crate) async fn live<T>(
        &self,
        death: Option<Death>,
        process: impl Future<Output = T>,
    ) -> Option<T> {
        self.requests.store(0, Ordering::Relaxed);
        self.set(death);
        let died = Arc::new(Notify::new());
        *self.died.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&died);
        let ended = tokio::select! {
            biased;
            () = died.notified() => None,
            result = process => Some(result),
        };
        self.set(None);
        ended
    }

    fn set(&self, death: Option<Death>) {
        *self.death.lock().unwrap_or_else(PoisonError::into_inner) = death;
    }

    /// The number of requests of the last process.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    /// The fate of the next request.
    pub(crate) fn next(&self) -> Fate {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let death = *self.death.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(death) = death.filter(|death| death.request <= number) else {
            return Fate::Executed;
        };
        self.died.lock().unwrap_or_else(PoisonError::into_inner).notify_one();
        if death.is_executed && death.request == number {
            Fate::ExecutedWithoutResponse
        } else {
            Fate::NotExecuted
        }
    }
}
