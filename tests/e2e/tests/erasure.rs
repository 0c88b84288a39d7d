//! Erasing a person: nothing says who they were, sums hold, and no one texts them again.

use aws_sdk_dynamodb::types::AttributeValue;
use e2e::erasing::{erase, leaves_no_traces, path, traces};
use e2e::{PATIENCE, Tenant, phone, text};
use infra::aws;
use local::client::wait;
use reqwest::Method;
use serde_json::{Value, json};
use shared::organization::SHARDS;

/// A provider that throttles for as long as the script says so.
const THROTTLED: &str = "refused-20429";

/// All chunks and messages of a campaign are still removed once they are old.
async fn assert_expire(tenant: &Tenant, campaign: &str) -> anyhow::Result<()> {
    let table = aws_sdk_dynamodb::Client::new(&aws::load().await);
    let mut expiring = 0;
    for shard in SHARDS.all() {
        let query = table.query().table_name(&tenant.variables["TABLE_NAME"]);
        let query = query.key_condition_expression("pk = :shard");
        let partition = AttributeValue::S(format!("CAMPAIGN#{campaign}#{shard}"));
        let found = query.expression_attribute_values(":shard", partition).send().await?;
        for item in found.items() {
            let sk = item["sk"].as_s().map(String::as_str).unwrap_or_default();
            if sk.starts_with("CHUNK#") || sk.starts_with("MESSAGE#") {
                assert!(item.contains_key("expiresAt"), "{sk} is kept forever");
                expiring += 1;
            }
        }
    }
    assert!(expiring > 1, "there are chunks and messages");
    Ok(())
}

#[tokio::test]
async fn nothing_of_an_erased_person_is_left() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (ana, moved_from) = (phone(), phone());
    let file = format!("phone,firstName\n{ana},Ana\n{}9999,Bo\n{},Cy\n", &ana[..], phone());
    tenant.import(&file).await?;
    let contact = json!({"phone": moved_from, "firstName": "Ana", "externalId": "ana"});
    let contact = tenant.api.post(&tenant.path("contacts"), &contact).await?;
    let contact = tenant.path(&format!("contacts/{}", text(&contact["id"])));
    tenant.api.patch(&contact, &json!({"phone": ana})).await?;
    let plain = tenant.draft("Hello").await?;
    let test = tenant.path(&format!("campaigns/{plain}/send-test"));
    let test = tenant.api.post(&test, &json!({"to": ana})).await?;
    let draft = tenant.draft("Hello {{ firstName }}").await?;
    tenant.send_draft(&draft, &json!({})).await?;
    let before = tenant.settled(&draft).await?;
    let test = format!("campaigns/{plain}/messages/{}", text(&test["id"]));
    wait("the test", PATIENCE, async || {
        Ok((tenant.api.get(&tenant.path(&test)).await?["status"] == "delivered").then_some(()))
    })
    .await?;
    tenant.hear(&ana, "STOP").await?;
    let export = json!({"kind": "contacts", "format": "csv"});
    let export = tenant.api.post(&tenant.path("exports"), &export).await?;
    let export = tenant.path(&format!("exports/{}", text(&export["id"])));
    wait("the export", PATIENCE, async || {
        Ok((tenant.api.get(&export).await?["status"] == "done").then_some(()))
    })
    .await?;
    assert!(traces(&tenant, &ana).await?.len() >= 6, "the search finds what there is");

    let known = erase(&tenant, &ana).await?;
    assert_eq!((&known["contacts"], &known["messages"]), (&json!([]), &json!([])));
    assert_eq!(known["preferences"][0]["subscribed"], false);
    assert_eq!(known["preferences"][0]["evidence"], json!(null));
    leaves_no_traces(&tenant, &ana).await?;
    let former = traces(&tenant, &moved_from).await?;
    let tombstones: Vec<&String> = former.iter().filter(|it| it.contains("AUDIENCE")).collect();
    assert!(tombstones.is_empty(), "{tombstones:?}");

    assert_expire(&tenant, &draft).await?;

    // Sums hold, and the message stays without its phone.
    let after = tenant.campaign(&draft).await?;
    for field in ["audience", "counts"] {
        assert_eq!(before[field]["recipients"], after[field]["recipients"]);
    }
    let messages = tenant.messages(&draft).await?;
    let erased: Vec<&Value> = messages.iter().filter(|it| it["to"].is_null()).collect();
    assert_eq!((erased.len(), text(&erased[0]["status"])), (1, "delivered"), "{messages:?}");
    let listed = tenant.api.list(&tenant.path("unsubscribes")).await?;
    assert_eq!((&listed[0]["phone"], &listed[0]["source"]), (&json!(null), &json!("erasure")));
    assert_eq!(listed[0]["erasedHash"], known["erasure"]["erasedHash"]);
    Ok(())
}

