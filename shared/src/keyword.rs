//! Keywords that opt a person out or in, or ask for help.
//!
//! The provider replies to them unless its account leaves that to Volley. Volley updates the
//! register in either case. An opt-out is recognized in many wordings, because texting a person
//! after one is the worst that can happen. Only three keywords opt in, because undoing an opt-out
//! by mistake is as bad.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use crate::text::InvalidText;
use crate::time::Timestamp;

mod pattern;
mod phrases;
mod refusal;
mod requests;
mod text;

pub use refusal::may_be_refusal;

use phrases::{
    GLUED, GREETINGS, HELP, POLITE, POLITE_AFTER, START, STOP_ABROAD, STOP_ALONE, STOP_FIRST,
    STOP_PHRASES,
};
use requests::REQUESTS;
use text::{after, without_end, words};

/// What an inbound message asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum Keyword {
    Stop,
    Start,
    Help,
}

/// How long after an opt-out its confirmation may be sent. A later one would be a text to a person who
/// has opted out. Source: 47 CFR 64.1200(a)(12).
const MAX_CONFIRMATION_SECONDS: i64 = 300;

/// An organization's own keywords, and its replies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Keywords {
    /// Additional keywords, as normalized by [`plain`].
    #[serde(default)]
    pub stop: Vec<String>,
    #[serde(default)]
    pub start: Vec<String>,
    #[serde(default)]
    pub help: Vec<String>,
    /// Set if the provider's account leaves the replies to Volley.
    #[serde(default)]
    pub replies: Option<Replies>,
}

/// The replies to a person's keywords.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Replies {
    pub stop: String,
    pub start: String,
    pub help: String,
}

/// Why an organization's keywords were refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKeywords {
    #[error("'{0}' is not a keyword; use 1 to {MAX_KEYWORD_LENGTH} letters and digits")]
    Word(String),
    #[error("must contain at most {MAX_KEYWORDS} keywords")]
    TooMany,
    #[error("'{0}' already has another meaning; choose a different keyword")]
    Twice(String),
    #[error("a reply must be 1 to {MAX_REPLY_LENGTH} characters")]
    Reply,
    #[error("a reply must not contain the character U+{:04X}", u32::from(*.0))]
    ReplyCharacter(char),
    #[error("a reply {0}")]
    ReplyText(InvalidText),
}

/// The maximum length of a keyword, in characters. Source: AWS End User Messaging.
const MAX_KEYWORD_LENGTH: usize = 30;
const MAX_KEYWORDS: usize = 50;
const MAX_REPLY_LENGTH: usize = 320;
/// The number of greetings and polite phrases before a request.
const MOST_COURTESIES: usize = 20;

/// A text as it is compared with keywords: its letters and digits in capitals, without accents.
#[must_use]
pub fn plain(text: &str) -> String {
    words(text).concat()
}

/// Whether XML 1.0 can hold a character, even escaped. Twilio reads replies as XML.
///
/// Source: production `Char` of <https://www.w3.org/TR/xml/#charsets>. A `char` is never a
/// surrogate.
#[must_use]
pub fn is_xml(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => true,
        '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => false,
        _ => true,
    }
}

/// Control characters don't belong in a reply even if XML allows them, except line breaks and tabs.
fn is_for_reply(character: char) -> bool {
    is_xml(character) && (!character.is_control() || matches!(character, '\t' | '\n' | '\r'))
}

impl Keyword {
    /// Whether Volley may still reply at `at` to a keyword that arrived at `heard_at`.
    #[must_use]
    pub fn may_be_answered(self, heard_at: Timestamp, at: Timestamp) -> bool {
        match self {
            Self::Stop => at <= heard_at.plus_seconds(MAX_CONFIRMATION_SECONDS),
            Self::Start | Self::Help => true,
        }
    }

    /// The keyword that a message amounts to, ignoring case, punctuation and accents.
    #[must_use]
    pub fn read(body: &str, own: &Keywords) -> Option<Self> {
        let words = words(body);
        let whole = words.concat();
        let is_one_of = |keywords: &[&str]| words.len() == 1 && keywords.contains(&whole.as_str());
        if own.stop.contains(&whole) || is_opt_out(&words, &own.stop) {
            Some(Self::Stop)
        } else if is_one_of(START) || own.start.contains(&whole) {
            Some(Self::Start)
        } else if HELP.contains(&whole.as_str()) || own.help.contains(&whole) {
            Some(Self::Help)
        } else {
            None
        }
    }
}

