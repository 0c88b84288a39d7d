//! What people write back: kept, found again, replied to, and dealt with if it may be a refusal.

use chrono::NaiveDate;
use e2e::{PATIENCE, Tenant, phone, random, text};
use infra::clock;
use local::client::{Api, wait};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use shared::inbound::due_on;

/// Delivers a text under the provider's id `sid`. Returns the webhook's response.
async fn deliver(tenant: &Tenant, from: &str, body: &str, sid: &str) -> anyhow::Result<String> {
    let url = format!("{}/_simulator/inbound", tenant.variables["PROVIDER_URL"]);
    let webhook = format!("{}/webhooks/twilio/inbound", tenant.variables["API_URL"]);
    let inbound =
        json!({"url": webhook, "from": from, "to": tenant.sender, "body": body, "messageSid": sid});
    let answer = Client::new().post(url).json(&inbound).send().await?.error_for_status()?;
    let answer: Value = answer.json().await?;
    assert_eq!(answer["status"], 200, "{answer}");
    Ok(text(&answer["body"]).to_owned())
}

fn sid() -> String {
    format!("SM{:08x}{:08x}", random(), random())
}

async fn list(tenant: &Tenant, query: &str) -> anyhow::Result<Vec<Value>> {
    tenant.api.list(&tenant.path(&format!("inbound{query}"))).await
}

/// The same list, read in pages of this size.
async fn in_pages(tenant: &Tenant, query: &str, limit: usize) -> anyhow::Result<Vec<Value>> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = tenant.path(&format!("inbound?limit={limit}{query}{cursor}"));
        let page = tenant.api.get(&path).await?;
        let items = page["items"].as_array().cloned().unwrap_or_default();
        assert!(items.len() <= limit, "{page}");
        found.extend(items);
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(found),
        }
    }
}

fn bodies(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(|message| text(&message["body"])).collect()
}

fn path(tenant: &Tenant, message: &Value, rest: &str) -> String {
    tenant.path(&format!("inbound/{}{rest}", text(&message["id"])))
}

/// Posts a body, and returns the status and the response.
async fn post(
    api: &Api,
    path: &str,
    body: &Value,
    key: Option<&str>,
) -> anyhow::Result<(u16, Value)> {
    let mut request = api.request(Method::POST, path).json(body);
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let response = request.send().await?;
    Ok((response.status().as_u16(), response.json().await?))
}

#[tokio::test]
async fn what_people_write_back_is_kept_with_its_campaign() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let phones = tenant.contacts(3).await?;
    let id = tenant.send().await?;
    tenant.settled(&id).await?;
    let [ana, bo, cy] = &*phones else { panic!("three phones") };
    tenant.hear(ana, "Thanks!").await?;
    tenant.hear(ana, "Until when are you open?").await?;
    tenant.hear(bo, "HELP").await?;
    tenant.hear(cy, "Stop.").await?;
    let stranger = phone();
    tenant.hear(&stranger, "Hello?").await?;

    let all = list(&tenant, "").await?;
    let expected = ["Hello?", "Stop.", "HELP", "Until when are you open?", "Thanks!"];
    assert_eq!(bodies(&all), expected, "newest first");
    assert_eq!(in_pages(&tenant, "", 2).await?, all);
    assert_eq!(in_pages(&tenant, &format!("&campaign={id}"), 2).await?, all[1..]);
    let keywords: Vec<&Value> = all.iter().map(|message| &message["keyword"]).collect();
    assert_eq!(json!(keywords), json!([null, "stop", "help", null, null]));
    let thanks = &all[4];
    assert_eq!((text(&thanks["from"]), text(&thanks["to"])), (ana.as_str(), &*tenant.sender));
    assert_eq!((&thanks["flagged"], &thanks["dueOn"]), (&json!(false), &Value::Null));
    let of_campaign = list(&tenant, &format!("?campaign={id}")).await?;
    assert_eq!(of_campaign, all[1..], "replies to the campaign");
    assert!(list(&tenant, &format!("?campaign={}", tenant.id)).await?.is_empty());
    let ana = ana.replace('+', "%2B");
    assert_eq!(list(&tenant, &format!("?phone={ana}")).await?, all[3..]);
    assert_eq!(in_pages(&tenant, &format!("&phone={ana}"), 1).await?, all[3..]);

    let found = tenant.api.get(&path(&tenant, thanks, "")).await?;
    assert_eq!((&found["body"], &found["replies"]), (&thanks["body"], &json!([])));
    let person = tenant.api.get(&tenant.path(&format!("people/{ana}"))).await?;
    assert_eq!(person["inbound"], json!(all[3..]));
    let report = tenant.api.get(&tenant.path(&format!("campaigns/{id}/report"))).await?;
    assert_eq!((&report["replies"], &report["optOuts"]), (&json!(2), &json!(1)));
    Ok(())
}

