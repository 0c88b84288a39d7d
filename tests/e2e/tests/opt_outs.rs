//! Opt-outs: keywords, and unsubscribes between the fan-out and the dispatch.

use e2e::callbacks::call_back;
use e2e::{Tenant, phone, staging, text};
use infra::clock;
use local::client::Api;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn stop_and_start_are_heard() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let to = phone();
    tenant.contact(&to).await?;
    let webhook = format!("{}/webhooks/twilio/inbound", tenant.variables["API_URL"]);
    tenant.books.inbound(&webhook, &to, &tenant.sender, " Stop! ").await?;
    let unsubscribes = tenant.api.list(&tenant.path("unsubscribes")).await?;
    assert_eq!(unsubscribes.len(), 1);
    assert_eq!(unsubscribes[0]["source"], "keyword");
    assert_eq!(unsubscribes[0]["evidence"], "Stop!");
    for _idempotent in 0..2 {
        tenant.unsubscribe(&to).await?;
    }
    let still = tenant.api.list(&tenant.path("unsubscribes")).await?;
    assert_eq!(still, unsubscribes, "the first evidence stands");
    let id = tenant.send().await?;
    let campaign = tenant.settled(&id).await?;
    assert_eq!(campaign["audience"]["skipped"]["unsubscribed"], 1);
    assert_eq!(tenant.books.texts(&to).await?, 0);

    tenant.books.inbound(&webhook, &to, &tenant.sender, "START").await?;
    assert!(tenant.api.list(&tenant.path("unsubscribes")).await?.is_empty());
    let id = tenant.send().await?;
    tenant.settled(&id).await?;
    assert_eq!(tenant.books.texts(&to).await?, 1);

    tenant.books.inbound(&webhook, &to, &tenant.sender, "STOP").await?;
    let unsubscribes = tenant.api.list(&tenant.path("unsubscribes")).await?;
    assert_eq!(unsubscribes[0]["campaignId"], id.as_str(), "it is a reply to the campaign");
    Ok(())
}

/// Once a person opts out themselves, a sender's key can no longer undo what a key did for them.
#[tokio::test]
async fn a_persons_own_stop_is_not_a_senders_to_undo() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (sender, sender_id) = tenant.keyed("sender").await?;
    let (by_key, by_person, by_both) = (phone(), phone(), phone());
    for to in [&by_key, &by_both] {
        sender.put(&tenant.unsubscribe_path(to)).await?;
    }
    let kept = tenant.api.get(&tenant.unsubscribe_path(&by_key)).await?;
    assert_eq!(kept["changedBy"], json!({"kind": "key", "id": sender_id, "name": "sender"}));
    for to in [&by_person, &by_both] {
        tenant.hear(to, "STOP").await?;
    }
    let delete = async |api: &Api, to: &str| {
        let request = api.request(Method::DELETE, &tenant.unsubscribe_path(to));
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        let problem: Value = answer.json().await.unwrap_or_default();
        anyhow::Ok((status, text(&problem["code"]).to_owned()))
    };
    for api in [&sender, &tenant.api] {
        for to in [&by_person, &by_both] {
            assert_eq!(delete(api, to).await?, (403, "opted_out_by_person".to_owned()));
            let kept = tenant.api.get(&tenant.unsubscribe_path(to)).await?;
            assert_eq!((&kept["source"], &kept["evidence"]), (&json!("keyword"), &json!("STOP")));
            let system = json!({"kind": "system", "id": null, "name": null});
            assert_eq!(kept["changedBy"], system);
        }
    }
    assert_eq!(delete(&sender, &by_key).await?.0, 204);
    assert_eq!(delete(&sender, &by_key).await?, (404, "not_found".to_owned()));
    // The person's next keyword counts again.
    tenant.hear(&by_key, "stop").await?;
    assert_eq!(delete(&sender, &by_key).await?.0, 403);
    tenant.hear(&by_person, "START").await?;
    assert_eq!(delete(&sender, &by_person).await?.0, 404);
    Ok(())
}

