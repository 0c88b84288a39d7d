//! Webhooks that differ from what the provider sends: each is refused and counted, and changes
//! nothing.

use std::collections::BTreeMap;

use e2e::callbacks::signature;
use e2e::{Tenant, phone};
use local::client::wait;
use reqwest::{Client, Method};

const FORM: &str = "application/x-www-form-urlencoded";

/// A forged request.
struct Attempt<'a> {
    path: String,
    method: Method,
    content_type: &'a str,
    body: String,
    signature: Option<String>,
    expected: u16,
}

/// Twilio's signature of a form with these parameters.
fn signed(tenant: &Tenant, path: &str, parameters: &[(&str, &str)]) -> String {
    signed_at(tenant, &format!("{}{path}", tenant.variables["API_URL"]), parameters)
}

/// Like [`signed`], for a full URL.
fn signed_at(tenant: &Tenant, url: &str, parameters: &[(&str, &str)]) -> String {
    signature(&tenant.variables["PROVIDER_AUTH_TOKEN"], url, parameters)
}

fn form(parameters: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}

/// How many webhooks were refused with this status so far, in all tests.
fn refused(tenant: &Tenant, status: u16) -> usize {
    let log = std::fs::read(&tenant.variables["FUNCTIONS_LOG"]).unwrap_or_default();
    let marks = ["\"RefusedWebhooks\":1".to_owned(), format!("\"Status\":\"{status}\"")];
    let log = String::from_utf8_lossy(&log);
    log.lines().filter(|line| marks.iter().all(|mark| line.contains(mark))).count()
}

#[tokio::test]
async fn what_no_provider_sends_is_refused_and_counted() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (from, path) = (phone(), "/webhooks/twilio/inbound");
    let stop = [("Body", "STOP"), ("From", &from), ("To", &tenant.sender)];
    let body = form(&stop);
    let good = || Attempt {
        path: path.to_owned(),
        method: Method::POST,
        content_type: FORM,
        body: body.clone(),
        signature: Some(signed(&tenant, path, &stop)),
        expected: 403,
    };
    let truncated = body[..body.len() - 4].to_owned();
    let large = "x".repeat(64 * 1024 + 1);
    // A JSON body is authenticated by its hash, so one that is signed but truncated is malformed.
    let cut = "/webhooks/twilio/inbound?bodySHA256=\
               021fb596db81e6d02bf3d2586ee3981fe519f275c0ac9ca76bbcf2ebb4097d96";
    let attempts = [
        Attempt { signature: None, ..good() },
        Attempt { signature: Some("AAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned()), ..good() },
        Attempt { signature: Some(signed(&tenant, "/webhooks/twilio/status", &stop)), ..good() },
        Attempt { body: truncated, ..good() },
        Attempt { body: format!("{body}&More=1"), ..good() },
        Attempt { content_type: "application/json", expected: 400, ..good() },
        Attempt { content_type: "text/plain", expected: 400, ..good() },
        Attempt { content_type: "", expected: 400, ..good() },
        Attempt { body: format!("{body}&Body={large}"), expected: 413, ..good() },
        Attempt { method: Method::PUT, expected: 405, ..good() },
        Attempt {
            path: cut.to_owned(),
            content_type: "application/json",
            body: "{".to_owned(),
            signature: Some(signed(&tenant, cut, &[])),
            expected: 400,
            ..good()
        },
    ];
    let mut counts = BTreeMap::<u16, usize>::new();
    for attempt in &attempts {
        *counts.entry(attempt.expected).or_default() += 1;
    }
    for (status, count) in &mut counts {
        *count += refused(&tenant, *status);
    }
    for attempt in attempts {
        let url = format!("{}{}", tenant.variables["API_URL"], attempt.path);
        let mut request = Client::new().request(attempt.method, url).body(attempt.body);
        if !attempt.content_type.is_empty() {
            request = request.header("content-type", attempt.content_type);
        }
        if let Some(signature) = attempt.signature {
            request = request.header("x-twilio-signature", signature);
        }
        let status = request.send().await?.status();
        assert_eq!(status, attempt.expected, "{} {}", attempt.path, attempt.content_type);
    }
    assert!(tenant.api.list(&tenant.path("unsubscribes")).await?.is_empty());
    // Other tests' refusals count too, but all of those have status 403.
    wait("the metric", e2e::PATIENCE, async || {
        let is_counted = |(status, count): (&u16, &usize)| refused(&tenant, *status) >= *count;
        Ok(counts.iter().all(is_counted).then_some(()))
    })
    .await?;

    // The original signed request is accepted, so nothing else was wrong with the others.
    let good = good();
    let request = Client::new().post(format!("{}{path}", tenant.variables["API_URL"]));
    let request = request.header("content-type", FORM).body(good.body);
    let signature = good.signature.unwrap_or_default();
    assert_eq!(request.header("x-twilio-signature", signature).send().await?.status(), 200);
    assert_eq!(tenant.api.list(&tenant.path("unsubscribes")).await?.len(), 1);
    Ok(())
}

/// A function URL may be called instead of the HTTP API, and the signature covers the URL that was
/// called.
#[tokio::test]
async fn a_function_url_is_as_good_as_the_api() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let from = phone();
    let stop = [("Body", "STOP"), ("From", &from), ("To", &tenant.sender)];
    let url = format!("{}webhooks/twilio/inbound", tenant.variables["WEBHOOKS_URL"]);
    let id = url.trim_start_matches("https://").split('.').next().unwrap_or_default();
    let endpoint = &tenant.variables["AWS_ENDPOINT_URL"];
    let here = format!("{endpoint}/_aws/lambda-url/{id}/webhooks/twilio/inbound");
    let at_api = signed(&tenant, "/webhooks/twilio/inbound", &stop);
    for (signature, expected) in [(at_api, 403), (signed_at(&tenant, &url, &stop), 200)] {
        let request = Client::new().post(&here).header("content-type", FORM);
        let answer = request.header("x-twilio-signature", signature).body(form(&stop)).send();
        assert_eq!(answer.await?.status(), expected);
    }
    let unsubscribes = tenant.api.list(&tenant.path("unsubscribes")).await?;
    assert_eq!(unsubscribes.len(), 1);
    assert_eq!(unsubscribes[0]["phone"], from.as_str());
    Ok(())
}