/// A provider delivers a text again if the response was lost.
#[tokio::test]
async fn a_text_that_is_delivered_again_is_one() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let replies = json!({"stop": "You are out.", "start": "You are in.", "help": "Call us."});
    tenant.configure(&json!({"keywords": {"replies": replies}})).await?;
    let from = phone();
    for (body, reply) in [("STOP", "You are out."), ("HELP", "Call us."), ("Hi", "")] {
        let sid = sid();
        let first = deliver(&tenant, &from, body, &sid).await?;
        let expected = match reply {
            "" => "<Response/>".to_owned(),
            _ => format!("<Response><Message>{reply}</Message></Response>"),
        };
        assert_eq!(first, expected, "{body}");
        assert_eq!(deliver(&tenant, &from, body, &sid).await?, "<Response/>", "{body} again");
    }
    assert_eq!(bodies(&list(&tenant, "").await?), ["Hi", "HELP", "STOP"]);
    Ok(())
}

#[tokio::test]
async fn a_reply_is_sent_once_and_not_after_a_stop() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let from = phone();
    tenant.hear(&from, "Are you open?").await?;
    let asked = list(&tenant, "").await?.remove(0);
    let (reply, body) = (path(&tenant, &asked, "/reply"), json!({"body": "Yes, {{ until }} 5."}));
    let (status, sent) = post(&tenant.api, &reply, &body, None).await?;
    assert_eq!((status, text(&sent["kind"])), (202, "reply"), "{sent}");
    assert_eq!((text(&sent["to"]), text(&sent["from"])), (from.as_str(), &*tenant.sender));
    assert_eq!((&sent["campaignId"], &sent["body"]), (&Value::Null, &body["body"]));
    let delivered = wait("the reply", PATIENCE, async || {
        let asked = tenant.api.get(&path(&tenant, &asked, "")).await?;
        let reply = asked["replies"][0].clone();
        Ok((reply["status"] == "delivered").then_some(reply))
    })
    .await?;
    assert_eq!(delivered["id"], sent["id"]);

    let (status, again) = post(&tenant.api, &reply, &body, None).await?;
    assert_eq!((status, &again["id"]), (202, &sent["id"]));
    let other = json!({"body": "No."});
    let (status, problem) = post(&tenant.api, &reply, &other, None).await?;
    assert_eq!((status, text(&problem["code"])), (409, "already_replied"));
    for _repeated in 0..2 {
        assert_eq!(post(&tenant.api, &reply, &other, Some("more")).await?.0, 202);
    }
    wait("the second reply", PATIENCE, async || {
        Ok((tenant.books.texts(&from).await? == 2).then_some(()))
    })
    .await?;
    let (status, problem) = post(&tenant.api, &reply, &json!({"body": " "}), Some("x")).await?;
    assert_eq!((status, text(&problem["code"])), (422, "validation_failed"));

    tenant.hear(&from, "STOP").await?;
    let (status, problem) = post(&tenant.api, &reply, &other, Some("late")).await?;
    assert_eq!((status, text(&problem["code"])), (422, "recipient_opted_out"));
    assert_eq!(tenant.books.texts(&from).await?, 2);
    Ok(())
}

/// A conversation fits, a flood of texts to one person does not.
#[tokio::test]
async fn a_message_has_ten_replies_at_most() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    tenant.hear(&phone(), "Hi").await?;
    let asked = list(&tenant, "").await?.remove(0);
    let (reply, body) = (path(&tenant, &asked, "/reply"), json!({"body": "Hello"}));
    for number in 0..10 {
        let key = number.to_string();
        assert_eq!(post(&tenant.api, &reply, &body, Some(&key)).await?.0, 202, "{number}");
    }
    let (status, problem) = post(&tenant.api, &reply, &body, Some("10")).await?;
    assert_eq!((status, text(&problem["code"])), (409, "already_replied"));
    assert_eq!(post(&tenant.api, &reply, &body, Some("9")).await?.0, 202, "it is the same reply");
    Ok(())
}