#[tokio::test]
async fn an_admin_lifts_with_a_reason() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let to = phone();
    tenant.contact(&to).await?;
    tenant.hear(&to, "STOP").await?;
    let path = format!("{}/lift", tenant.unsubscribe_path(&to));
    let reason = json!({"reason": " They called on Friday. "});
    for role in ["viewer", "sender"] {
        let (api, _) = tenant.keyed(role).await?;
        let answer = api.request(Method::POST, &path).json(&reason).send().await?;
        assert_eq!(answer.status(), 403, "{role}");
    }
    let answer = tenant.admin.request(Method::POST, &path).json(&reason).send().await?;
    assert_eq!(answer.status(), 403, "the deployment does no tenant's work");
    for body in [json!({}), json!({"reason": ""}), json!({"reason": "\u{3164}"})] {
        assert_eq!(tenant.refusal(Method::POST, &path, Some(&body)).await?.0, 422, "{body}");
    }
    let lift = async || {
        let request = tenant.api.request(Method::POST, &path).header("idempotency-key", "l1");
        let answer = request.json(&reason).send().await?.error_for_status()?;
        anyhow::Ok(answer.json::<Value>().await?)
    };
    let lifted = lift().await?;
    assert_eq!(lifted["reason"], "They called on Friday.");
    assert_eq!(lifted["unsubscribe"]["evidence"], "STOP");
    assert_eq!(lifted["changedBy"]["kind"], "key");
    assert_eq!(lift().await?, lifted, "a repeated request is one lift");
    let again = tenant.refusal(Method::POST, &path, Some(&reason)).await?;
    assert_eq!(again, (404, "not_found".to_owned()));
    let id = tenant.send().await?;
    tenant.settled(&id).await?;
    assert_eq!(tenant.books.texts(&to).await?, 1);
    Ok(())
}

/// No matter how a STOP and attempts to undo it interleave, the person ends up unsubscribed.
#[tokio::test]
async fn a_stop_wins_against_whoever_subscribes_the_person_meanwhile() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (sender, _) = tenant.keyed("sender").await?;
    for _ in 0..5 {
        let to = phone();
        tenant.unsubscribe(&to).await?;
        let path = tenant.unsubscribe_path(&to);
        let subscribe = async || {
            for _ in 0..3 {
                sender.request(Method::DELETE, &path).send().await?;
            }
            anyhow::Ok(())
        };
        tokio::try_join!(tenant.hear(&to, "STOP"), subscribe())?;
        let kept = tenant.api.get(&path).await?;
        assert_eq!(kept["source"], "keyword");
    }
    Ok(())
}

/// Files and contacts say nothing about whether a person wants messages again.
#[tokio::test]
async fn no_import_and_no_contact_subscribes_anyone() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (said, kept) = (phone(), phone());
    tenant.hear(&said, "STOP").await?;
    tenant.unsubscribe(&kept).await?;
    let csv = format!("phone,OptOut\n{said},NONE\n{kept},NONE\n{said},no\n");
    let import = tenant.import(&csv).await?;
    assert_eq!((&import["created"], &import["rejected"]), (&json!(3), &json!(0)), "{import}");
    let contact = tenant.contact(&said).await?;
    let path = tenant.path(&format!("contacts/{contact}"));
    let request = tenant.api.request(Method::PUT, &path).json(&json!({"phone": kept}));
    request.send().await?.error_for_status()?;
    assert_eq!(tenant.api.list(&tenant.path("unsubscribes")).await?.len(), 2);
    let id = tenant.send().await?;
    let campaign = tenant.until(&id, "the audience", |c| c["audience"]["complete"] == true).await?;
    assert_eq!(campaign["audience"]["recipients"], 0);
    Ok(())
}

/// People reply to the sender that texted them, even if the organization has another one by then.
#[tokio::test]
async fn a_sender_that_was_left_still_hears_stop() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (to, next) = (phone(), phone());
    let organization = format!("/v1/organizations/{}", tenant.id);
    for sender in [&next, &tenant.sender, &next] {
        let body = json!({"senderPhone": sender});
        let request = tenant.admin.request(Method::PATCH, &organization).json(&body);
        assert_eq!(request.send().await?.status(), 200);
    }
    let other = json!({"name": "Other", "senderPhone": tenant.sender});
    let taken = tenant.admin.request(Method::POST, "/v1/organizations").json(&other).send().await?;
    assert_eq!(taken.status(), 409, "it is kept for the answers to it");
    let webhook = format!("{}/webhooks/twilio/inbound", tenant.variables["API_URL"]);
    tenant.books.inbound(&webhook, &to, &tenant.sender, "stop").await?;
    let unsubscribes = tenant.api.list(&tenant.path("unsubscribes")).await?;
    assert_eq!(unsubscribes.len(), 1);
    Ok(())
}

