//! What must come of a campaign, as far as its sender knows.

use std::collections::{BTreeMap, BTreeSet};

/// What a campaign's sender knows about it.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    pub body: String,
    /// The number of contacts, with or without a phone.
    pub contacts: u64,
    /// Phones that must each have a message.
    pub audience: BTreeSet<String>,
    /// Old and new phones of contacts that were edited in the meantime. One of the two has a
    /// message.
    pub either: Vec<(String, String)>,
    /// Phones that were unsubscribed before the campaign was sent, whether or not they are in
    /// `audience`.
    pub unsubscribed: BTreeSet<String>,
    /// Phones that unsubscribed in the meantime, and may or may not have a message.
    pub maybe: BTreeSet<String>,
    /// Phones that may have got the text as a test message.
    pub tested: BTreeSet<String>,
    /// Whether the campaign exceeds its limits, so that nothing may be sent.
    pub is_held_back: bool,
    /// Whether a person or the campaign's limits may have stopped it.
    pub may_stop: bool,
    /// What the provider does with messages to some phones.
    pub fates: BTreeMap<String, &'static str>,
    /// The texts that people had got when the campaign was sent, if it is sent again.
    pub earlier: BTreeMap<String, usize>,
    pub erased: Option<Erased>,
}

/// A person who asked to be forgotten.
#[derive(Clone, Debug)]
pub struct Erased {
    pub phone: String,
    /// The number of their contacts.
    pub contacts: u64,
    /// The number of texts that they had got when everything was forgotten.
    pub texts: Option<usize>,
}
