//! A dump's endpoints and opt-outs as two files that the API imports.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::Visitor;
use super::item::{self, Item};

/// Lines of JSON: every endpoint, and every opt-out that is not an endpoint's.
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
            Item::Endpoint(endpoint) => {
                self.endpoint_count += 1;
                writeln!(self.endpoints, "{endpoint}")
            }
            Item::OptedOut(number) => {
                self.opt_out(&number["OptedOutNumber"], &number["OptedOutTimestamp"])
            }
            Item::Event(event) if event["event_type"] == "_SMS.OPTOUT" => {
                self.opt_out(&event["attributes"]["destination_phone_number"], &Value::Null)
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

    /// An opt-out in the form of an endpoint, which an import reads with its time.
    fn opt_out(&mut self, phone: &Value, since: &Value) -> std::io::Result<()> {
        self.opt_out_count += 1;
        let mut line = json!({"ChannelType": "SMS", "Address": phone, "OptOut": "ALL"});
        if since.is_string() {
            line["EffectiveDate"] = since.clone();
        }
        writeln!(self.opt_outs, "{line}")
    }
}

impl Visitor for Spool {
    fn object(&mut self, _: &str, value: Value) {
        item::items(value).into_iter().for_each(|item| self.write(item));
    }

    /// The balance sheet lists it.
    fn skipped(&mut self, _: &str, _: &str) {}
}
