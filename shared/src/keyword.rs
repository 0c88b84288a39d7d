//! Words by which a person opts out or in, or asks for help.
//!
//! The provider answers them unless it was told not to; Volley keeps the register either way.
//! Sources: Twilio's "Advanced Opt-Out"; "Required opt-out keywords" of AWS End User Messaging.
//! Both providers' words count for both: whoever uses one means it.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What an inbound message asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyword {
    Stop,
    Start,
    Help,
}

const STOP: [&str; 11] = [
    "STOP",
    "STOPALL",
    "UNSUBSCRIBE",
    "ARRET",
    "END",
    "QUIT",
    "REVOKE",
    "OPTOUT",
    "CANCEL",
    "REMOVE",
    "TD",
];
/// Of those, the ones that mean it also where more follows, as in "Stop texting me".
const STOP_FIRST: usize = 4;
const START: [&str; 3] = ["START", "YES", "UNSTOP"];
const HELP: [&str; 2] = ["HELP", "INFO"];

/// An organisation's own words, and what it answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Keywords {
    /// Words besides the usual ones, as normalised by [`plain`].
    #[serde(default)]
    pub stop: Vec<String>,
    #[serde(default)]
    pub start: Vec<String>,
    #[serde(default)]
    pub help: Vec<String>,
    /// Present where the provider was told to leave the answers to us.
    #[serde(default)]
    pub replies: Option<Replies>,
}

/// What a person is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Replies {
    pub stop: String,
    pub start: String,
    pub help: String,
}

/// Why an organisation's words were refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKeywords {
    #[error("'{0}' is no word of 1 to {WORD_LONGEST} letters and digits")]
    Word(String),
    #[error("are more than {WORDS_MOST} words")]
    TooMany,
    #[error("'{0}' has another meaning already")]
    Twice(String),
    #[error("a reply must be 1 to {REPLY_LONGEST} characters")]
    Reply,
    #[error("a reply must not contain the character U+{:04X}", u32::from(*.0))]
    ReplyCharacter(char),
}

/// Source: the longest keyword at AWS End User Messaging.
const WORD_LONGEST: usize = 30;
const WORDS_MOST: usize = 50;
const REPLY_LONGEST: usize = 320;

/// A text as keywords are compared: its letters and digits in capitals, without accents.
#[must_use]
pub fn plain(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c) && c.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .collect()
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

/// Control characters that XML can hold have no place in a text either, except line breaks and tabs.
fn is_for_reply(character: char) -> bool {
    is_xml(character) && (!character.is_control() || matches!(character, '\t' | '\n' | '\r'))
}

impl Keyword {
    /// The keyword that a message is, apart from case, punctuation and accents.
    #[must_use]
    pub fn read(body: &str, own: &Keywords) -> Option<Self> {
        let whole = plain(body);
        let is = |words: &[&str], own: &[String]| {
            words.contains(&whole.as_str()) || own.contains(&whole)
        };
        let first = body.split_whitespace().next().map(plain).unwrap_or_default();
        if is(&STOP, &own.stop) || STOP[..STOP_FIRST].contains(&first.as_str()) {
            Some(Self::Stop)
        } else if is(&START, &own.start) {
            Some(Self::Start)
        } else if is(&HELP, &own.help) {
            Some(Self::Help)
        } else {
            None
        }
    }
}