/// A number that an organization left may be one of another's service by now. The one that left it only
/// hears STOP.
#[tokio::test]
async fn a_number_that_was_left_speaks_to_who_has_it_now() -> anyhow::Result<()> {
    let (left, owner) = (Tenant::new().await?, Tenant::new().await?);
    left.configure(&json!({"senderPhone": phone()})).await?;
    let service = format!("MG{:032x}", e2e::random());
    let provider = json!({"kind": "twilio", "messagingServiceSid": service});
    owner.configure(&json!({ "provider": provider })).await?;
    let person = phone();
    let url = format!("{}/webhooks/twilio/inbound", left.variables["API_URL"]);
    let say = async |body: &str| {
        let (from, to) = (person.as_str(), left.sender.as_str());
        let form = [("Body", body), ("From", from), ("MessagingServiceSid", &service), ("To", to)];
        call_back(&left.variables["PROVIDER_AUTH_TOKEN"], &url, &form).await
    };
    let count = async |of: &Tenant| -> anyhow::Result<[usize; 2]> {
        let unsubscribes = of.api.list(&of.path("unsubscribes")).await?.len();
        Ok([unsubscribes, of.api.list(&of.path("inbound")).await?.len()])
    };
    for (body, of_left, of_owner) in [
        ("See you at 5", [0, 0], [0, 1]),
        ("HELP", [0, 0], [0, 2]),
        ("STOP", [1, 1], [1, 3]),
        ("START", [1, 1], [0, 4]),
    ] {
        assert_eq!(say(body).await?, 200, "{body}");
        assert_eq!(count(&left).await?, of_left, "{body}");
        assert_eq!(count(&owner).await?, of_owner, "{body}");
    }
    Ok(())
}

/// The chunk is cut while the phone is subscribed, and dispatched after it opted out.
#[tokio::test]
async fn an_opt_out_between_fan_out_and_dispatch_counts() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (stays, leaves) = (phone(), phone());
    for to in [&stays, &leaves] {
        tenant.contact(to).await?;
    }
    let campaign = staging::begun(&tenant).await?;
    staging::cut_without_queueing(&tenant, &campaign).await?;
    tenant.unsubscribe(&leaves).await?;
    let campaign = tenant.repaired(&campaign.id.to_string()).await?;
    assert_eq!(tenant.books.texts(&stays).await?, 1);
    assert_eq!(tenant.books.texts(&leaves).await?, 0);
    assert_eq!(campaign["counts"]["failed"], 1);
    let id = campaign["id"].as_str().unwrap_or_default();
    let messages = tenant.messages(id).await?;
    let message = messages.iter().find(|message| message["to"] == *leaves);
    assert_eq!(message.map(|message| &message["errorReason"]), Some(&json!("unsubscribed")));
    tenant.assert_balanced(&campaign).await
}

#[tokio::test]
async fn a_forged_webhook_changes_nothing() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let client = reqwest::Client::new();
    let form = |to: &str| format!("From=%2B14153550123&To={to}&Body=STOP&At={}", clock::now());
    for path in ["status", "inbound"] {
        let url = format!("{}/webhooks/twilio/{path}", tenant.variables["API_URL"]);
        for signature in [None, Some("AAAAAAAAAAAAAAAAAAAAAAAAAAA=")] {
            let request = client
                .post(&url)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form(&tenant.sender.replace('+', "%2B")));
            let request = match signature {
                Some(signature) => request.header("x-twilio-signature", signature),
                None => request,
            };
            assert_eq!(request.send().await?.status(), 403, "{path}");
        }
    }
    assert!(tenant.api.list(&tenant.path("unsubscribes")).await?.is_empty());
    Ok(())
}
