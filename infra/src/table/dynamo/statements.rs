//! Many conditional writes in one request.
//!
//! `BatchExecuteStatement` takes up to 25 statements, each for one item, with a separate condition
//! and result. They share only the request. So a batch is as safe as its statements one by one, for
//! a fraction of the processor time, most of which is spent per request.

use aws_sdk_dynamodb::types::{
    AttributeValue, BatchStatementError, BatchStatementErrorCodeEnum as Code,
    BatchStatementRequest, BatchStatementResponse, ReturnConsumedCapacity,
    ReturnValuesOnConditionCheckFailure,
};
use futures::future::{join_all, try_join_all};

use super::back_off::{self, Patience};
use super::key::Key;
use super::marshal::{Item, Value};
use super::read::Consistency;
use super::{Result, Table, TableError};
use crate::usage::Access;

/// The maximum number of statements per request.
const MAX_STATEMENTS: usize = 25;
const OPERATION: &str = "BatchExecuteStatement";

/// A conditional write of one item.
#[derive(Clone)]
pub(in crate::table) struct Statement {
    text: String,
    parameters: Vec<AttributeValue>,
    /// The key of the item that an update changes.
    updates: Option<Key>,
}

/// The result of a statement.
#[derive(Debug)]
pub(in crate::table) enum Executed {
    Done,
    /// The condition did not hold. For an update, contains the item as it was then or is now, or
    /// `None` if there is none. For an insert, may be `None` even though there is an item.
    Refused(Option<Item>),
    /// It may or may not have been executed.
    Failed(TableError),
}

impl Statement {
    /// Inserts an item that must not exist.
    pub(in crate::table) fn insert(table: &Table, item: Item) -> Self {
        let mut attributes: Vec<(String, AttributeValue)> = item.into_iter().collect();
        attributes.sort_by(|(one, _), (other, _)| one.cmp(other));
        let names: Vec<String> =
            attributes.iter().map(|(name, _)| format!("'{name}': ?")).collect();
        Self {
            text: format!("INSERT INTO \"{}\" VALUE {{{}}}", table.name, names.join(", ")),
            parameters: attributes.into_iter().map(|(_, value)| value).collect(),
            updates: None,
        }
    }

    /// Sets attributes of an item that must exist and meet a condition. The condition's values are
    /// question marks.
    pub(in crate::table) fn update(
        table: &Table,
        key: &Key,
        set: Vec<(&'static str, Value)>,
        condition: &str,
        values: Vec<Value>,
    ) -> Self {
        let names: Vec<String> =
            set.iter().map(|(name, _)| format!("SET \"{name}\" = ?")).collect();
        let text = format!(
            "UPDATE \"{}\" {} WHERE \"pk\" = ? AND \"sk\" = ? AND {condition}",
            table.name,
            names.join(" "),
        );
        let names = [Value::from(key.pk.as_str()), Value::from(key.sk.as_str())];
        let parameters = set.into_iter().map(|(_, value)| value).chain(names).chain(values);
        let parameters = parameters.map(|value| value.0).collect();
        Self { text, parameters, updates: Some(key.clone()) }
    }
}

impl Table {
    /// Executes statements about different items, and returns their results in the same order.
    pub(in crate::table) async fn execute(
        &self,
        statements: Vec<Statement>,
        patience: Patience,
    ) -> Result<Vec<Executed>> {
        let updates: Vec<Option<Key>> =
            statements.iter().map(|statement| statement.updates.clone()).collect();
        let mut requests = Vec::new();
        let mut statements = statements.into_iter().peekable();
        while statements.peek().is_some() {
            let some = statements.by_ref().take(MAX_STATEMENTS).collect();
            requests.push(self.execute_some(some, patience));
        }
        let executed: Vec<Executed> = try_join_all(requests).await?.into_iter().flatten().collect();
        let known = executed.into_iter().zip(updates);
        let known = known.map(|(executed, updates)| self.with_item(executed, updates));
        Ok(join_all(known).await)
    }

    /// Reads the item of a refused update if the response has none. It is not documented whether a
    /// batch returns the item, so a missing one must not be taken as proof that the item doesn't
    /// exist.
    async fn with_item(&self, executed: Executed, updates: Option<Key>) -> Executed {
        let (Executed::Refused(None), Some(key)) = (&executed, updates) else {
            return executed;
        };
        match self.get_item(&key, Consistency::Strong).await {
            Ok(item) => Executed::Refused(item),
            Err(error) => Executed::Failed(error),
        }
    }

