//! Ids of messages: they do not reveal the phone, and campaigns from before they had a salt go on.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use e2e::erasing::{erase, path};
use e2e::receiver::Receiver;
use e2e::staging::{
    LATER_SECONDS, TOKEN, begun_owing, claim, cut_without_queueing, find, message, reference,
    resume, table,
};
use e2e::{PATIENCE, Tenant, logs, phone, text};
use infra::clock;
use infra::table::{Saved, Settlement, Table};
use local::client::wait;
use serde_json::{Value, json};
use shared::campaign::{Broadcast, Campaign, Names, State};
use shared::message::{FailureReason, Outcome};
use shared::organization::SHARDS;
use shared::phone::Phone;

use crate::exports::{exported, lines};
use crate::lines::pairs;
use crate::notify::changes;
use crate::resends::{ready, resend};

/// Whether the id can be found by trying phones, knowing only what the API shows.
fn is_guessable(campaign: &str, id: &str, to: &str) -> anyhow::Result<bool> {
    let guessed = Names::OfPhone.message_ids(campaign.parse()?, &Phone::from_e164(to)?);
    Ok(guessed.contains(&id.parse()?))
}

/// The digits of a campaign's salt.
async fn salt(tenant: &Tenant, id: &str) -> anyhow::Result<String> {
    let campaign = find(&table(tenant).await, tenant, id).await?;
    let (_, salt) = campaign.broadcast().context("not sent")?.names.stored();
    Ok(salt.context("no salt")?.into())
}

#[tokio::test]
async fn an_id_does_not_reveal_the_phone() -> anyhow::Result<()> {
    let (tenant, receiver) = (Tenant::new().await?, Receiver::start(200).await?);
    tenant.api.post(&tenant.path("webhooks"), &json!({"url": receiver.url})).await?;
    let phones = tenant.contacts(3).await?;
    let id = tenant.send().await?;
    let campaign = tenant.settled(&id).await?;
    tenant.assert_balanced(&campaign).await?;
    let messages = tenant.messages(&id).await?;
    let ids: BTreeSet<&str> = messages.iter().map(|it| text(&it["id"])).collect();
    assert_eq!(ids.len(), phones.len());
    for message in &messages {
        let (message_id, to) = (text(&message["id"]), text(&message["to"]));
        assert_eq!(&message_id[14..15], "8", "its version");
        assert!(!is_guessable(&id, message_id, to)?);
        let taken = tenant.books.taken(to).await?;
        let callback = text(&taken[0]["status_callback"]);
        assert!(callback.contains(message_id), "{callback} names another message");
        let found = tenant.path(&format!("campaigns/{id}/messages/{message_id}"));
        assert_eq!(tenant.api.get(&found).await?["to"], to);
        let listed = tenant.path(&format!("campaigns/{id}/messages?phone={}", encoded(to)));
        assert_eq!(tenant.api.list(&listed).await?, std::slice::from_ref(message));
        let person = tenant.api.get(&path(&tenant, to)).await?;
        assert_eq!(person["messages"][0]["id"], message_id);
    }
    let request = json!({"kind": "messages", "format": "jsonl", "campaignId": id});
    let rows = lines(&exported(&tenant, &request).await?)?;
    assert_eq!(rows.iter().map(|row| text(&row["id"])).collect::<BTreeSet<_>>(), ids);
    let reported = wait("the events of all messages", PATIENCE, async || {
        let reported: BTreeSet<String> =
            changes(&receiver).iter().map(|it| text(&it["messageId"]).to_owned()).collect();
        Ok((reported.len() >= ids.len()).then_some(reported))
    });
    assert_eq!(reported.await?.iter().map(String::as_str).collect::<BTreeSet<_>>(), ids);

    // The salt stays in the table.
    let salt = salt(&tenant, &id).await?;
    let draft = resend(&tenant, &id, &json!({"reasons": ["expired"]})).await?;
    for path in ["", "/report"].map(|rest| tenant.path(&format!("campaigns/{id}{rest}"))) {
        assert!(!tenant.api.get(&path).await?.to_string().contains(&salt), "{path}");
    }
    assert!(!tenant.campaign(&draft).await?.to_string().contains(&salt), "of the resend");
    for received in receiver.received() {
        assert!(!received.body.contains(&salt), "{}", received.kind());
    }
    assert!(!logs::text(&tenant.variables)?.contains(&salt), "in the log");
    Ok(())
}