#[tokio::test]
async fn what_may_be_a_refusal_is_decided_by_a_person() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (wrong, busy) = (phone(), phone());
    let before = clock::now().datetime().date_naive();
    tenant.hear(&wrong, "You have the wrong number").await?;
    tenant.hear(&busy, "not interested in cake 🎂, thanks").await?;
    tenant.hear(&busy, "but in bread").await?;
    let after = clock::now().datetime().date_naive();
    let flagged = list(&tenant, "?flagged=true").await?;
    assert_eq!(flagged.len(), 2, "{flagged:?}");
    assert_eq!(in_pages(&tenant, "&flagged=true", 1).await?, flagged);
    let due: NaiveDate = text(&flagged[0]["dueOn"]).parse()?;
    assert!((due_on(before)..=due_on(after)).contains(&due), "{due}");
    let of = |from: &str| flagged.iter().find(|message| message["from"] == from).cloned();
    let (wrong_number, cake) = (of(&wrong).expect("flagged"), of(&busy).expect("flagged"));
    let plain = list(&tenant, "").await?.remove(0);

    let (sender, sender_id) = tenant.keyed("sender").await?;
    let (viewer, _) = tenant.keyed("viewer").await?;
    viewer.get(&path(&tenant, &cake, "")).await?;
    for action in ["reply", "suppress", "dismiss"] {
        let path = path(&tenant, &cake, &format!("/{action}"));
        assert_eq!(post(&viewer, &path, &json!({"body": "Hi"}), None).await?.0, 403, "{action}");
    }
    let act = async |message: &Value, action: &str| {
        post(&sender, &path(&tenant, message, &format!("/{action}")), &json!({}), None).await
    };

    let (status, dismissed) = act(&cake, "dismiss").await?;
    assert_eq!((status, text(&dismissed["decision"]["verdict"])), (200, "dismissed"));
    assert_eq!(dismissed["decision"]["decidedBy"]["id"], sender_id.as_str());
    assert_eq!(act(&cake, "dismiss").await?, (200, dismissed), "once");
    assert!(tenant.api.list(&tenant.path("unsubscribes")).await?.is_empty());
    assert_eq!(list(&tenant, "?flagged=true").await?, std::slice::from_ref(&wrong_number));
    let (status, problem) = act(&plain, "dismiss").await?;
    assert_eq!((status, text(&problem["code"])), (409, "inbound_not_flagged"));

    let (status, suppressed) = act(&wrong_number, "suppress").await?;
    assert_eq!((status, text(&suppressed["decision"]["verdict"])), (200, "suppressed"));
    assert_eq!(act(&wrong_number, "suppress").await?, (200, suppressed), "once");
    assert!(list(&tenant, "?flagged=true").await?.is_empty());
    let unsubscribe = tenant.api.get(&tenant.unsubscribe_path(&wrong)).await?;
    assert_eq!(text(&unsubscribe["evidence"]), "You have the wrong number");
    assert_eq!(
        (text(&unsubscribe["source"]), &unsubscribe["changedBy"]["id"]),
        ("keyword", &json!(sender_id))
    );
    let (status, problem) = act(&wrong_number, "dismiss").await?;
    assert_eq!((status, text(&problem["code"])), (409, "inbound_suppressed"));
    // A second thought that opts the person out is never refused.
    let (status, suppressed) = act(&cake, "suppress").await?;
    assert_eq!((status, text(&suppressed["decision"]["verdict"])), (200, "suppressed"));

    // Who has opted out has nothing left to refuse.
    tenant.hear(&wrong, "wrong number!!").await?;
    assert!(list(&tenant, "?flagged=true").await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_text_to_aws_is_kept_and_answered() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let provider = json!({"kind": "aws", "originationIdentity": "pool-replies", "numbers": []});
    tenant.configure(&json!({ "provider": provider })).await?;
    let from = phone();
    tenant.books.published(&from, &tenant.sender, "Are you open?").await?;
    let asked =
        wait("the text", PATIENCE, async || Ok(list(&tenant, "").await?.into_iter().next()))
            .await?;
    assert_eq!((text(&asked["from"]), text(&asked["body"])), (from.as_str(), "Are you open?"));
    let reply = path(&tenant, &asked, "/reply");
    assert_eq!(post(&tenant.api, &reply, &json!({"body": "Yes."}), None).await?.0, 202);
    wait("the reply's receipt", PATIENCE, async || {
        let asked = tenant.api.get(&path(&tenant, &asked, "")).await?;
        Ok((asked["replies"][0]["status"] == "delivered").then_some(()))
    })
    .await
}
