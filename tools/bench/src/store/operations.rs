//! Operations: from a request's JSON to a response's.

use serde::Serialize;
use serde_json::{Value, json};

use super::expression::{self, Invalid};
use super::item::Item;
use super::requests::{Batch, BatchGet, Get, Transaction, Write};
use super::statements::Executed;
use super::units::{self, TRANSACTION, Units};
use super::writes::{Judged, Kind, key_of};
use super::{Answer, Store};

const REFUSED: &str = "The conditional request failed";

impl Store {
    /// Handles a request to an operation, such as `GetItem`.
    pub fn answer(&mut self, operation: &str, body: &[u8]) -> Answer {
        let answered = match operation {
            "GetItem" => read(body).and_then(|request| self.get_item(&request)),
            "BatchGetItem" => read(body).and_then(|request| self.batch_get(request)),
            "Query" => read(body).and_then(|request| self.query(&request)),
            "PutItem" => read(body).and_then(|request| self.write(&Kind::Put, &request)),
            "UpdateItem" => read(body).and_then(|request| self.write(&Kind::Update, &request)),
            "DeleteItem" => read(body).and_then(|request| self.write(&Kind::Delete, &request)),
            "TransactWriteItems" => read(body).and_then(|request| self.transact(request)),
            "BatchExecuteStatement" => read(body).and_then(|request| self.batch(&request)),
            other => Err(Invalid(format!("there is no operation {other}"))),
        };
        answered.unwrap_or_else(|Invalid(message)| {
            error("ValidationException", &json!({ "message": message }), Units::default())
        })
    }

    fn get_item(&self, request: &Get) -> Result<Answer, Invalid> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Got<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            item: Option<&'a Item>,
            consumed_capacity: Value,
        }
        let (pk, sk) = key_of(Some(&request.key))?;
        let item = self.get(&pk, &sk);
        let read = units::read(item.map_or(0, Item::size), request.consistent_read);
        let names = request.projection_expression.as_deref().map(expression::names);
        let projected = names.and_then(|names| item.map(|item| item.only(&names)));
        let item = projected.as_ref().or(item);
        Ok(done(&Got { item, consumed_capacity: consumed(read) }, Units { read, write: 0.0 }))
    }

    fn batch_get(&self, request: BatchGet) -> Result<Answer, Invalid> {
        let mut read = 0.0;
        let mut found = Vec::new();
        let mut name = String::new();
        for (table, keys) in request.request_items {
            name = table;
            let names = keys.projection_expression.as_deref().map(expression::names);
            for key in &keys.keys {
                let (pk, sk) = key_of(Some(key))?;
                let item = self.get(&pk, &sk);
                read += units::read(item.map_or(0, Item::size), keys.consistent_read);
                found.extend(item.map(|item| match &names {
                    Some(names) => item.only(names),
                    None => item.clone(),
                }));
            }
        }
        let answer = json!({
            "Responses": { name: found },
            "UnprocessedKeys": {},
            "ConsumedCapacity": [consumed(read)],
        });
        Ok(done(&answer, Units { read, write: 0.0 }))
    }

    fn write(&mut self, kind: &Kind, request: &Write) -> Result<Answer, Invalid> {
        let judged = self.judge(kind, request)?;
        let write = judged.units() + judged.index_units();
        let units = Units { write, read: 0.0 };
        if judged.holds {
            self.carry_out(judged);
            return Ok(done(&json!({ "ConsumedCapacity": consumed(write) }), units));
        }
        let wanted = request.return_values_on_condition_check_failure.as_deref();
        let known = judged.before.filter(|_| wanted == Some("ALL_OLD"));
        let mut body = json!({ "message": REFUSED });
        if let Some(item) = known {
            body["Item"] = json!(item);
        }
        Ok(error("ConditionalCheckFailedException", &body, units))
    }

    fn transact(&mut self, request: Transaction) -> Result<Answer, Invalid> {
        let judged = request
            .transact_items
            .into_iter()
            .map(|item| {
                let (kind, write) = item.split();
                self.judge(&kind, &write)
            })
            .collect::<Result<Vec<Judged>, Invalid>>()?;
        let twice = judged
            .iter()
            .enumerate()
            .any(|(place, one)| judged[..place].iter().any(|other| one.is_at(other)));
        if twice {
            return Err(Invalid("a transaction cannot write an item twice".to_owned()));
        }
        let write = judged.iter().map(|one| TRANSACTION * one.units() + one.index_units()).sum();
        let units = Units { write, read: 0.0 };
        if judged.iter().all(|one| one.holds) {
            for one in judged {
                self.carry_out(one);
            }
            return Ok(done(&json!({ "ConsumedCapacity": [consumed(write)] }), units));
        }
        let reasons: Vec<Value> = judged
            .iter()
            .map(|one| {
                if one.holds {
                    json!({ "Code": "None" })
                } else {
                    json!({ "Code": "ConditionalCheckFailed", "Message": REFUSED })
                }
            })
            .collect();
        let body = json!({ "message": "Transaction cancelled", "CancellationReasons": reasons });
        Ok(error("TransactionCanceledException", &body, units))
    }

    fn batch(&mut self, request: &Batch) -> Result<Answer, Invalid> {
        let mut write = 0.0;
        let mut answers = Vec::with_capacity(request.statements.len());
        let mut capacities = Vec::with_capacity(request.statements.len());
        for statement in &request.statements {
            let (executed, units) = self.execute(statement)?;
            write += units;
            capacities.push(consumed(units));
            answers.push(match executed {
                Executed::Done => json!({ "TableName": TABLE }),
                Executed::Refused { code, item } => {
                    let mut error = json!({ "Code": code, "Message": REFUSED });
                    if let Some(item) = item {
                        error["Item"] = json!(item);
                    }
                    json!({ "TableName": TABLE, "Error": error })
                }
            });
        }
        let answer = json!({ "Responses": answers, "ConsumedCapacity": capacities });
        Ok(done(&answer, Units { write, read: 0.0 }))
    }
}

/// The table's name in responses.
const TABLE: &str = "bench";

fn read<'a, T: serde::Deserialize<'a>>(body: &'a [u8]) -> Result<T, Invalid> {
    serde_json::from_slice(body).map_err(|error| Invalid(error.to_string()))
}

pub(super) fn consumed(units: f64) -> Value {
    json!({ "TableName": TABLE, "CapacityUnits": units })
}

pub(super) fn done(body: &impl Serialize, units: Units) -> Answer {
    Answer { status: 200, body: serde_json::to_vec(body).unwrap_or_default(), units }
}

fn error(kind: &str, body: &Value, units: Units) -> Answer {
    let mut body = body.clone();
    body["__type"] = json!(format!("com.amazonaws.dynamodb.v20120810#{kind}"));
    Answer { status: 400, body: body.to_string().into_bytes(), units }
}
