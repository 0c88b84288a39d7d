//! A receipt can only raise a status, and only that of the message it is about.

use infra::clock;
use infra::table::{
    Claiming, ReceiptApplied, ShardItem, SingleMessage, Table, TestAllowance, TestSaved,
};
use shared::campaign::Campaign;
use shared::ids::MessageId;
use shared::job::{DispatchJob, Due};
use shared::message::{Kind, Message, Status};
use shared::receipt::{Channel, Delivery, MessageRef, Receipt};
use shared::sender::{Provider, Sender};

use crate::{SHARDS, messages, organization, phone, table};

pub(crate) fn delivery(message: &Message, id: &str, status: Status) -> Delivery {
    Delivery {
        message: MessageRef {
            organization_id: message.organization_id,
            campaign_id: message.campaign_id,
            message_id: message.id,
            kind: Kind::Campaign,
        },
        to: message.to.clone(),
        receipt: Receipt {
            provider_id: id.to_owned(),
            status,
            reason: None,
            code: None,
            at: clock::now(),
        },
    }
}

pub(crate) async fn apply(table: &Table, delivery: Delivery) -> anyhow::Result<ReceiptApplied> {
    let mut answers = table.apply_receipts(&[(delivery, SHARDS)], Channel::Callback).await?;
    Ok(answers.pop().expect("one answer")?)
}

async fn claimed(table: &Table) -> anyhow::Result<Message> {
    let message = messages(1).remove(0);
    let claim = [(message.clone(), Claiming::HandOver { token: "mine".to_owned() })];
    table.claim_all(&claim, SHARDS, clock::now()).await?;
    Ok(message)
}

#[tokio::test]
async fn statuses_only_rise() -> anyhow::Result<()> {
    let table = table().await;
    let message = claimed(&table).await?;
    let cases = [
        (Status::Sent, ReceiptApplied::Done),
        (Status::Sent, ReceiptApplied::Known),
        (Status::Delivered, ReceiptApplied::Done),
        (Status::Sent, ReceiptApplied::Known),
        (Status::Failed, ReceiptApplied::Known),
    ];
    for (status, expected) in cases {
        assert_eq!(apply(&table, delivery(&message, "SM1", status)).await?, expected, "{status:?}");
    }
    let (organization, campaign) = (message.organization_id, message.campaign_id);
    let found = table.message(organization, campaign, message.id, SHARDS).await?;
    let found = found.expect("it was claimed");
    assert_eq!(found.status(), Status::Delivered);
    let steps: Vec<Status> = found.steps().iter().map(|step| step.status).collect();
    assert_eq!(steps, [Status::Pending, Status::Sent, Status::Delivered]);
    Ok(())
}

#[tokio::test]
async fn a_receipt_under_another_id_says_nothing_of_ours() -> anyhow::Result<()> {
    let table = table().await;
    let message = claimed(&table).await?;
    let first = delivery(&message, "SM1", Status::Sent);
    assert_eq!(apply(&table, first).await?, ReceiptApplied::Done);
    let other = delivery(&message, "SM2", Status::Delivered);
    assert_eq!(apply(&table, other).await?, ReceiptApplied::Early);
    Ok(())
}

#[tokio::test]
async fn a_receipt_without_its_message_waits_beside_it() -> anyhow::Result<()> {
    let table = table().await;
    let message = messages(1).remove(0);
    let early = delivery(&message, "SM1", Status::Delivered);
    assert_eq!(apply(&table, early.clone()).await?, ReceiptApplied::Early);
    for _ in 0..2 {
        table.park(&early, SHARDS).await?;
    }
    let waiting = async || {
        let mut waiting = Vec::new();
        let shard = message.id.shard(SHARDS);
        let name = "Spring".to_owned();
        let Message { campaign_id, organization_id, created_at, .. } = message;
        let campaign = Campaign::create(campaign_id, organization_id, name, None, created_at);
        table
            .each_of_shard(&campaign, shard, |item| {
                if let ShardItem::Parked(delivery) = item {
                    waiting.push(*delivery);
                }
            })
            .await?;
        anyhow::Ok(waiting)
    };
    assert_eq!(waiting().await?, std::slice::from_ref(&early));
    table.unpark(&early, SHARDS).await?;
    assert!(waiting().await?.is_empty());
    Ok(())
}

/// A receipt names its organization, and only that organization's account signed it.
#[tokio::test]
async fn a_receipt_of_another_organization_changes_nothing() -> anyhow::Result<()> {
    let table = table().await;
    let message = claimed(&table).await?;
    let own = delivery(&message, "SM1", Status::Delivered);
    let mut foreign = own.clone();
    foreign.message.organization_id = organization();
    assert_eq!(apply(&table, foreign.clone()).await?, ReceiptApplied::Foreign);
    let Message { organization_id, campaign_id, id, .. } = message;
    let found = table.message(organization_id, campaign_id, id, SHARDS).await?;
    assert_eq!(found.and_then(|found| found.receipt), None);
    // A forged one may be parked, but is rejected when it is applied.
    table.park(&foreign, SHARDS).await?;
    let parked = table.parked_beside(&foreign.message, SHARDS).await?;
    assert_eq!(parked, [foreign.clone()]);
    assert_eq!(apply(&table, foreign).await?, ReceiptApplied::Foreign);
    // A receipt without a phone opts out the message's phone, so another organization must not
    // learn it.
    let read = table.message(organization(), campaign_id, id, SHARDS).await?;
    assert_eq!(read, None, "another organization reads the message");
    assert_eq!(apply(&table, own).await?, ReceiptApplied::Done);
    Ok(())
}

#[tokio::test]
async fn a_receipt_of_another_organization_changes_no_test_message() -> anyhow::Result<()> {
    let table = table().await;
    let now = clock::now();
    let message = Message {
        id: MessageId::new(now, clock::entropy()),
        kind: Kind::Test,
        ..messages(1).remove(0)
    };
    let Message { organization_id, campaign_id, id: message_id, .. } = message;
    let test = SingleMessage {
        message,
        from: Sender::new(phone(1), Provider::default()),
        body: "Hello".to_owned().into(),
        is_dry_run: false,
        is_confirmed: false,
    };
    let due = Due {
        at: now.plus_seconds(3_600),
        job: DispatchJob::Test { organization_id, campaign_id, message_id }.into(),
    };
    let allowance = TestAllowance { day: now, ends_at: now.plus_seconds(60), limit: 1 };
    assert_eq!(table.create_test_message(&test, &due, &allowance, None).await?, TestSaved::Done);
    let mut own = delivery(&test.message, "SM1", Status::Delivered);
    own.message.kind = Kind::Test;
    let mut foreign = own.clone();
    foreign.message.organization_id = organization();
    assert_eq!(apply(&table, foreign).await?, ReceiptApplied::Foreign);
    assert_eq!(table.test_message(organization(), campaign_id, message_id).await?, None);
    assert_eq!(apply(&table, own).await?, ReceiptApplied::Done);
    Ok(())
}
