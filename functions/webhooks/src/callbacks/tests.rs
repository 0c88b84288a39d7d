use sequence::Stage;
use serde_json::{Value, json};

use super::*;

/// A text from a person, as API Gateway passes it on. Its signature is not asked for before the owner of
/// the number is read.
fn text() -> Request {
    let event = json!({
        "rawPath": "/webhooks/twilio/inbound",
        "headers": {
            "content-type": "application/x-www-form-urlencoded",
            "x-twilio-signature": "bm90IHRoZSByaWdodCBvbmU=",
        },
        "requestContext": { "http": { "method": "POST" } },
        "body": "MessageSid=SM00000000000000000000000000000001\
                 &AccountSid=AC00000000000000000000000000000001\
                 &From=%2B14155550123&To=%2B14155550100&Body=STOP",
    });
    serde_json::from_value(event).expect("a request")
}

async fn status(app: &App) -> Value {
    let response = answer(app, &text(), "request").await;
    serde_json::to_value(&response).expect("json")["statusCode"].clone()
}

/// A provider sends a webhook again, or shows that it failed, only if the response says so.
#[tokio::test]
async fn a_webhook_that_nothing_can_keep_is_answered_with_503() {
    let stage = Stage::empty().await;
    let app = stage.build(App::build);
    assert_eq!(status(&app).await, 403, "the table says that no one has the number");
    stage.refuse_table(true);
    assert_eq!(status(&app).await, 200, "it is on the queue");
    stage.refuse_receipts(true);
    assert_eq!(status(&app).await, 503);
    stage.refuse_receipts(false);
    assert_eq!(status(&app).await, 200);
}
