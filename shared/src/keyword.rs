//! Words by which a person opts out or in. The provider answers them; Volley keeps the register.

/// What an inbound message asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyword {
    Stop,
    Start,
}

/// Source: Twilio's default opt-out and opt-in keywords; ARRET is its French one.
const STOP: [&str; 9] =
    ["STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "REVOKE", "OPTOUT", "CANCEL", "ARRET"];
const START: [&str; 3] = ["START", "YES", "UNSTOP"];

impl Keyword {
    /// The keyword that a whole message is, apart from case, punctuation and accents.
    #[must_use]
    pub fn read(body: &str) -> Option<Self> {
        let word: String = body
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_uppercase)
            .map(|c| if matches!(c, 'Ê' | 'É' | 'È') { 'E' } else { c })
            .collect();
        if STOP.contains(&word.as_str()) {
            Some(Self::Stop)
        } else if START.contains(&word.as_str()) {
            Some(Self::Start)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_whatever_their_case_and_punctuation() {
        for body in ["STOP", " stop. ", "Stop!", "opt-out", "Arrêt", "STOP ALL"] {
            assert_eq!(Keyword::read(body), Some(Keyword::Stop), "{body}");
        }
        for body in ["start", "Yes!", "UNSTOP"] {
            assert_eq!(Keyword::read(body), Some(Keyword::Start), "{body}");
        }
        for body in ["", "please don't stop", "thanks", "stopp"] {
            assert_eq!(Keyword::read(body), None, "{body}");
        }
    }
}