#[tokio::test]
async fn a_person_who_comes_back_stays_suppressed_until_they_ask() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let ana = phone();
    tenant.contact(&ana).await?;
    erase(&tenant, &ana).await?;
    // A phone that an import brings back is a contact, and suppressed.
    let import = tenant.import(&format!("phone\n{ana}\n{}\n", phone())).await?;
    assert_eq!(import["created"], 2);
    assert_eq!(tenant.api.get(&tenant.unsubscribe_path(&ana)).await?["source"], "erasure");
    let campaign = tenant.send().await?;
    let campaign = tenant.settled(&campaign).await?;
    assert_eq!(campaign["audience"]["skipped"]["unsubscribed"], 1);
    assert_eq!(tenant.books.texts(&ana).await?, 0);
    let draft = tenant.draft("Hello").await?;
    let test = tenant.path(&format!("campaigns/{draft}/send-test"));
    let refused = tenant.refusal(Method::POST, &test, Some(&json!({"to": ana}))).await?;
    assert_eq!(refused, (422, "recipient_opted_out".to_owned()));
    // A sender can't take it back, and what a provider reports again changes nothing.
    let (sender, _) = tenant.keyed("sender").await?;
    let lift = sender.request(Method::DELETE, &tenant.unsubscribe_path(&ana)).send().await?;
    assert_eq!(lift.status(), 403);

    tenant.hear(&ana, "START").await?;
    let campaign = tenant.send().await?;
    tenant.settled(&campaign).await?;
    assert_eq!(tenant.books.texts(&ana).await?, 1);
    tenant.hear(&ana, "STOP").await?;
    let listed = tenant.api.list(&tenant.path("unsubscribes")).await?;
    assert_eq!(listed.len(), 1, "it is written at the hash: {listed:?}");
    assert_eq!((&listed[0]["phone"], &listed[0]["source"]), (&json!(null), &json!("keyword")));
    let lift = tenant.path(&format!("unsubscribes/{}/lift", ana.replace('+', "%2B")));
    tenant.api.post(&lift, &json!({"reason": "she called"})).await?;
    // Erasing again suppresses again, and repeats nothing that is done.
    let again = erase(&tenant, &ana).await?;
    assert_eq!(again["preferences"][0]["subscribed"], false);
    leaves_no_traces(&tenant, &ana).await?;
    Ok(())
}

#[tokio::test]
async fn no_one_is_texted_after_their_erasure_and_sums_hold() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let phones = tenant.contacts(6).await?;
    for phone in &phones {
        tenant.books.script(phone, THROTTLED).await?;
    }
    let id = tenant.send().await?;
    tenant.until(&id, "the audience", |it| it["audience"]["complete"] == true).await?;
    let ana = &phones[2];
    erase(&tenant, ana).await?;
    for phone in &phones {
        tenant.books.script(phone, "delivered").await?;
    }
    tenant.functions.sweep().await?;
    let campaign = tenant.repaired(&id).await?;
    assert_eq!(tenant.books.texts(ana).await?, 0);
    assert_eq!(
        (&campaign["counts"]["delivered"], &campaign["counts"]["failed"]),
        (&json!(5), &json!(1))
    );
    tenant.assert_balanced(&campaign).await?;
    let messages = tenant.messages(&id).await?;
    let erased: Vec<&Value> = messages.iter().filter(|it| it["to"].is_null()).collect();
    assert_eq!((erased.len(), text(&erased[0]["errorReason"])), (1, "erased"), "{messages:?}");
    leaves_no_traces(&tenant, ana).await?;
    Ok(())
}

#[tokio::test]
async fn only_an_admin_erases() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (sender, _) = tenant.keyed("sender").await?;
    let refused = sender.request(Method::DELETE, &path(&tenant, &phone())).send().await?;
    assert_eq!(refused.status(), 403);
    let invalid = tenant.refusal(Method::DELETE, &path(&tenant, "nobody"), None).await?;
    assert_eq!(invalid, (422, "invalid_phone".to_owned()));
    // Nothing is known of a stranger, who is suppressed all the same.
    let stranger = phone();
    let known = erase(&tenant, &stranger).await?;
    assert_eq!(known["preferences"][0]["source"], "erasure");
    Ok(())
}