fn encoded(phone: &str) -> String {
    phone.replace('+', "%2B")
}

/// A campaign that an earlier release has begun, with these ids.
async fn begun_as(tenant: &Tenant, table: &Table, names: Names) -> anyhow::Result<Campaign> {
    let id = begun_owing(tenant, LATER_SECONDS).await?.id.to_string();
    let begun = find(table, tenant, &id).await?;
    let broadcast = Broadcast { names, ..begun.broadcast().context("not sent")?.clone() };
    let earlier = Campaign { state: State::Sent(broadcast), ..begun.clone() };
    ensure!(table.save_campaign(&begun, &earlier, None).await? == Saved::Done);
    find(table, tenant, &id).await
}

/// The earlier release has claimed and settled one message when this one takes over.
async fn goes_on(names: Names) -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (ana, bo) = (phone(), phone());
    let [_, (today, other), _] = pairs();
    for to in [&ana, &bo, &other] {
        tenant.contact(to).await?;
    }
    let table = table(&tenant).await;
    let campaign = Box::pin(begun_as(&tenant, &table, names)).await?;
    let id = campaign.id.to_string();
    cut_without_queueing(&tenant, &campaign).await?;
    claim(&table, &campaign, &ana, clock::now()).await?;
    let (reason, at) = (FailureReason::Expired, clock::now());
    let outcome = Outcome::Failed { reason, code: None, at };
    let failed = reference(&message(&campaign, &ana)?);
    let failed = Settlement { message: failed, token: TOKEN.to_owned(), outcome };
    assert_eq!(table.settle_all(&[failed], SHARDS).await?.pop().transpose()?, Some(true));
    resume(&tenant, &campaign).await?;
    let settled = tenant.settled(&id).await?;
    tenant.assert_balanced(&settled).await?;
    for (to, texts) in [(&ana, 0), (&bo, 1), (&other, 1), (&today, 0)] {
        assert_eq!(tenant.books.texts(to).await?, texts, "{to}");
    }
    for message in tenant.messages(&id).await? {
        assert!(is_guessable(&id, text(&message["id"]), text(&message["to"]))?, "{message}");
    }
    for form in [&today, &other] {
        let listed = tenant.path(&format!("campaigns/{id}/messages?phone={}", encoded(form)));
        assert_eq!(tenant.api.list(&listed).await?.len(), 1, "{form}");
        let history = tenant.path(&format!("messages?phone={}", encoded(form)));
        assert_eq!(tenant.api.list(&history).await?.len(), 1, "{form}");
        let person = tenant.api.get(&path(&tenant, form)).await?;
        assert_eq!(person["messages"].as_array().map(Vec::len), Some(1), "{form}");
    }
    tenant.hear(&bo, "Thanks!").await?;
    let heard = tenant.api.list(&tenant.path("inbound")).await?;
    assert_eq!(heard[0]["campaignId"], id.as_str());

    // Both an id without a salt and one with a salt keep a person from another text.
    let reasons = json!({"reasons": ["expired"]});
    let draft = resend(&tenant, &id, &reasons).await?;
    assert_eq!(ready(&tenant, &draft).await?, 1);
    tenant.send_draft(&draft, &json!({})).await?;
    let resent = tenant.settled(&draft).await?;
    assert_eq!(resent["counts"]["delivered"], 1, "{resent}");
    assert_eq!(salt(&tenant, &draft).await?.len(), 32);
    let again = resend(&tenant, &id, &reasons).await?;
    assert_eq!(ready(&tenant, &again).await?, 0, "the resend has reached her");

    let known = erase(&tenant, &other).await?;
    assert_eq!(known["messages"], json!([]));
    let messages = tenant.messages(&id).await?;
    let erased: Vec<&Value> = messages.iter().filter(|it| it["to"].is_null()).collect();
    assert_eq!((erased.len(), text(&erased[0]["status"])), (1, "delivered"), "{messages:?}");
    Ok(())
}

#[tokio::test]
async fn a_campaign_with_ids_of_phones_goes_on() -> anyhow::Result<()> {
    Box::pin(goes_on(Names::OfPhone)).await
}

#[tokio::test]
async fn a_campaign_with_ids_of_lines_goes_on() -> anyhow::Result<()> {
    Box::pin(goes_on(Names::OfLine)).await
}
