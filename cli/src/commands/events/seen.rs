//! How what was found differs from what was seen before.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::api::{count, text};
use crate::commands::report::balance;

/// What is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Campaign,
    Inbound,
    Import,
    Export,
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [Self::Campaign, Self::Inbound, Self::Import, Self::Export];

    pub(super) fn path(self) -> &'static [&'static str] {
        match self {
            Self::Campaign => &["campaigns"],
            Self::Inbound => &["inbound"],
            Self::Import => &["contacts", "imports"],
            Self::Export => &["exports"],
        }
    }

    /// What can change about an item, one by one.
    fn aspects(self, item: &Value) -> Vec<Aspect> {
        match self {
            Self::Campaign => campaign(item),
            Self::Inbound => inbound(item),
            Self::Import => {
                vec![Aspect::state(item, "import", &rows(item, &["created", "rejected"]))]
            }
            Self::Export => vec![Aspect::state(item, "export", &rows(item, &[]))],
        }
    }
}

/// Something about an item that is shown when it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Aspect {
    name: &'static str,
    kind: String,
    what: String,
    at: String,
}

impl Aspect {
    /// What an item's status says. What it counted so far is left out until it ends.
    fn state(item: &Value, kind: &str, end: &str) -> Self {
        let status = text(&item["status"]);
        let is_under_way = matches!(status, "uploading" | "pending" | "running" | "undoing");
        let what = match (text(&item["reason"]), is_under_way) {
            (_, true) => String::new(),
            ("", false) => end.to_owned(),
            (reason, false) => format!("{end}: {reason}"),
        };
        let at = ["updatedAt", "createdAt"].map(|name| text(&item[name]));
        let at = if at[0].is_empty() { at[1] } else { at[0] };
        Self { name: "state", kind: format!("{kind}.{status}"), what, at: at.to_owned() }
    }
}

fn rows(item: &Value, names: &[&str]) -> String {
    let others = names.iter().map(|name| format!(", {} {name}", count(&item[*name])));
    format!("{} rows{}", count(&item["rows"]), others.collect::<String>())
}

fn campaign(item: &Value) -> Vec<Aspect> {
    // Once it is sent, what its messages do says more.
    let state = match (text(&item["status"]), text(&item["dispatch"])) {
        ("sent", dispatch) if !dispatch.is_empty() => dispatch,
        (status, _) => status,
    };
    let name = format!("{:?}", text(&item["name"]));
    let what = match text(&item["reason"]) {
        "" => name.clone(),
        reason => format!("{name}: {reason}"),
    };
    let aspect = |aspect, kind: &str, what, at: &Value| Aspect {
        name: aspect,
        kind: format!("campaign.{kind}"),
        what,
        at: text(at).to_owned(),
    };
    let mut aspects = vec![aspect("state", state, what, &item["updatedAt"])];
    let counts = &item["counts"];
    if counts.is_object() {
        let counted = format!("{name}: {}", balance::messages(counts));
        aspects.push(aspect("counts", "counted", counted, &counts["countedAt"]));
    }
    aspects
}

fn inbound(item: &Value) -> Vec<Aspect> {
    let from = text(&item["from"]);
    let received = Aspect {
        name: "text",
        kind: "inbound.received".to_owned(),
        what: format!("{from}: {}", text(&item["body"])),
        at: text(&item["receivedAt"]).to_owned(),
    };
    let decision = &item["decision"];
    let decided = decision.is_object().then(|| Aspect {
        name: "decision",
        kind: format!("inbound.{}", text(&decision["verdict"])),
        what: from.to_owned(),
        at: text(&decision["decidedAt"]).to_owned(),
    });
    std::iter::once(received).chain(decided).collect()
}

/// What was shown of each item, or was there before.
#[derive(Default)]
pub(super) struct Seen(HashMap<(String, &'static str), (String, String)>);

impl Seen {
    /// The changes since the last time, oldest first.
    pub(super) fn changes(&mut self, found: &[(Kind, Vec<Value>)]) -> Vec<Value> {
        let mut changes: Vec<(String, Value)> = Vec::new();
        for (kind, items) in found {
            // Lists have the newest first.
            for item in items.iter().rev() {
                for Aspect { name, kind, what, at } in kind.aspects(item) {
                    let id = text(&item["id"]);
                    let now = (kind.clone(), what.clone());
                    let before = self.0.insert((id.to_owned(), name), now.clone());
                    if before != Some(now) {
                        let change =
                            json!({"at": at, "type": kind, "id": id, "what": what, "item": item});
                        changes.push((at, change));
                    }
                }
            }
        }
        changes.sort_by(|(one, _), (other, _)| one.cmp(other));
        changes.into_iter().map(|(_, change)| change).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(changes: &[Value]) -> Vec<(&str, &str)> {
        changes.iter().map(|change| (text(&change["type"]), text(&change["what"]))).collect()
    }

    #[test]
    fn a_change_is_shown_once() {
        let mut seen = Seen::default();
        let mut campaign = json!({
            "id": "c1", "name": "Spring", "status": "scheduled", "dispatch": null, "updatedAt": "1",
        });
        let found = |campaign: &Value| vec![(Kind::Campaign, vec![campaign.clone()])];
        assert_eq!(shown(&seen.changes(&found(&campaign))), [("campaign.scheduled", "\"Spring\"")]);
        assert!(seen.changes(&found(&campaign)).is_empty());
        campaign["status"] = "sent".into();
        campaign["dispatch"] = "paused".into();
        campaign["reason"] = "spend_limit".into();
        campaign["updatedAt"] = "3".into();
        campaign["counts"] = json!({"total": 2, "pending": 2, "countedAt": "2"});
        assert_eq!(
            shown(&seen.changes(&found(&campaign))),
            [
                ("campaign.counted", "\"Spring\": 2 recipients = 2 pending"),
                ("campaign.paused", "\"Spring\": spend_limit"),
            ]
        );
        // A new time alone does not change its state.
        campaign["updatedAt"] = "4".into();
        assert!(seen.changes(&found(&campaign)).is_empty());
    }

    #[test]
    fn texts_and_ends_are_shown() {
        let mut seen = Seen::default();
        let running = json!({"id": "i1", "status": "running", "rows": 5, "createdAt": "1"});
        seen.changes(&[(Kind::Import, vec![running.clone()])]);
        let further = json!({"id": "i1", "status": "running", "rows": 9, "createdAt": "1"});
        assert!(seen.changes(&[(Kind::Import, vec![further])]).is_empty());
        let done = json!({
            "id": "i1", "status": "done", "rows": 9, "created": 8, "rejected": 1, "createdAt": "1",
        });
        let inbound = json!({
            "id": "t1", "from": "+14155550123", "body": "No more", "receivedAt": "2",
            "decision": {"verdict": "suppressed", "decidedAt": "3"},
        });
        let found = [(Kind::Import, vec![done]), (Kind::Inbound, vec![inbound])];
        assert_eq!(
            shown(&seen.changes(&found)),
            [
                ("import.done", "9 rows, 8 created, 1 rejected"),
                ("inbound.received", "+14155550123: No more"),
                ("inbound.suppressed", "+14155550123"),
            ]
        );
    }
}
