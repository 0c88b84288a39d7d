//! Texts from people, published to a topic.

use serde_json::{Value, json};

use super::{EVENTS, INBOUND, message};
use crate::support::{Bench, FROM, PLAIN, quick};

fn text(body: &str) -> Value {
    json!({ "from": PLAIN, "to": FROM, "body": body })
}

#[tokio::test]
async fn inbound_messages_are_published() {
    let bench = Bench::new(quick()).await;
    bench.topics().await;
    let (_, sent) = bench.text(&message(PLAIN)).await;
    let (status, first) = bench.admin("aws/inbound", text(" Stop ")).await;
    assert_eq!((status, &first["status"]), (200, &json!(204)));
    bench.admin("aws/inbound", text("When do you open?")).await;
    let mut again = text(" Stop ");
    again["inboundMessageId"] = first["inboundMessageId"].clone();
    again["previousPublishedMessageId"] = json!("another");
    again["keyword"] = json!("JOIN");
    bench.admin("aws/inbound", again).await;
    let published = bench.published(INBOUND).await;
    let expected = json!({
        "originationNumber": PLAIN,
        "destinationNumber": FROM,
        "messageKeyword": "STOP",
        "messageBody": " Stop ",
        "inboundMessageId": first["inboundMessageId"],
        "previousPublishedMessageId": sent["MessageId"],
    });
    assert_eq!(published[0], expected);
    assert_eq!(published[1]["messageKeyword"], "KEYWORD_123456789012");
    assert_ne!(published[1]["inboundMessageId"], first["inboundMessageId"]);
    assert_eq!(published[2]["inboundMessageId"], first["inboundMessageId"]);
    assert_eq!(published[2]["previousPublishedMessageId"], "another");
    assert_eq!(published[2]["messageKeyword"], "JOIN");
}

#[tokio::test]
async fn inbound_messages_want_a_topic() {
    let bench = Bench::new(quick()).await;
    assert_eq!(bench.admin("aws/inbound", text("Stop")).await.0, 409);
    let events_only = json!({ "endpoint": bench.webhook, "events": EVENTS });
    assert_eq!(bench.put_topics(&events_only).await, 204);
    assert_eq!(bench.admin("aws/inbound", text("Stop")).await.0, 409);
    for wrong in [
        json!({ "endpoint": bench.webhook, "events": "events" }),
        json!({ "endpoint": bench.webhook, "inbound": "arn:aws:sqs:us-east-1:1:queue" }),
        json!({ "events": EVENTS }),
    ] {
        assert_eq!(bench.put_topics(&wrong).await, 400, "{wrong}");
    }
}
