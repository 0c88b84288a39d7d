//! Creating, fetching and listing messages.

use crate::support::{Bench, FROM, PLAIN, quick};
use reqwest::StatusCode;
use serde_json::json;

#[tokio::test]
async fn credentials_are_checked() {
    let bench = Bench::new(quick()).await;
    let url = format!("{}.json", bench.messages_url());
    let sid = bench.config.account_sid.clone();
    for (user, token) in [(&*sid, "wrong"), ("AC1", "simulator"), ("", "")] {
        let request = bench.http.get(&url).basic_auth(user, Some(token));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        let problem: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(problem["code"], 20_003);
        assert_eq!(problem["status"], 401);
    }
    let others = url.replace(&sid, "AC2");
    assert_eq!(bench.get(others).await.0, 401);
    assert_eq!(bench.get(url).await.0, 200);
}

#[tokio::test]
async fn a_message_is_created_and_fetched() {
    let bench = Bench::new(quick()).await;
    let (status, created) = bench.create(PLAIN).await;
    assert_eq!(status, 201);
    let sid = created["sid"].as_str().unwrap();
    assert!(sid.starts_with("SM") && sid.len() == 34, "{sid}");
    assert_eq!(created["status"], "queued");
    assert_eq!(created["to"], PLAIN);
    assert_eq!(created["from"], FROM);
    assert_eq!(created["num_segments"], "1");
    assert!(created["error_code"].is_null() && created["date_sent"].is_null());
    let date = created["date_created"].as_str().unwrap();
    assert!(chrono::DateTime::parse_from_rfc2822(date).is_ok(), "{date}");

    bench.settled().await;
    let uri = created["uri"].as_str().unwrap();
    let (status, fetched) = bench.get(format!("{}{uri}", bench.url)).await;
    assert_eq!((status, &fetched["status"]), (200, &json!("delivered")));

    let (status, problem) = bench.get(format!("{}/SM0.json", bench.messages_url())).await;
    assert_eq!((status, &problem["code"]), (404, &json!(20_404)));
}

#[tokio::test]
async fn what_is_missing_is_refused() {
    let bench = Bench::new(quick()).await;
    for (to, body, code) in [
        ("", "Hello", 21_604),
        (PLAIN, "", 21_602),
        (PLAIN, &*"a".repeat(1_601), 21_617),
        ("4153550123", "Hello", 21_211),
    ] {
        let answer = bench.try_create(to, body).await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        let problem: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(problem["code"], code);
    }
    let stats = bench.stats().await;
    assert_eq!((&stats["accepted"], &stats["refused"]), (&json!(0), &json!(4)));
}

#[tokio::test]
async fn messages_are_listed_newest_first_and_page_by_page() {
    let bench = Bench::new(quick()).await;
    for n in 0..5 {
        let body = format!("text {n}");
        assert_eq!(bench.try_create(PLAIN, &body).await.unwrap().status(), 201);
    }
    bench.create("+14153550124").await;
    let search = |query: &str| format!("{}.json?{query}", bench.messages_url());
    let mut next = Some(search("To=%2B14153550123&From=%2B12125550100&PageSize=2"));
    let mut bodies = Vec::new();
    while let Some(url) = next {
        let (_, page) = bench.get(url).await;
        for message in page["messages"].as_array().unwrap() {
            bodies.push(message["body"].as_str().unwrap().to_owned());
        }
        // A message that arrives between two pages shifts none of them.
        bench.create(PLAIN).await;
        let uri = page["next_page_uri"].as_str();
        next = uri.map(|uri| format!("{}{uri}", bench.url));
    }
    assert_eq!(bodies, ["text 4", "text 3", "text 2", "text 1", "text 0"]);

    let count = async |query: &str| {
        let (status, page) = bench.get(search(query)).await;
        assert_eq!(status, 200, "{query}");
        page["messages"].as_array().unwrap().len()
    };
    assert_eq!(count("DateSent%3E=2020-01-01").await, 9);
    assert_eq!(count("DateSent%3C=2020-01-01").await, 0);
    assert_eq!(count("DateSent%3E=2020-01-01T00:00:00Z&PageSize=3").await, 3);
    assert_eq!(count("From=%2B12125550101").await, 0);
    assert_eq!(bench.get(search("DateSent=soon")).await.0, 400);
}
