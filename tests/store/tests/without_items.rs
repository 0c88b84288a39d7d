//! A batch may refuse a statement without returning the conflicting item.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use infra::table::{Claiming, ReceiptApplied, Table};
use infra::usage::Usage;
use infra::{aws, clock};
use serde_json::Value;
use shared::message::Status;

use crate::receipts::{apply, delivery};
use crate::{SHARDS, messages, table};

struct Upstream {
    http: reqwest::Client,
    url: String,
}

/// Forwards a request, and removes the items from a batch's response.
async fn forward(
    State(upstream): State<std::sync::Arc<Upstream>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut request = upstream.http.post(&upstream.url).body(body);
    for name in ["x-amz-target", "content-type", "authorization", "x-amz-date"] {
        request = request.header(name, headers.get(name).expect("a header of every request"));
    }
    let answer = request.send().await.expect("the emulator answers");
    let status = answer.status();
    let mut body: Value = answer.json().await.expect("JSON");
    for response in body["Responses"].as_array_mut().into_iter().flatten() {
        if let Some(error) = response["Error"].as_object_mut() {
            error.remove("Item");
        }
    }
    (status, body.to_string()).into_response()
}

/// The table behind a proxy that withholds items.
async fn without_items() -> anyhow::Result<Table> {
    let url = std::env::var("AWS_ENDPOINT_URL")?;
    let upstream = std::sync::Arc::new(Upstream { http: infra::http::client()?, url });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = Router::new().fallback(forward).with_state(upstream);
    tokio::spawn(async move { axum::serve(listener, app).await });
    let config = aws::load().await.into_builder().endpoint_url(format!("http://{address}")).build();
    Ok(Table::new(&config, std::env::var("TABLE_NAME")?, Usage::default()))
}

#[tokio::test]
async fn a_receipt_is_known_also_without_the_item() -> anyhow::Result<()> {
    let (complete, table) = (table().await, without_items().await?);
    let message = messages(1).remove(0);
    let early = delivery(&message, "SM1", Status::Sent);
    assert_eq!(apply(&table, early).await?, ReceiptApplied::Early, "there is no message");
    let claim = [(message.clone(), Claiming::HandOver { token: "mine".to_owned() })];
    complete.claim_all(&claim, SHARDS, clock::now()).await?;
    for (id, status, expected) in [
        ("SM1", Status::Delivered, ReceiptApplied::Done),
        ("SM1", Status::Delivered, ReceiptApplied::Known),
        ("SM1", Status::Sent, ReceiptApplied::Known),
        ("SM2", Status::Delivered, ReceiptApplied::Early),
    ] {
        let applied = apply(&table, delivery(&message, id, status)).await?;
        assert_eq!(applied, expected, "{id} {status:?}");
    }
    Ok(())
}