impl Keywords {
    /// The words as they are compared, if each means one thing.
    pub fn checked(self) -> Result<Self, InvalidKeywords> {
        let mut known: Vec<(String, Keyword)> = Vec::new();
        for (words, keyword) in
            [(&STOP[..], Keyword::Stop), (&START, Keyword::Start), (&HELP, Keyword::Help)]
        {
            known.extend(words.iter().map(|word| ((*word).to_owned(), keyword)));
        }
        let mut read = |words: Vec<String>, keyword| {
            if words.len() > WORDS_MOST {
                return Err(InvalidKeywords::TooMany);
            }
            let mut own = Vec::new();
            for written in words {
                let word = plain(&written);
                if word.is_empty() || word.chars().count() > WORD_LONGEST {
                    return Err(InvalidKeywords::Word(written));
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
            if !(1..=REPLY_LONGEST).contains(&reply.trim().chars().count()) {
                return Err(InvalidKeywords::Reply);
            }
            if let Some(character) = reply.chars().find(|c| !is_for_reply(*c)) {
                return Err(InvalidKeywords::ReplyCharacter(character));
            }
        }
        Ok(Self { stop, start, help, replies: self.replies })
    }

    /// What a person who wrote `keyword` is answered by us, if the answers are ours.
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
mod tests {
    use super::*;

    fn read(body: &str) -> Option<Keyword> {
        Keyword::read(body, &Keywords::default())
    }

    #[test]
    fn words_are_read_whatever_their_case_and_punctuation() {
        for body in [
            "STOP",
            " stop. ",
            "Stop!",
            "opt-out",
            "Arrêt",
            "ARRE\u{302}T",
            "STOP ALL",
            "remove",
            "td",
            "Revoke",
            "Stop texting me",
            "stop, please",
        ] {
            assert_eq!(read(body), Some(Keyword::Stop), "{body}");
        }
        for body in ["start", "Yes!", "UNSTOP"] {
            assert_eq!(read(body), Some(Keyword::Start), "{body}");
        }
        for body in ["help", "Info?"] {
            assert_eq!(read(body), Some(Keyword::Help), "{body}");
        }
        for body in ["", "please don't stop", "thanks", "stopp", "cancel my order", "yes please"] {
            assert_eq!(read(body), None, "{body}");
        }
    }

    #[test]
    fn an_organisation_has_words_of_its_own() {
        let own = Keywords { stop: vec!["Désabonner".to_owned()], ..Keywords::default() };
        let own = own.checked().expect("valid");
        assert_eq!(own.stop, ["DESABONNER"]);
        assert_eq!(Keyword::read("desabonner!", &own), Some(Keyword::Stop));
        assert_eq!(read("desabonner!"), None);
    }

    #[test]
    fn a_word_means_one_thing() {
        let words = |stop: &str, start: &str| Keywords {
            stop: vec![stop.to_owned()],
            start: vec![start.to_owned()],
            ..Keywords::default()
        };
        assert_eq!(
            words("adios", "Adiós").checked(),
            Err(InvalidKeywords::Twice("Adiós".to_owned()))
        );
        assert_eq!(
            words("adios", "stop").checked(),
            Err(InvalidKeywords::Twice("stop".to_owned()))
        );
        assert_eq!(words("?!", "hola").checked(), Err(InvalidKeywords::Word("?!".to_owned())));
        assert!(words("stop", "start").checked().expect("the usual ones").stop.is_empty());
    }

    #[test]
    fn replies_are_ours_only_where_there_are_any() {
        assert_eq!(Keywords::default().reply(Keyword::Stop), None);
        let replies = Replies {
            stop: "Bye.".to_owned(),
            start: "Hello.".to_owned(),
            help: "Call us.".to_owned(),
        };
        let own = Keywords { replies: Some(replies), ..Keywords::default() };
        assert_eq!(own.checked().expect("valid").reply(Keyword::Help), Some("Call us."));
    }
    #[test]
    fn replies_hold_what_xml_can_hold() {
        let with = |text: &str| {
            let replies = Replies {
                stop: text.to_owned(),
                start: "Hello.".to_owned(),
                help: "Call us.".to_owned(),
            };
            Keywords { replies: Some(replies), ..Keywords::default() }.checked().map(|_| ())
        };
        for text in ["Bye.", "Line\r\nline\ttab", "<&>", "¡Adiós! 👋", "e\u{301}", "\u{fffd}"] {
            assert_eq!(with(text), Ok(()), "{text:?}");
        }
        let refused = (0..=u32::from(char::MAX)).filter_map(char::from_u32).filter(|c| {
            let is_refused = with(&format!("a{c}b")) == Err(InvalidKeywords::ReplyCharacter(*c));
            assert!(is_refused || is_xml(*c), "{c:?}");
            is_refused
        });
        // 29 of C0, DEL, 32 of C1, and two that are no characters.
        assert_eq!(refused.count(), 29 + 1 + 32 + 2);
    }
}
