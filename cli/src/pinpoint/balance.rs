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
    /// The IDs of `segments` in Pinpoint, in the same order. Names may repeat.
    segment_ids: Vec<String>,
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
                    let filter = segment::translate(value);
                    self.segment_ids.push(value["Id"].as_str().unwrap_or_default().to_owned());
                    self.segments.push((name(value, "Name"), filter));
                }
                _ => {}
            }
        }
        let movable = self.check_references();
        let templates = self.templates.iter().cloned().collect();
        for item in &kept {
            if let Item::Campaign(value) = item {
                let draft = campaign::translate(value, &templates, &self.values);
                let draft = draft.and_then(|draft| with_segment(draft, &movable));
                self.campaigns.push((name(value, "Name"), draft));
            }
        }
    }

    /// The IDs of the segments that move. One moves only with every segment that it refers to. Segments
    /// that refer to each other in a circle never become movable, so each round needs progress.
    fn check_references(&mut self) -> BTreeSet<String> {
        let mut movable: BTreeSet<String> = BTreeSet::new();
        loop {
            let before = movable.len();
            for ((_, filter), id) in self.segments.iter().zip(&self.segment_ids) {
                let is_ready =
                    |filter: &Value| references(filter).iter().all(|id| movable.contains(id));
                if filter.as_ref().is_ok_and(is_ready) {
                    movable.insert(id.clone());
                }
            }
            if movable.len() == before {
                break;
            }
        }
        for ((_, filter), id) in self.segments.iter_mut().zip(&self.segment_ids) {
            if filter.is_ok() && !movable.contains(id) {
                *filter = Err("it refers to a segment that does not move".to_owned());
            }
        }
        movable
    }

    /// The ID, name and filter of each segment that moves.
    pub(crate) fn movable_segments(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        let segments = self.segments.iter().zip(&self.segment_ids);
        segments.filter_map(|((name, filter), id)| {
            Some((id.as_str(), name.as_str(), filter.as_ref().ok()?))
        })
    }

    fn endpoint(&mut self, endpoint: &Value) {
        self.values.note(endpoint);
        let channel = endpoint["ChannelType"].as_str().unwrap_or_default();
        let has_address = item::has_address(endpoint);
        if item::opts_out(endpoint) {
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

/// A draft without its segment would text everyone.
fn with_segment(draft: Draft, movable: &BTreeSet<String>) -> Result<Draft, String> {
    match &draft.segment {
        Some(id) if movable.contains(id) => Ok(draft),
        Some(_) => Err("its segment does not move, or is not in the dump".to_owned()),
        None => Err("it names no segment".to_owned()),
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
                    self.opt_outs.events += 1;
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
