//! Claims: only the worker that wrote the claim may send a message.
//!
//! A request writes many claims or outcomes, each with a separate condition.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::event::MessageChange;
use shared::message::{FailureReason, Kind, Message, Outcome};
use shared::receipt::MessageRef;
use shared::shard::Shards;
use shared::time::Timestamp;

use super::dynamo::back_off::Patience;
use super::dynamo::{Change, Executed, Statement, Value, Written, item, text};
use super::keys;
use super::messages::{Row, word};
use super::{Result, Table, TableError};
use crate::metrics;

/// The result of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimed {
    Won,
    /// The message already exists.
    Exists(Box<Message>),
}

/// What a worker writes where there is no message yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claiming {
    /// A claim to send the message.
    HandOver { token: String },
    /// The message's failure, without sending it.
    Fail { reason: FailureReason },
    /// That someone may have sent the message whose claim is lost.
    Unknown,
}

/// The result of a message that a worker had claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    pub message: MessageRef,
    pub token: String,
    pub outcome: Outcome,
}

const KIND: &str = "a message";
/// Messages are kept for a week longer than the chunk that lists them: what has expired may be removed
/// days later, in any order, and a recipient without a message would be shown as pending.
const LONGER_SECONDS: i64 = 7 * 86_400;
const WITHOUT_OUTCOME: &str = "\"claimToken\" = ? AND \"acceptedAt\" IS MISSING AND \
                               \"failedAt\" IS MISSING";

fn row(message: &Message, claiming: &Claiming, now: Timestamp) -> Row {
    match claiming {
        Claiming::HandOver { token } => Row::claimed(message, token, now),
        Claiming::Fail { reason } => Row::failed(message, *reason, now),
        Claiming::Unknown => Row::unknown(message, now),
    }
}

/// What a claim's result says about its message: that it failed at once, or what was recorded of it
/// before, in case that was not queued.
fn changes(
    answer: &Result<Claimed>,
    (message, claiming): &(Message, Claiming),
    now: Timestamp,
) -> Vec<MessageChange> {
    match (answer, claiming) {
        (Ok(Claimed::Exists(found)), _) => MessageChange::of_found(found).collect(),
        (Ok(Claimed::Won), Claiming::Fail { reason }) => {
            let outcome = Outcome::Failed { reason: *reason, code: None, at: now };
            vec![MessageChange::of_outcome(&message.reference(), &outcome)]
        }
        (Ok(Claimed::Won), Claiming::Unknown) => {
            vec![MessageChange::of_unknown(&message.reference(), now)]
        }
        (Ok(Claimed::Won), Claiming::HandOver { .. }) | (Err(_), _) => Vec::new(),
    }
}

impl Table {
    /// Claims messages of one campaign by creating them, or creates them as failed or unknown. Returns one
    /// result per message, in the same order. If a result is an error, the message may or may not
    /// be claimed.
    pub async fn claim_all(
        &self,
        messages: &[(Message, Claiming)],
        shards: Shards,
        now: Timestamp,
    ) -> Result<Vec<Result<Claimed>>> {
        let expires_at = self.kept.ends_at(now.plus_seconds(LONGER_SECONDS));
        let statements = messages.iter().map(|(message, claiming)| {
            let key = keys::message(message.campaign_id, message.id, shards);
            let row = row(message, claiming, now).until(expires_at);
            Ok(Statement::insert(self, item(KIND, &key, row)?))
        });
        let executed = self.execute(statements.collect::<Result<_>>()?, Patience::Short).await?;
        let existing = self.existing(messages, &executed, shards).await;
        let answers = executed.into_iter().zip(messages);
        let mut answers: Vec<Result<Claimed>> = answers
            .map(|(executed, (message, _))| match executed {
                Executed::Done => Ok(Claimed::Won),
                Executed::Failed(error) => Err(error),
                Executed::Refused(_) => match &existing {
                    Ok(existing) => existing
                        .iter()
                        .find(|found| found.id == message.id)
                        .map(|found| Claimed::Exists(Box::new(found.clone())))
                        .ok_or_else(|| TableError::malformed(KIND, "it vanished")),
                    // The claims that were won are known anyway.
                    Err(error) => Err(TableError::Request {
                        operation: "BatchGetItem",
                        source: error.to_string().into(),
                    }),
                },
            })
            .collect();
        let organization = messages.first().map(|(message, _)| message.organization_id);
        self.queue_or_fail(organization, &mut answers, |answers| {
            let of_each = answers.iter().zip(messages).enumerate();
            of_each
                .flat_map(|(place, (answer, claim))| {
                    changes(answer, claim, now).into_iter().map(move |change| (place, change))
                })
                .collect()
        })
        .await;
        Ok(answers)
    }

