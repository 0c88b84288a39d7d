//! The provider. What it accepts is in its records, and only they decide whether a person was
//! texted twice.

use std::collections::BTreeMap;

use shared::message::Status;
use shared::phone::Phone;
use shared::receipt::Delivery;
use shared::time::Timestamp;

use crate::kept::Kept;
use crate::protocol;
use crate::request::Handover;

/// What the provider can do other than accept a message and say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mood {
    /// It accepts the message, but its response is lost.
    AcceptsUnheard,
    /// The request is lost, and the response is ambiguous.
    Unheard,
    Refuses,
    /// It responds that the person has opted out.
    RefusesOptedOut,
    Throttles,
    /// It no longer serves the account.
    Halts,
    /// The connection fails.
    Unreachable,
}

/// What a later receipt reports about an accepted message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Word {
    Sent,
    Delivered,
    Failed,
    FailedOptedOut,
}

/// A message that the provider accepted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Taken {
    pub id: String,
    /// The rendered text, if the body has merge fields.
    pub text: Option<String>,
    /// Whether the person had opted out early enough for the worker to know.
    pub was_opted_out: bool,
}

#[derive(Clone, Default, Hash)]
pub struct Provider {
    pub books: BTreeMap<Phone, Vec<Taken>>,
    /// What it may still do once each, in any order and to any message.
    pub moods: Vec<Mood>,
    /// What it does with all messages from now on.
    pub lasting: Option<Mood>,
    pub words: Vec<Word>,
}

impl Provider {
    pub fn hand_over(
        &mut self,
        phone: &Phone,
        (text, was_opted_out): (Option<String>, bool),
        mood: Option<Mood>,
    ) -> (Handover, Option<String>) {
        if let Some(place) = self.moods.iter().position(|left| Some(*left) == mood) {
            self.moods.remove(place);
        }
        let mut take = || {
            let taken = self.books.entry(phone.clone()).or_default();
            let id = format!("{phone}-{}", taken.len());
            taken.push(Taken { id: id.clone(), text: text.clone(), was_opted_out });
            id
        };
        match mood.or(self.lasting) {
            None => {
                let id = take();
                (Handover::Accepted { id: id.clone() }, Some(id))
            }
            Some(Mood::AcceptsUnheard) => (Handover::Ambiguous, Some(take())),
            Some(Mood::Unheard) => (Handover::Ambiguous, None),
            Some(Mood::Refuses) => (Handover::Refused { opted_out: false }, None),
            Some(Mood::RefusesOptedOut) => (Handover::Refused { opted_out: true }, None),
            Some(Mood::Throttles) => (Handover::Throttled, None),
            Some(Mood::Halts) => (Handover::Halted, None),
            Some(Mood::Unreachable) => (Handover::Unreachable, None),
        }
    }

    /// The receipts of a message.
    #[must_use]
    pub fn receipts(&self, phone: &Phone, id: &str, now: Timestamp) -> Vec<Kept<Delivery>> {
        let receipt = |word: &Word| {
            let (status, opts_out) = match word {
                Word::Sent => (Status::Sent, false),
                Word::Delivered => (Status::Delivered, false),
                Word::Failed => (Status::Failed, false),
                Word::FailedOptedOut => (Status::Failed, true),
            };
            Kept::new(protocol::receipt(phone, id, status, opts_out, now))
        };
        self.words.iter().map(receipt).collect()
    }

    /// What a look-up of a message finds.
    #[must_use]
    pub fn look_up(&self, phone: &Phone, now: Timestamp) -> Option<Kept<Delivery>> {
        match self.books.get(phone)?.as_slice() {
            [taken] => {
                let found = protocol::receipt(phone, &taken.id, Status::Sent, false, now);
                Some(Kept::new(found))
            }
            _ => None,
        }
    }
}
