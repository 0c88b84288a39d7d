//! The balance sheet of a dump: everything in it either moves or is listed with the reason why not.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::campaign::{self, Draft};
use super::item::{self, Item};
use super::values::Values;
use super::{Visitor, segment, template};

/// Templates, segments and campaigns are kept until the end. An account has hundreds.
const MAX_KEPT: usize = 20_000;

/// Endpoints by what happens to them. The sum is the number that was read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Endpoints {
    pub(crate) sms: u64,
    pub(crate) inactive: u64,
    pub(crate) without_address: u64,
    pub(crate) other_channels: BTreeMap<String, u64>,
}

/// Opt-outs by where they are noted. One person may be in several.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct OptOuts {
    pub(crate) endpoints: u64,
    pub(crate) lists: u64,
    pub(crate) events: u64,
}

/// Something that moves, or the reason why a person has to look at it.
pub(crate) type Fate<T> = (String, Result<T, String>);

#[derive(Debug, Default)]
pub(crate) struct Balance {
    pub(crate) endpoints: Endpoints,
    pub(crate) opt_outs: OptOuts,
    pub(crate) templates: Vec<Fate<String>>,
    pub(crate) segments: Vec<Fate<Value>>,
    pub(crate) campaigns: Vec<Fate<Draft>>,
    /// Files and objects that could not be read, with the reason.
    pub(crate) unread: Vec<(String, String)>,
    /// The segments' names and IDs in Pinpoint.
    pub(crate) segment_ids: BTreeMap<String, String>,
    other_events: u64,
    settings: u64,
    unknown: BTreeMap<String, u64>,
    values: Values,
    kept: Vec<Item>,
}

impl Balance {
    /// Translates what needs to know all endpoints. Called once, after the last object.
    pub(crate) fn finish(&mut self) {
        let kept = std::mem::take(&mut self.kept);
        for (file, count) in std::mem::take(&mut self.unknown) {
            self.unread.push((file, format!("{count} objects are not known to be Pinpoint's")));
        }
        for item in &kept {
            match item {
                Item::Template(value) => {
                    let body = template::translate(value, &self.values);
                    self.templates.push((name(value, "TemplateName"), body.map(|text| text.body)));
                }
                Item::Segment(value) => {
                    let filter = segment::translate(value, &self.values);
                    let name = name(value, "Name");
                    let id = value["Id"].as_str().unwrap_or_default().to_owned();
                    self.segment_ids.insert(id, name.clone());
                    self.segments.push((name, filter));
                }
                _ => {}
            }
        }
        self.check_references();
        let templates = self.templates.iter().cloned().collect();
        for item in &kept {
            if let Item::Campaign(value) = item {
                let draft = campaign::translate(value, &templates, &self.values);
                self.campaigns.push((name(value, "Name"), draft));
            }
        }
    }

    /// A segment moves only with every segment that it refers to. Segments that refer to each other in a
    /// circle never become movable, so each round needs progress.
    fn check_references(&mut self) {
        let mut movable: BTreeSet<String> = BTreeSet::new();
        loop {
            let before = movable.len();
            for (name, filter) in &self.segments {
                let is_ready = |filter: &Value| {
                    references(filter).iter().all(|id| {
                        self.segment_ids.get(id).is_some_and(|name| movable.contains(name))
                    })
                };
                if filter.as_ref().is_ok_and(is_ready) {
                    movable.insert(name.clone());
                }
            }
            if movable.len() == before {
                break;
            }
        }
        for (name, filter) in &mut self.segments {
            if filter.is_ok() && !movable.contains(name) {
                *filter = Err("it refers to a segment that does not move".to_owned());
            }
        }
    }

    fn endpoint(&mut self, endpoint: &Value) {
        self.values.note(endpoint);
        let channel = endpoint["ChannelType"].as_str().unwrap_or_default();
        let has_phone = matches!(channel, "" | "SMS" | "VOICE");
        let has_address = endpoint["Address"].as_str().is_some_and(|text| !text.trim().is_empty());
        if has_phone && has_address && endpoint["OptOut"] == "ALL" {
            self.opt_outs.endpoints += 1;
        }
        let endpoints = &mut self.endpoints;
        if !matches!(channel, "" | "SMS") {
            *endpoints.other_channels.entry(channel.to_owned()).or_default() += 1;
        } else if !has_address {
            endpoints.without_address += 1;
        } else if endpoint["EndpointStatus"] == "INACTIVE" {
            endpoints.inactive += 1;
        } else {
            endpoints.sms += 1;
        }
    }

    /// The sheet for programs.
    pub(crate) fn json(&self) -> Value {
        fn fates<T>(of: &[Fate<T>]) -> Value {
            let hand = of.iter().filter_map(|(name, fate)| {
                Some(json!({"name": name, "reason": fate.as_ref().err()?}))
            });
            let moved = of.iter().filter(|(_, fate)| fate.is_ok()).count();
            json!({"moved": moved, "needAHand": hand.collect::<Vec<_>>()})
        }
        let Endpoints { sms, inactive, without_address, other_channels } = &self.endpoints;
        let skipped: u64 = other_channels.values().sum();
        json!({
            "endpoints": {
                "read": sms + inactive + without_address + skipped,
                "sms": sms,
                "inactive": inactive,
                "withoutAddress": without_address,
                "otherChannels": other_channels,
            },
            "optOuts": {
                "endpoints": self.opt_outs.endpoints,
                "lists": self.opt_outs.lists,
                "events": self.opt_outs.events,
            },
            "templates": fates(&self.templates),
            "segments": fates(&self.segments),
            "campaigns": fates(&self.campaigns),
            "otherEvents": self.other_events,
            "settings": self.settings,
            "unread": self.unread.iter().map(|(file, reason)| json!({"file": file, "reason": reason})).collect::<Vec<_>>(),
        })
    }
}

fn name(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or("Untitled").to_owned()
}

/// The IDs of the segments that a filter names.
fn references(filter: &Value) -> Vec<String> {
    match filter {
        Value::Object(fields) => match fields.get("segment") {
            Some(id) => vec![id.as_str().unwrap_or_default().to_owned()],
            None => fields.values().flat_map(references).collect(),
        },
        Value::Array(filters) => filters.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

impl Visitor for Balance {
    fn object(&mut self, file: &str, value: Value) {
        for item in item::items(value) {
            match item {
                Item::Endpoint(endpoint) => self.endpoint(&endpoint),
                Item::OptedOut(_) => self.opt_outs.lists += 1,
                Item::Event(event) if event["event_type"] == "_SMS.OPTOUT" => {
                    self.opt_outs.events += 1
                }
                Item::Event(_) => self.other_events += 1,
                Item::Settings => self.settings += 1,
                Item::Unknown => *self.unknown.entry(file.to_owned()).or_default() += 1,
                kept if self.kept.len() < MAX_KEPT => self.kept.push(kept),
                _ => self.skipped(file, "has too many templates, segments and campaigns"),
            }
        }
    }

    fn skipped(&mut self, file: &str, reason: &str) {
        self.unread.push((file.to_owned(), reason.to_owned()));
    }
}