    /// Reads the messages that existed before their claims.
    async fn existing(
        &self,
        messages: &[(Message, Claiming)],
        executed: &[Executed],
        shards: Shards,
    ) -> Result<Vec<Message>> {
        let refused = messages
            .iter()
            .zip(executed)
            .filter(|(_, executed)| matches!(executed, Executed::Refused(_)))
            .map(|((message, _), _)| message);
        let ids: Vec<_> = refused.map(|message| message.id).collect();
        let Some((first, _)) = messages.first().filter(|_| !ids.is_empty()) else {
            return Ok(Vec::new());
        };
        self.messages(first.organization_id, first.campaign_id, &ids, shards).await
    }

    /// Writes the results of messages, many per request. Returns `false` for a message that already
    /// has an outcome.
    pub async fn settle_all(
        &self,
        settlements: &[Settlement],
        shards: Shards,
    ) -> Result<Vec<Result<bool>>> {
        let statements = settlements.iter().map(|Settlement { message, token, outcome }| {
            let set = match outcome {
                Outcome::Accepted { provider_id, at } => vec![
                    ("acceptedAt", Value::from(at.to_string())),
                    ("providerId", provider_id.clone().into()),
                ],
                Outcome::Failed { reason, code, at } => {
                    let code = code.clone().map(|code| ("code", code.into()));
                    let always =
                        [("failedAt", at.to_string().into()), ("failure", word(*reason).into())];
                    always.into_iter().chain(code).collect()
                }
            };
            let key = keys::message_of(message, shards);
            let token = vec![token.as_str().into()];
            Statement::update(self, &key, set, WITHOUT_OUTCOME, token)
        });
        let executed = self.execute(statements.collect(), Patience::Long).await?;
        let mut written: Vec<Result<bool>> = executed
            .into_iter()
            .map(|executed| match executed {
                Executed::Done => Ok(true),
                Executed::Refused(_) => Ok(false),
                Executed::Failed(error) => Err(error),
            })
            .collect();
        let organization = settlements.first().map(|it| it.message.organization_id);
        self.queue_or_fail(organization, &mut written, |written| {
            let settled = written.iter().zip(settlements).enumerate();
            let settled = settled.filter(|(_, (written, _))| written.is_ok());
            let change = |it: &Settlement| MessageChange::of_outcome(&it.message, &it.outcome);
            settled.map(|(place, (_, it))| (place, change(it))).collect()
        })
        .await;
        Ok(written)
    }

    /// Gives a claim back, so that the message is pending again. Returns `false` if something was
    /// recorded about it in the meantime, which is kept. If the claim is gone or is another
    /// worker's, an earlier request whose response was lost gave it back.
    pub async fn release(&self, message: &MessageRef, shards: Shards, token: &str) -> Result<bool> {
        let condition = "claimToken = :token AND attribute_not_exists(acceptedAt) \
                         AND attribute_not_exists(failedAt) AND attribute_not_exists(receipt) \
                         AND attribute_not_exists(unknownAt)";
        let values = vec![(":token", AttributeValue::S(token.to_owned()))];
        let key = keys::message_of(message, shards);
        let written = match message.kind {
            Kind::Campaign => self.remove(&key, condition, values).await?,
            // These exist before they are claimed.
            Kind::Test | Kind::Reply => {
                let change = Change {
                    update: "REMOVE claimToken, claimedAt".to_owned(),
                    condition: condition.to_owned(),
                    values,
                    ..Change::default()
                };
                self.change(&key, change).await?
            }
        };
        Ok(match written {
            Written::Done | Written::Refused(None) => true,
            Written::Refused(Some(item)) => text(&item, "claimToken").as_deref() != Some(token),
        })
    }

    /// Records that the provider may or may not have a message, if its claim still has this `token`
    /// and nothing else was recorded.
    pub async fn mark_unknown(
        &self,
        message: &MessageRef,
        shards: Shards,
        token: &str,
        now: Timestamp,
    ) -> Result<bool> {
        let change = Change {
            update: "SET unknownAt = :now".to_owned(),
            condition: "claimToken = :token AND attribute_not_exists(acceptedAt) \
                        AND attribute_not_exists(failedAt) AND attribute_not_exists(unknownAt)"
                .to_owned(),
            ..Change::default()
        }
        .value(":now", now.to_string())
        .value(":token", token);
        let written = self.change(&keys::message_of(message, shards), change).await?;
        if written == Written::Done {
            metrics::count_unknown(now);
            let change = || vec![MessageChange::of_unknown(message, now)];
            self.queue_changes(message.organization_id, change).await?;
        }
        Ok(written == Written::Done)
    }
}
