//! People who were erased after the moment that a table is restored to are erased again.

use anyhow::{Context, ensure};
use e2e::erasing::{LONG, bucket, erase, leaves_no_traces, path, traces};
use e2e::{PATIENCE, Tenant, phone, text};
use local::client::wait;
use serde_json::{Value, json};

use crate::copy::{Copy, HALTED, Item, end_restored};
use crate::{alone, halt};

/// Someone, and the erasure that they had.
struct Person {
    phone: String,
    texts: usize,
    erasure: Value,
}

/// The name of the journal's file about an erasure.
fn file(tenant: &Tenant, erasure: &Value) -> String {
    format!("erasures/{}/{}.json", tenant.id, text(&erasure["erasedHash"]).replace('#', "/"))
}

/// Takes from a note what earlier versions did not write.
async fn make_old(tenant: &Tenant, erasure: &Value) -> anyhow::Result<()> {
    let (client, name, key) =
        (bucket().await, &tenant.variables["BUCKET_NAME"], file(tenant, erasure));
    let note = client.get_object().bucket(name).key(&key).send().await?;
    let mut note: Value = serde_json::from_slice(&note.body.collect().await?.to_vec())?;
    let shards = note.as_object_mut().and_then(|note| note.remove("shards"));
    ensure!(shards.is_some_and(|shards| shards[0].is_u64()), "a new note names the shard");
    let note = serde_json::to_vec(&note)?;
    client.put_object().bucket(name).key(&key).body(note.into()).send().await?;
    Ok(())
}

/// Waits until a text is listed that a person wrote.
async fn write(tenant: &Tenant, person: &str, body: &str) -> anyhow::Result<()> {
    tenant.hear(person, body).await?;
    wait("the text", PATIENCE, async || {
        let known = tenant.api.get(&path(tenant, person)).await?;
        Ok((known["inbound"][0]["body"] == body).then_some(()))
    })
    .await
}

/// Sends a test to a person, and returns its draft.
async fn send_test(tenant: &Tenant, person: &str) -> anyhow::Result<String> {
    let draft = tenant.draft("Hello").await?;
    let sent = tenant.path(&format!("campaigns/{draft}/send-test"));
    let test = tenant.api.post(&sent, &json!({"to": person})).await?;
    let test = tenant.path(&format!("campaigns/{draft}/messages/{}", text(&test["id"])));
    wait("the test", PATIENCE, async || {
        Ok((tenant.api.get(&test).await?["status"] == "delivered").then_some(()))
    })
    .await?;
    Ok(draft)
}

/// A chunk of a campaign.
fn is_chunk(item: &Item, campaign: &str) -> bool {
    let [pk, sk] = ["pk", "sk"].map(|name| format!("{:?}", item[name]));
    pk.contains(campaign) && sk.contains("CHUNK#")
}

/// People who are each known in another place only, and the campaigns that are about them. The chunks of the
/// second one have expired.
async fn set_scene(tenant: &Tenant) -> anyhow::Result<(Vec<String>, [String; 3])> {
    let contact = async |person: &str| -> anyhow::Result<String> {
        Ok(tenant.path(&format!("contacts/{}", tenant.contact(person).await?)))
    };
    let delete = async |contact: &str| tenant.refusal(reqwest::Method::DELETE, contact, None).await;
    let [everywhere, in_chunk, who_wrote, tested, in_message, nowhere, in_old_note] =
        std::array::from_fn(|_| phone());
    contact(&everywhere).await?;
    let only_in_chunk = contact(&in_chunk).await?;
    let first = tenant.send().await?;
    tenant.settled(&first).await?;
    delete(&only_in_chunk).await?;
    write(tenant, &everywhere, "STOP").await?;
    let only_in_message = contact(&in_message).await?;
    let second = tenant.send().await?;
    tenant.settled(&second).await?;
    delete(&only_in_message).await?;
    write(tenant, &who_wrote, "When do you open?").await?;
    let draft = send_test(tenant, &tested).await?;
    contact(&in_old_note).await?;
    let people = vec![everywhere, in_chunk, who_wrote, tested, in_message, nowhere, in_old_note];
    Ok((people, [first, second, draft]))
}

#[tokio::test]
async fn people_who_were_erased_stay_erased_after_a_restore() -> anyhow::Result<()> {
    let (_alone, tenant) = alone().await?;
    let (phones, campaigns) = set_scene(&tenant).await?;
    let copy = Copy::of(&tenant, &campaigns.each_ref()).await?;
    let mut items = copy.items().await?;
    items.retain(|item| !is_chunk(item, &campaigns[1]));

    // What the backup lacks.
    let mut people = Vec::new();
    for phone in phones {
        let known = erase(&tenant, &phone).await?;
        let texts = tenant.books.texts(&phone).await?;
        people.push(Person { phone, texts, erasure: known["erasure"].clone() });
    }
    make_old(&tenant, &people.last().context("the one with the old note")?.erasure).await?;
    halt(&tenant, true).await?;
    tokio::time::sleep(HALTED).await;
    copy.restore(items).await?;
    let mut back = Vec::new();
    for person in &people {
        back.push(!traces(&tenant, &person.phone).await?.is_empty());
    }
    assert_eq!(back, [true, true, true, true, true, false, true], "in the order of the scene");

    let (_, erasures) = end_restored(&tenant).await?;
    assert_eq!(erasures.len(), people.len(), "{erasures:?}");
    for Person { erasure, .. } in &people {
        let is_it = |it: &&Value| it["erasedHash"] == erasure["erasedHash"];
        let replayed = erasures.iter().find(is_it).context("it is done again")?;
        assert_eq!(replayed["requestedAt"], erasure["requestedAt"]);
    }
    wait("the erasures", LONG, async || {
        Ok(end_restored(&tenant).await?.1.is_empty().then_some(()))
    })
    .await?;
    halt(&tenant, false).await?;
    assert_are_gone(&tenant, &people).await
}

async fn assert_are_gone(tenant: &Tenant, people: &[Person]) -> anyhow::Result<()> {
    for Person { phone, erasure, .. } in people {
        leaves_no_traces(tenant, phone).await?;
        let known = tenant.api.get(&path(tenant, phone)).await?;
        for field in ["status", "requestedAt", "requestedBy", "erasedHash"] {
            assert_eq!(known["erasure"][field], erasure[field], "{known}");
        }
        assert_eq!(known["preferences"][0]["subscribed"], false, "{known}");
    }
    let listed = tenant.api.list(&tenant.path("unsubscribes")).await?;
    assert!(listed.iter().all(|entry| entry["phone"].is_null()), "{listed:?}");
    assert_eq!(listed.len(), people.len());
    // Someone who brings them back doesn't text them.
    let newcomer = phone();
    let rows: Vec<&str> =
        people.iter().map(|person| &*person.phone).chain([newcomer.as_str()]).collect();
    tenant.import(&format!("phone\n{}\n", rows.join("\n"))).await?;
    let campaign = tenant.send().await?;
    tenant.settled(&campaign).await?;
    assert_eq!(tenant.books.texts(&newcomer).await?, 1);
    for Person { phone, texts, .. } in people {
        assert_eq!(tenant.books.texts(phone).await?, *texts);
    }
    Ok(())
}
