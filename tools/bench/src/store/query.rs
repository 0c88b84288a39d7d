//! Queries: a range of sort keys of one partition, a page at a time.

use std::borrow::Cow;
use std::ops::Bound;

use serde::Serialize;
use serde_json::Value;

use super::expression::{self, Comparison, Condition, Invalid, Operand, Values};
use super::item::{Attribute, Item};
use super::operations::{consumed, done};
use super::requests::Query;
use super::units::{self, Units};
use super::{Answer, Store};

/// The size of a query's page.
const PAGE_BYTES: usize = 1_048_576;

/// The sort keys of a query, inclusive at both ends.
struct Range<'a> {
    from: &'a str,
    to: Option<&'a str>,
    prefix: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Page<'a> {
    items: Vec<Cow<'a, Item>>,
    count: usize,
    scanned_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_evaluated_key: Option<Item>,
    consumed_capacity: Value,
}

type Found<'a> = Box<dyn Iterator<Item = (&'a Box<str>, &'a Item)> + 'a>;

/// The names of a projection, with its placeholders resolved.
fn projected(text: &str, values: Values<'_>) -> Vec<Box<str>> {
    let named = |name: Box<str>| match values.names.and_then(|names| names.get(&*name)) {
        Some(named) => named.as_str().into(),
        None => name,
    };
    expression::names(text).into_iter().map(named).collect()
}

impl Store {
    pub(super) fn query(&self, request: &Query) -> Result<Answer, Invalid> {
        if request.select.is_some() {
            return Err(Invalid("this table counts nothing".to_owned()));
        }
        let values = Values {
            names: request.expression_attribute_names.as_ref(),
            named: Some(&request.expression_attribute_values),
            positional: &[],
        };
        let condition = expression::condition(&request.key_condition_expression)?;
        let filter = request.filter_expression.as_deref().map(expression::condition).transpose()?;
        let (pk, range) = key_range(&condition, values)?;
        if request.index_name.is_some() {
            return Ok(self.index(pk, &range, request));
        }
        let names = request.projection_expression.as_deref().map(|text| projected(text, values));
        let within = |sk: &str| range.prefix.is_none_or(|prefix| sk.starts_with(prefix));
        let limit = request.limit.unwrap_or(usize::MAX);
        let mut found = self.found(pk, &range, request);
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
                Some(names) => Cow::Owned(item.only(names)),
                None => Cow::Borrowed(item),
            });
        }
        // DynamoDB returns a last key whenever it stops at the limit, even at the end of the range.
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

    /// A query of the one index. It looks through the whole table, since few queries use the index.
    fn index(&self, pk: &str, range: &Range<'_>, request: &Query) -> Answer {
        let items = self.partitions.values().flat_map(|partition| partition.values());
        let mut found: Vec<(&str, &Item)> = items
            .filter(|item| item.text("gsi1pk") == Some(pk))
            .filter_map(|item| Some((item.text("gsi1sk")?, item)))
            .filter(|(sk, _)| *sk >= range.from && range.to.is_none_or(|to| *sk <= to))
            .filter(|(sk, _)| range.prefix.is_none_or(|prefix| sk.starts_with(prefix)))
            .collect();
        found.sort_by_key(|(sk, _)| *sk);
        if request.scan_index_forward == Some(false) {
            found.reverse();
        }
        found.truncate(request.limit.unwrap_or(usize::MAX));
        let bytes = found.iter().map(|(_, item)| item.size()).sum();
        let read = units::read(bytes, request.consistent_read);
        let page = Page {
            count: found.len(),
            scanned_count: found.len(),
            items: found.into_iter().map(|(_, item)| Cow::Borrowed(item)).collect(),
            last_evaluated_key: None,
            consumed_capacity: consumed(read),
        };
        done(&page, Units { read, write: 0.0 })
    }

    /// The items of a range in the requested order, from the end of the last page.
    fn found<'a>(&'a self, pk: &str, range: &Range<'a>, request: &Query) -> Found<'a> {
        let start = request.exclusive_start_key.as_ref().and_then(|key| key.text("sk"));
        let is_forward = request.scan_index_forward != Some(false);
        let lower = match start.filter(|_| is_forward) {
            Some(start) => Bound::Excluded(start),
            None => Bound::Included(range.from),
        };
        let upper = match (start.filter(|_| !is_forward), range.to) {
            (Some(start), _) => Bound::Excluded(start),
            (None, Some(to)) => Bound::Included(to),
            (None, None) => Bound::Unbounded,
        };
        let is_empty = is_forward && range.to.is_some_and(|to| to < start.unwrap_or(range.from));
        let prefix = range.prefix;
        match self.partitions.get(pk).filter(|_| !is_empty) {
            None => Box::new(std::iter::empty()),
            Some(partition) if is_forward => Box::new(partition.range::<str, _>((lower, upper))),
            // A prefix has no last key, so what sorts after all its keys is skipped.
            Some(partition) => Box::new(
                partition
                    .range::<str, _>((lower, upper))
                    .rev()
                    .skip_while(move |(sk, _)| prefix.is_some_and(|p| !sk.starts_with(p))),
            ),
        }
    }
}

/// The partition and the sort keys in a query's condition.
fn key_range<'a>(
    condition: &'a Condition,
    values: Values<'a>,
) -> Result<(&'a str, Range<'a>), Invalid> {
    let text = |operand: &'a Operand| match values.value(operand, None)? {
        Some(Cow::Borrowed(Attribute::S(text))) => Ok::<&'a str, Invalid>(text),
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
