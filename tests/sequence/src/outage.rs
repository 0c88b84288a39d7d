//! Services that refuse every request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bench::server;
use serde_json::{Value, json};

#[derive(Clone, Debug, Default)]
pub(crate) struct Outage {
    table: Arc<AtomicBool>,
    receipts: Arc<AtomicBool>,
}

impl Outage {
    pub(crate) fn set_table(&self, is_refused: bool) {
        self.table.store(is_refused, Ordering::Relaxed);
    }

    pub(crate) fn set_receipts(&self, is_refused: bool) {
        self.receipts.store(is_refused, Ordering::Relaxed);
    }

    /// The table's refusal. It is one that no client retries.
    pub(crate) fn of_table(&self) -> Option<(u16, Value)> {
        let code = "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException";
        self.table.load(Ordering::Relaxed).then(|| (400, json!({ "__type": code })))
    }

    /// Serves the queue of receipts, which the SDK is not used for.
    pub(crate) async fn serve_receipts(&self) -> String {
        let receipts = Arc::clone(&self.receipts);
        let address = server::serve(move |_| {
            let (status, body) = if receipts.load(Ordering::Relaxed) {
                (400, json!({ "__type": "com.amazonaws.sqs#QueueDoesNotExist" }))
            } else {
                (200, json!({ "MessageId": "1" }))
            };
            let content = "application/x-amz-json-1.0";
            let response = server::response(status, content, body.to_string().into());
            async { response }
        });
        format!("http://{}", address.await.expect("a port"))
    }
}
