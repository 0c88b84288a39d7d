//! Operations: from a request's JSON to an answer's.

use std::ops::Bound;

use serde::Serialize;
use serde_json::{Value, json};

use super::expression::{self, Comparison, Condition, Invalid, Operand, Values};
use super::item::{Attribute, Item};
use super::requests::{Batch, BatchGet, Get, Query, Transaction, Write};
use super::statements::Executed;
use super::units::{self, TRANSACTION, Units};
use super::writes::{Judged, Kind, key_of};
use super::{Answer, Store};

/// A page of a query.
const PAGE_BYTES: usize = 1_048_576;
const REFUSED: &str = "The conditional request failed";

/// The sort keys of a query, both ends included.
struct Range<'a> {
    from: &'a str,
    to: Option<&'a str>,
    prefix: Option<&'a str>,
}

impl Store {
    /// Answers a request to an operation, such as `GetItem`.
    pub(crate) fn answer(&mut self, operation: &str, body: &[u8]) -> Answer {
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

    fn query(&self, request: &Query) -> Result<Answer, Invalid> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Page<'a> {
            items: Vec<std::borrow::Cow<'a, Item>>,
            count: usize,
            scanned_count: usize,
            #[serde(skip_serializing_if = "Option::is_none")]
            last_evaluated_key: Option<Item>,
            consumed_capacity: Value,
        }
        if request.index_name.is_some() || request.select.is_some() {
            return Err(Invalid("this table has no index and counts nothing".to_owned()));
        }
        let values = Values {
            names: request.expression_attribute_names.as_ref(),
            named: Some(&request.expression_attribute_values),
            positional: &[],
        };
        let condition = expression::condition(&request.key_condition_expression)?;
        let filter = request.filter_expression.as_deref().map(expression::condition).transpose()?;
        let (pk, range) = key_range(&condition, values)?;
        let names = request.projection_expression.as_deref().map(expression::names);
        let start = request.exclusive_start_key.as_ref().and_then(|key| key.text("sk"));
        let is_forward = request.scan_index_forward != Some(false);
        let limit = request.limit.unwrap_or(usize::MAX);
        let lower = match start.filter(|_| is_forward) {
            Some(start) => Bound::Excluded(start),
            None => Bound::Included(range.from),
        };
        let upper = match (start.filter(|_| !is_forward), range.to) {
            (Some(start), _) => Bound::Excluded(start),
            (None, Some(to)) => Bound::Included(to),
            (None, None) => Bound::Unbounded,
        };
        let within = |sk: &str| range.prefix.is_none_or(|prefix| sk.starts_with(prefix));
        let is_empty = range.to.is_some_and(|to| to < start.unwrap_or(range.from) && is_forward);
        let partition = self.partitions.get(pk).filter(|_| !is_empty);
        let mut found: Box<dyn Iterator<Item = (&Box<str>, &Item)>> = match partition {
            None => Box::new(std::iter::empty()),
            Some(partition) if is_forward => Box::new(partition.range::<str, _>((lower, upper))),
            // A prefix has no last key: what sorts after all its keys is passed over.
            Some(partition) => Box::new(
                partition.range::<str, _>((lower, upper)).rev().skip_while(|(sk, _)| !within(sk)),
            ),
        };
        let (mut bytes, mut scanned) = (0, 0);
        let (mut items, mut last) = (Vec::new(), None);
        let mut has_more = false;
        for (sk, item) in found.by_ref().take_while(|(sk, _)| within(sk)) {
            let size = item.size();
            if scanned == limit || (scanned > 0 && bytes + size > PAGE_BYTES) {
                has_more = true;
                break;
            }
            bytes += size;
            scanned += 1;
            last = Some(sk);
            if let Some(filter) = &filter
                && !filter.holds(Some(item), values)?
            {
                continue;
            }
            items.push(match &names {
                Some(names) => std::borrow::Cow::Owned(item.only(names)),
                None => std::borrow::Cow::Borrowed(item),
            });
        }
        // DynamoDB names a last key wherever it stopped at the limit, also at the end.
        let key = last.filter(|_| has_more || scanned == limit).map(|sk| {
            let text = |text: &str| Attribute::S(text.into());
            [("pk", text(pk)), ("sk", text(sk))].map(|(name, value)| (name.into(), value))
        });
        let read = units::read(bytes, request.consistent_read);
        let page = Page {
            count: items.len(),
            items,
            scanned_count: scanned,
            last_evaluated_key: key.map(|key| key.into_iter().collect()),
            consumed_capacity: consumed(read),
        };
        Ok(done(&page, Units { read, write: 0.0 }))
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
            .map(|one| match one.holds {
                true => json!({ "Code": "None" }),
                false => json!({ "Code": "ConditionalCheckFailed", "Message": REFUSED }),
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

/// The table's name, where an answer tells it.
const TABLE: &str = "bench";

fn read<'a, T: serde::Deserialize<'a>>(body: &'a [u8]) -> Result<T, Invalid> {
    serde_json::from_slice(body).map_err(|error| Invalid(error.to_string()))
}

fn consumed(units: f64) -> Value {
    json!({ "TableName": TABLE, "CapacityUnits": units })
}

fn done(body: &impl Serialize, units: Units) -> Answer {
    Answer { status: 200, body: serde_json::to_vec(body).unwrap_or_default(), units }
}

fn error(kind: &str, body: &Value, units: Units) -> Answer {
    let mut body = body.clone();
    body["__type"] = json!(format!("com.amazonaws.dynamodb.v20120810#{kind}"));
    Answer { status: 400, body: body.to_string().into_bytes(), units }
}

/// The partition and the sort keys that a query's condition names.
fn key_range<'a>(
    condition: &'a Condition,
    values: Values<'a>,
) -> Result<(&'a str, Range<'a>), Invalid> {
    let text = |operand: &'a Operand| match values.value(operand, None)? {
        Some(std::borrow::Cow::Borrowed(Attribute::S(text))) => Ok::<&'a str, Invalid>(text),
        _ => Err(Invalid("a key is no text".to_owned())),
    };
    let no_range = Range { from: "", to: None, prefix: None };
    let (partition, range) = match condition {
        Condition::And(partition, sort) => (&**partition, Some(&**sort)),
        partition => (partition, None),
    };
    let Condition::Compare(_, Comparison::Equal, pk) = partition else {
        return Err(Invalid("no partition is named".to_owned()));
    };
    let range = match range {
        None => no_range,
        Some(Condition::BeginsWith(_, prefix)) => {
            let prefix = text(prefix)?;
            Range { from: prefix, to: None, prefix: Some(prefix) }
        }
        Some(Condition::Between(_, from, to)) => {
            Range { from: text(from)?, to: Some(text(to)?), prefix: None }
        }
        Some(Condition::Compare(_, Comparison::AtMost, to)) => {
            Range { to: Some(text(to)?), ..no_range }
        }
        Some(Condition::Compare(_, Comparison::AtLeast, from)) => {
            Range { from: text(from)?, ..no_range }
        }
        Some(Condition::Compare(_, Comparison::Equal, at)) => {
            Range { from: text(at)?, to: Some(text(at)?), prefix: None }
        }
        Some(_) => return Err(Invalid("a condition on a sort key that is not known".to_owned())),
    };
    Ok((text(pk)?, range))
}
