//! Opt-out lists, and `DescribeOptedOutNumbers`, which reads them page by page.
//!
//! The lists are set by the admin endpoints. They don't change what is sent: a number's fate does.

use std::collections::BTreeMap;

use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answers;
use super::limits;
use super::reader::{Invalid, Reader};
use crate::world::{World, lock};

const MAX_RESULTS: usize = 100;

/// A list as the admin endpoint sets it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OptOutList {
    numbers: Vec<OptedOut>,
    /// Refuses to be read.
    #[serde(default)]
    problem: Option<ListProblem>,
    /// Fewer numbers a page than are asked for.
    #[serde(default)]
    page_size: Option<usize>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OptedOut {
    number: String,
    /// In seconds since 1970.
    at: f64,
    #[serde(default)]
    by_account: bool,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ListProblem {
    Denied,
    Throttled,
    Broken,
}

/// Lists by their names.
pub(crate) type OptOutLists = BTreeMap<String, OptOutList>;

/// What is asked about a list.
struct Asked {
    name: String,
    numbers: Vec<String>,
    by_person: Option<Vec<String>>,
    /// The place at which the page begins.
    from: usize,
    results: usize,
}

pub(super) fn describe(world: &World, body: &[u8]) -> Response {
    let asked = match read(body) {
        Ok(asked) => asked,
        Err(invalid) => return answers::invalid(&invalid),
    };
    let lists = lock(&world.aws.opt_out_lists);
    let default = OptOutList::default();
    let list = lists.get(&asked.name).or((asked.name == "Default").then_some(&default));
    let Some(list) = list else { return answers::missing("opt-out-list", &asked.name) };
    match list.problem {
        Some(ListProblem::Denied) => answers::denied("sms-voice:DescribeOptedOutNumbers"),
        Some(ListProblem::Throttled) => answers::throttled(),
        Some(ListProblem::Broken) => answers::failed(),
        None => page(&asked, list),
    }
}

fn page(asked: &Asked, list: &OptOutList) -> Response {
    let is_listed = |number: &&String| list.numbers.iter().any(|one| one.number == **number);
    if let Some(unknown) = asked.numbers.iter().find(|number| !is_listed(number)) {
        return answers::missing("opted-out-number", unknown);
    }
    let numbers: Vec<&OptedOut> = list.numbers.iter().filter(|one| asked.wants(one)).collect();
    let size = list.page_size.map_or(asked.results, |size| size.min(asked.results));
    let from = asked.from.min(numbers.len());
    let end = numbers.len().min(from + size);
    let entry = |one: &&OptedOut| {
        json!({
            "OptedOutNumber": one.number,
            "OptedOutTimestamp": one.at,
            "EndUserOptedOut": !one.by_account,
        })
    };
    let entries: Vec<Value> = numbers[from..end].iter().map(entry).collect();
    let mut page = json!({
        "OptOutListArn": format!("arn:aws:sms-voice:us-east-1:123456789012:opt-out-list/{}", asked.name),
        "OptOutListName": asked.name,
        "OptedOutNumbers": entries,
    });
    if end < numbers.len() {
        page["NextToken"] = token(end).into();
    }
    answers::done(&page)
}

impl Asked {
    fn wants(&self, one: &OptedOut) -> bool {
        let is_asked = self.numbers.is_empty() || self.numbers.contains(&one.number);
        let by_person = (!one.by_account).to_string();
        let is_of_filter = |values: &Vec<String>| values.contains(&by_person);
        is_asked && self.by_person.as_ref().is_none_or(is_of_filter)
    }
}

fn token(place: usize) -> String {
    format!("page-{place}")
}

fn read(body: &[u8]) -> Result<Asked, Invalid> {
    let mut reader = Reader::new(body)?;
    let name = reader.required("OptOutListName", &(1..=256, limits::name));
    let numbers = reader.texts("OptedOutNumbers", 5, &(1..=20, limits::phone));
    let filters = reader.filters("Filters", "end-user-opted-out");
    let from = reader.text("NextToken", &(1..=1_024, |_| true));
    let results = reader.number("MaxResults", &(1..=100));
    reader.end()?;
    let from = match from {
        None => 0,
        Some(token) => place(&token)?,
    };
    // Its ARN ends with its name.
    let name = name.rsplit('/').next().unwrap_or_default().to_owned();
    let results = results.and_then(|results| usize::try_from(results).ok());
    Ok(Asked { name, numbers, by_person: filters, from, results: results.unwrap_or(MAX_RESULTS) })
}

fn place(token: &str) -> Result<usize, Invalid> {
    let place = token.strip_prefix("page-").and_then(|place| place.parse().ok());
    let message = "The token is not valid";
    place.ok_or_else(|| Invalid {
        reason: "INVALID_NEXT_TOKEN",
        message,
        fields: vec![("NextToken".to_owned(), message.to_owned())],
    })
}
