//! Claims: a message is handed over by the one worker that wrote its claim.
//!
//! Claims and outcomes are written many in a request; each stands on its own condition.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::message::{FailureReason, Kind, Message, Outcome};
use shared::receipt::MessageRef;
use shared::time::Timestamp;

use super::dynamo::back_off::Patience;
use super::dynamo::{Change, Executed, Statement, Value, Written, item, text};
use super::keys;
use super::messages::{Row, word};
use super::{Result, Table, TableError};

/// What became of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimed {
    Won,
    /// The message existed.
    Exists(Box<Message>),
}

/// What a worker writes where no message is yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claiming {
    /// The right to hand the message over.
    HandOver { token: String },
    /// Its end, without handing it over.
    Fail { reason: FailureReason },
}

/// What a worker learnt of a message that it had claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    pub message: MessageRef,
    pub token: String,
    pub outcome: Outcome,
}

const KIND: &str = "a message";
const WITHOUT_OUTCOME: &str = "\"claimToken\" = ? AND \"acceptedAt\" IS MISSING AND \
                               \"failedAt\" IS MISSING";

fn row(message: &Message, claiming: &Claiming, now: Timestamp) -> Row {
    match claiming {
        Claiming::HandOver { token } => Row::claimed(message, token, now),
        Claiming::Fail { reason } => Row::failed(message, *reason, now),
    }
}

impl Table {
    /// Claims messages of one campaign by creating them, or settles them as failed. Each has an
    /// answer of its own, in their order; one without a message may be claimed or not.
    pub async fn claim_all(
        &self,
        messages: &[(Message, Claiming)],
        shards: u16,
        now: Timestamp,
    ) -> Result<Vec<Result<Claimed>>> {
        let statements = messages.iter().map(|(message, claiming)| {
            let key = keys::message(message.campaign_id, message.id, shards);
            Ok(Statement::insert(self, item(KIND, &key, row(message, claiming, now))?))
        });
        let executed = self.execute(statements.collect::<Result<_>>()?, Patience::Short).await?;
        let existing = self.existing(messages, &executed, shards).await;
        let answers =
            executed.into_iter().zip(messages).map(|(executed, (message, _))| match executed {
                Executed::Done => Ok(Claimed::Won),
                Executed::Failed(error) => Err(error),
                Executed::Refused(_) => match &existing {
                    Ok(existing) => existing
                        .iter()
                        .find(|found| found.id == message.id)
                        .map(|found| Claimed::Exists(Box::new(found.clone())))
                        .ok_or_else(|| TableError::malformed(KIND, "it vanished")),
                    // The claims that were won are known all the same.
                    Err(error) => Err(TableError::Request {
                        operation: "BatchGetItem",
                        source: error.to_string().into(),
                    }),
                },
            });
        Ok(answers.collect())
    }

    /// The messages that were there before their claims.
    async fn existing(
        &self,
        messages: &[(Message, Claiming)],
        executed: &[Executed],
        shards: u16,
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

    /// Writes what workers learnt, in one request for many. `false` in a message's place if what
    /// became of it is written already.
    pub async fn settle_all(
        &self,
        settlements: &[Settlement],
        shards: u16,
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
        Ok(executed
            .into_iter()
            .map(|executed| match executed {
                Executed::Done => Ok(true),
                Executed::Refused(_) => Ok(false),
                Executed::Failed(error) => Err(error),
            })
            .collect())
    }

    /// Claims a test message, which exists before it is claimed.
    pub async fn claim_test(
        &self,
        message: &Message,
        token: &str,
        now: Timestamp,
    ) -> Result<Claimed> {
        let key = keys::test_message(message.campaign_id, message.id);
        let change = Change {
            update: "SET claimToken = :token, claimedAt = :now".to_owned(),
            condition: "attribute_exists(pk) AND attribute_not_exists(claimToken)".to_owned(),
            ..Change::default()
        }
        .value(":token", token)
        .value(":now", now.to_string());
        if self.change(&key, change).await? == Written::Done {
            return Ok(Claimed::Won);
        }
        let found =
            self.test_message(message.organization_id, message.campaign_id, message.id).await?;
        let found = found.ok_or_else(|| TableError::malformed(KIND, "it vanished"))?;
        Ok(Claimed::Exists(Box::new(found.message)))
    }

    /// Gives a claim back, so that the message is pending again; `false` if something was said of
    /// it meanwhile, which then stands. A claim that is gone, or another's by now, was given back
    /// by a request whose answer was lost.
    pub async fn release(&self, message: &MessageRef, shards: u16, token: &str) -> Result<bool> {
        let condition = "claimToken = :token AND attribute_not_exists(acceptedAt) \
                         AND attribute_not_exists(failedAt) AND attribute_not_exists(receipt) \
                         AND attribute_not_exists(unknownAt)";
        let values = vec![(":token", AttributeValue::S(token.to_owned()))];
        let key = keys::message_of(message, shards);
        let written = match message.kind {
            Kind::Campaign => self.remove(&key, condition, values).await?,
            // A test exists before it is claimed.
            Kind::Test => {
                let change = Change {
                    update: "REMOVE claimToken, claimedAt".to_owned(),
                    condition: condition.to_owned(),
                    values,
                };
                self.change(&key, change).await?
            }
        };
        Ok(match written {
            Written::Done | Written::Refused(None) => true,
            Written::Refused(Some(item)) => text(&item, "claimToken").as_deref() != Some(token),
        })
    }

    /// Notes that nobody knows whether the provider has a message, where its claim is still that
    /// of `token` and nothing else was said.
    pub async fn mark_unknown(
        &self,
        message: &MessageRef,
        shards: u16,
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
        Ok(self.change(&keys::message_of(message, shards), change).await? == Written::Done)
    }
}