    /// Executes the statements of one request, and retries those that were throttled or failed. A
    /// statement that was executed although its response said otherwise then finds its own write,
    /// as when the SDK repeats a request. So each caller has to recognize its own writes.
    async fn execute_some(
        &self,
        statements: Vec<Statement>,
        patience: Patience,
    ) -> Result<Vec<Executed>> {
        let mut answers = self.request(statements.clone()).await?;
        for wait in back_off::waits(patience) {
            let passing: Vec<usize> =
                (0..answers.len()).filter(|place| is_passing(&answers[*place])).collect();
            if passing.is_empty() {
                break;
            }
            tokio::time::sleep(wait).await;
            let again = passing.iter().map(|place| statements[*place].clone()).collect();
            match self.request(again).await {
                Ok(newer) => {
                    for (place, answer) in passing.into_iter().zip(newer) {
                        answers[place] = answer;
                    }
                }
                // Keep what the first request reported about the others.
                Err(error) => {
                    tracing::warn!(error = ?anyhow::Error::from(error), "failed to repeat statements");
                    break;
                }
            }
        }
        Ok(answers.into_iter().map(executed).collect())
    }

    async fn request(&self, statements: Vec<Statement>) -> Result<Vec<BatchStatementResponse>> {
        let count = statements.len();
        let statements = statements.into_iter().map(|Statement { text, parameters, .. }| {
            BatchStatementRequest::builder()
                .statement(text)
                .set_parameters(Some(parameters))
                .return_values_on_condition_check_failure(
                    ReturnValuesOnConditionCheckFailure::AllOld,
                )
                .build()
                .map_err(|error| TableError::malformed("a statement", error))
        });
        let result = self
            .client
            .batch_execute_statement()
            .set_statements(Some(statements.collect::<Result<_>>()?))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        self.usage.call("dynamodb.BatchExecuteStatement");
        let output = result.map_err(|error| TableError::request(OPERATION, error))?;
        self.usage.capacity(Access::Write, output.consumed_capacity());
        let answers = output.responses.unwrap_or_default();
        if answers.len() != count {
            let told = format!("{} answers to {count} statements", answers.len());
            return Err(TableError::malformed("a batch", told));
        }
        Ok(answers)
    }
}

fn is_throttled(code: &Code) -> bool {
    matches!(
        code,
        Code::ThrottlingError
            | Code::ProvisionedThroughputExceeded
            | Code::RequestLimitExceeded
            | Code::TransactionConflict
    )
}

/// Whether the same statement may succeed later.
fn is_passing(answer: &BatchStatementResponse) -> bool {
    let code = answer.error().and_then(BatchStatementError::code);
    code.is_some_and(|code| is_throttled(code) || *code == Code::InternalServerError)
}

fn executed(answer: BatchStatementResponse) -> Executed {
    let Some(error) = answer.error else {
        return Executed::Done;
    };
    match error.code() {
        Some(Code::DuplicateItem | Code::ConditionalCheckFailed) => Executed::Refused(error.item),
        Some(code) if is_throttled(code) => {
            Executed::Failed(TableError::Throttled { operation: OPERATION })
        }
        _ => Executed::Failed(TableError::Request {
            operation: OPERATION,
            source: told(&error).into(),
        }),
    }
}

fn told(error: &BatchStatementError) -> String {
    let code = error.code().map_or("no code", Code::as_str);
    format!("{code}: {}", error.message().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_table_may_take_a_moment_later_is_repeated() {
        let answer = |code: Code| {
            let error = BatchStatementError::builder().code(code).build();
            BatchStatementResponse::builder().error(error).build()
        };
        for code in [Code::ThrottlingError, Code::TransactionConflict, Code::InternalServerError] {
            assert!(is_passing(&answer(code.clone())), "{code:?}");
        }
        for code in [Code::DuplicateItem, Code::ConditionalCheckFailed, Code::ValidationError] {
            assert!(!is_passing(&answer(code.clone())), "{code:?}");
        }
        assert!(!is_passing(&BatchStatementResponse::builder().build()));
    }
}
