//! Claims and outcomes, many per request.

use infra::clock;
use infra::table::{Claimed, Claiming, Settlement, Table};
use shared::message::{FailureReason, Found, Kind, Message, Outcome, Status};
use shared::receipt::MessageRef;

use crate::{SHARDS, messages, table};

fn claiming(messages: &[Message], token: &str) -> Vec<(Message, Claiming)> {
    let claim =
        |message: &Message| (message.clone(), Claiming::HandOver { token: token.to_owned() });
    messages.iter().map(claim).collect()
}

async fn claim(table: &Table, messages: &[Message], token: &str) -> anyhow::Result<Vec<Claimed>> {
    let claims = claiming(messages, token);
    let answers = table.claim_all(&claims, SHARDS, clock::now()).await?;
    Ok(answers.into_iter().collect::<Result<_, _>>()?)
}

fn settlement(message: &Message, token: &str, outcome: Outcome) -> Settlement {
    let message = MessageRef {
        organization_id: message.organization_id,
        campaign_id: message.campaign_id,
        message_id: message.id,
        kind: Kind::Campaign,
    };
    Settlement { message, token: token.to_owned(), outcome }
}

fn accepted(id: &str) -> Outcome {
    Outcome::Accepted { provider_id: id.to_owned(), at: clock::now() }
}

/// More than fit into a request, so that batches are split, too.
#[tokio::test]
async fn of_many_workers_one_wins_each_claim() -> anyhow::Result<()> {
    let table = table().await;
    let messages = messages(60);
    let workers = ["a", "b", "c"].map(|token| claim(&table, &messages, token));
    let answers = futures::future::try_join_all(workers).await?;
    for place in 0..messages.len() {
        let winners = answers.iter().filter(|answer| answer[place] == Claimed::Won).count();
        assert_eq!(winners, 1, "message {place}");
        for answer in &answers {
            if let Claimed::Exists(found) = &answer[place] {
                assert_eq!(found.id, messages[place].id);
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_repeated_claim_is_ones_own_and_others_leave_nothing_to_do() -> anyhow::Result<()> {
    let table = table().await;
    let messages = messages(3);
    let now = clock::now();
    let claims = [
        (messages[0].clone(), Claiming::HandOver { token: "mine".to_owned() }),
        (messages[1].clone(), Claiming::Fail { reason: FailureReason::Unsubscribed }),
        (messages[2].clone(), Claiming::Unknown),
    ];
    for answer in table.claim_all(&claims, SHARDS, now).await? {
        assert_eq!(answer?, Claimed::Won);
    }
    let again = claim(&table, &messages, "mine").await?;
    let found: Vec<Found> = again
        .iter()
        .map(|claimed| match claimed {
            Claimed::Exists(found) => found.found_by("mine", now, 120),
            Claimed::Won => panic!("claimed twice"),
        })
        .collect();
    assert_eq!(found, [Found::Own, Found::Settled, Found::Settled]);
    let Message { organization_id, campaign_id, id, .. } = messages[2];
    let unknown = table.message(organization_id, campaign_id, id, SHARDS).await?;
    assert_eq!(unknown.expect("it was written").status(), Status::Unknown);
    Ok(())
}

#[tokio::test]
async fn only_the_claims_own_token_settles_and_only_once() -> anyhow::Result<()> {
    let table = table().await;
    let messages = messages(3);
    claim(&table, &messages, "mine").await?;
    let settlements = [
        settlement(&messages[0], "mine", accepted("SM1")),
        settlement(&messages[1], "other", accepted("SM2")),
        settlement(
            &messages[2],
            "mine",
            Outcome::Failed {
                reason: FailureReason::InvalidNumber,
                code: Some("21211".to_owned()),
                at: clock::now(),
            },
        ),
    ];
    let settle = async || {
        let answers = table.settle_all(&settlements, SHARDS).await?;
        anyhow::Ok(answers.into_iter().collect::<Result<Vec<bool>, _>>()?)
    };
    assert_eq!(settle().await?, [true, false, true]);
    assert_eq!(settle().await?, [false, false, false]);
    let read = async |message: &Message| {
        let Message { organization_id, campaign_id, id, .. } = message;
        let found = table.message(*organization_id, *campaign_id, *id, SHARDS).await?;
        anyhow::Ok(found.expect("it was claimed"))
    };
    assert_eq!(read(&messages[0]).await?.status(), Status::Sent);
    assert_eq!(read(&messages[1]).await?.status(), Status::Pending);
    let failed = read(&messages[2]).await?;
    assert_eq!(failed.failure(), Some((FailureReason::InvalidNumber, Some("21211"))));
    Ok(())
}

#[tokio::test]
async fn a_claim_is_given_back_unless_something_was_said() -> anyhow::Result<()> {
    let table = table().await;
    let messages = messages(2);
    claim(&table, &messages, "mine").await?;
    let settlements = [settlement(&messages[0], "mine", accepted("SM1"))];
    table.settle_all(&settlements, SHARDS).await?;
    let reference = |message| settlement(message, "", accepted("")).message;
    assert!(!table.release(&reference(&messages[0]), SHARDS, "mine").await?);
    assert!(table.release(&reference(&messages[1]), SHARDS, "other").await?, "it is not other's");
    let claims = claim(&table, &messages[1..], "other").await?;
    assert!(matches!(&claims[..], [Claimed::Exists(_)]), "{claims:?}");
    for _lost_answer in 0..2 {
        assert!(table.release(&reference(&messages[1]), SHARDS, "mine").await?);
    }
    assert_eq!(claim(&table, &messages[1..], "next").await?, [Claimed::Won]);
    assert!(table.mark_unknown(&reference(&messages[1]), SHARDS, "next", clock::now()).await?);
    assert!(!table.mark_unknown(&reference(&messages[0]), SHARDS, "mine", clock::now()).await?);
    Ok(())
}