/// Whether a message asks for no more messages, as a whole or at its beginning.
fn is_opt_out(words: &[String], own: &[String]) -> bool {
    let mut rest = words;
    let mut is_greeted = false;
    for _ in 0..MOST_COURTESIES {
        let first = after(rest, STOP_FIRST).is_some();
        if (first && !is_greeted) || is_request(rest) || is_alone(rest, own) {
            return true;
        }
        if let Some(request) = after(rest, POLITE) {
            rest = request;
        } else if let Some(request) = after(rest, GREETINGS) {
            (rest, is_greeted) = (request, true);
        } else {
            return false;
        }
    }
    false
}

/// Whether a text begins with a request that is clear by itself.
fn is_request(words: &[String]) -> bool {
    after(words, STOP_PHRASES).is_some()
        || REQUESTS.iter().any(|of_language| pattern::begins(words, of_language))
}

fn is_alone(words: &[String], own: &[String]) -> bool {
    let word = without_end(words, POLITE_AFTER).concat();
    let without_glue = GLUED.iter().filter_map(|polite| word.strip_prefix(polite));
    std::iter::once(word.as_str()).chain(without_glue).any(|word| {
        STOP_FIRST.contains(&word) || STOP_ALONE.contains(&word) || STOP_PHRASES.contains(&word)
    }) || own.contains(&word)
        || STOP_ABROAD.iter().any(|abroad| plain(abroad) == word)
}

impl Keywords {
    /// Normalizes the keywords, and checks that each has only one meaning.
    pub fn checked(self) -> Result<Self, InvalidKeywords> {
        let usual = [(STOP_FIRST, Keyword::Stop), (START, Keyword::Start), (HELP, Keyword::Help)];
        let of_kind = |(words, keyword): (&[&str], Keyword)| {
            words.iter().map(|word| ((*word).to_owned(), keyword)).collect::<Vec<_>>()
        };
        let mut known: Vec<(String, Keyword)> = usual.into_iter().flat_map(of_kind).collect();
        let mut read = |words: Vec<String>, keyword| {
            if words.len() > MAX_KEYWORDS {
                return Err(InvalidKeywords::TooMany);
            }
            let mut own = Vec::new();
            for written in words {
                let word = plain(&written);
                if word.is_empty() || word.chars().count() > MAX_KEYWORD_LENGTH {
                    return Err(InvalidKeywords::Word(written));
                }
                if keyword != Keyword::Stop && is_opt_out(&text::words(&written), &[]) {
                    return Err(InvalidKeywords::Twice(written));
                }
                match known.iter().find(|(other, _)| *other == word) {
                    Some((_, other)) if *other != keyword => {
                        return Err(InvalidKeywords::Twice(written));
                    }
                    Some(_) => {}
                    None => {
                        known.push((word.clone(), keyword));
                        own.push(word);
                    }
                }
            }
            Ok(own)
        };
        let (stop, start, help) = (
            read(self.stop, Keyword::Stop)?,
            read(self.start, Keyword::Start)?,
            read(self.help, Keyword::Help)?,
        );
        for reply in self.replies.iter().flat_map(|r| [&r.stop, &r.start, &r.help]) {
            if !(1..=MAX_REPLY_LENGTH).contains(&reply.trim().chars().count()) {
                return Err(InvalidKeywords::Reply);
            }
            if let Some(character) = reply.chars().find(|c| !is_for_reply(*c)) {
                return Err(InvalidKeywords::ReplyCharacter(character));
            }
            crate::text::body(reply, usize::MAX).map_err(InvalidKeywords::ReplyText)?;
        }
        Ok(Self { stop, start, help, replies: self.replies })
    }

    /// Volley's reply to `keyword`, unless the provider replies.
    #[must_use]
    pub fn reply(&self, keyword: Keyword) -> Option<&str> {
        let replies = self.replies.as_ref()?;
        Some(match keyword {
            Keyword::Stop => &replies.stop,
            Keyword::Start => &replies.start,
            Keyword::Help => &replies.help,
        })
    }
}

#[cfg(test)]
mod tests;
