//! A dump's endpoints and opt-outs as two files that the API imports.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::Visitor;
use super::item::{self, Item};

/// Lines of JSON: every endpoint that has an address, and every opt-out. A file that only opts people out must
/// have no others: an endpoint that does not mention opt-outs would count as one.
pub(crate) struct Spool {
    endpoints: BufWriter<File>,
    opt_outs: BufWriter<File>,
    /// How many lines each file has.
    pub(crate) endpoint_count: u64,
    pub(crate) opt_out_count: u64,
    error: Option<std::io::Error>,
}

impl Spool {
    pub(crate) fn create(endpoints: &Path, opt_outs: &Path) -> std::io::Result<Self> {
        Ok(Self {
            endpoints: BufWriter::new(File::create(endpoints)?),
            opt_outs: BufWriter::new(File::create(opt_outs)?),
            endpoint_count: 0,
            opt_out_count: 0,
            error: None,
        })
    }

    /// Reports the first error, if any. Called once, after the last object.
    pub(crate) fn finish(&mut self) -> std::io::Result<()> {
        match self.error.take() {
            Some(error) => Err(error),
            None => self.endpoints.flush().and_then(|()| self.opt_outs.flush()),
        }
    }

    fn write(&mut self, item: Item) {
        let result = match item {
            Item::Endpoint(endpoint) => self.endpoint(&endpoint),
            Item::OptedOut(number) => {
                self.opt_out(&number["OptedOutNumber"], &number["OptedOutTimestamp"])
            }
            Item::Event(event) if event["event_type"] == "_SMS.OPTOUT" => {
                let phone = &event["attributes"]["destination_phone_number"];
                self.opt_out(phone, &event["event_timestamp"])
            }
            Item::Event(_)
            | Item::Segment(_)
            | Item::Campaign(_)
            | Item::Template(_)
            | Item::Settings
            | Item::Unknown => Ok(()),
        };
        if let Err(error) = result {
            self.error.get_or_insert(error);
        }
    }

    /// Without an address, there is no one to text.
    fn endpoint(&mut self, endpoint: &Value) -> std::io::Result<()> {
        if item::opts_out(endpoint) {
            self.opt_out_count += 1;
            writeln!(self.opt_outs, "{endpoint}")?;
        }
        if item::has_address(endpoint) {
            self.endpoint_count += 1;
            writeln!(self.endpoints, "{endpoint}")?;
        }
        Ok(())
    }

    /// An opt-out in the form of an endpoint, which an import reads with its time.
    fn opt_out(&mut self, phone: &Value, since: &Value) -> std::io::Result<()> {
        self.opt_out_count += 1;
        let mut line = json!({"ChannelType": "SMS", "Address": phone, "OptOut": "ALL"});
        if let Some(since) = time(since) {
            line["EffectiveDate"] = since.into();
        }
        writeln!(self.opt_outs, "{line}")
    }
}

/// A time as the AWS CLI prints it: text, or a number of seconds in its first version. Event streams
/// count milliseconds.
fn time(value: &Value) -> Option<String> {
    /// The seconds of the year 5138, and the milliseconds of 1973.
    const MAX_SECONDS: f64 = 1e11;
    let number = match value {
        Value::String(text) => return Some(text.clone()),
        value => value.as_f64()?,
    };
    let seconds = if number < MAX_SECONDS { number } else { number / 1_000.0 };
    let since =
        std::time::UNIX_EPOCH.checked_add(std::time::Duration::try_from_secs_f64(seconds).ok()?)?;
    Some(crate::when::rfc3339(since.into()))
}

impl Visitor for Spool {
    fn object(&mut self, _: &str, value: Value) {
        for item in item::items(value) {
            self.write(item);
        }
    }

    /// The balance sheet lists it.
    fn skipped(&mut self, _: &str, _: &str) {}
}
