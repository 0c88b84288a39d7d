//! Decides a message's fate by the last four digits of its number.
//!
//! Numbers from 9001 on are scripted. Messages to all other numbers are delivered. A test can also
//! script any number by a fate's name, so that it does not depend on the digits. Codes are
//! Twilio's; `aws` maps them to the equivalent AWS responses and events.

/// How often a throttled number is refused before its message is accepted.
pub const REFUSALS: u32 = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fate {
    pub creation: Creation,
    pub ending: Ending,
    pub receipts: Receipts,
}

/// What the create call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creation {
    Accept(Answer),
    Refuse(u32),
    /// Refuses the first attempts with this code: (code, number of attempts).
    RefuseFirst(u32, u32),
    /// Responds with 500 and accepts nothing.
    Fail,
    /// Responds with 502 and a page, as a proxy would, and accepts nothing.
    BadGateway,
}

/// The response to an accepted message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Created,
    /// The correct response, long after any client has timed out.
    Slow,
    /// The connection is cut without a response.
    Lost,
    /// A 500.
    Error,
    /// A 200 with a page.
    Page,
}

/// How an accepted message ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Delivered,
    Undelivered(u32),
}

/// How its receipts arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipts {
    InOrder,
    /// Before the create call's response.
    Early,
    /// The final one before `sent`.
    OutOfOrder,
    Twice,
    Never,
}

pub const DELIVERED: Fate = Fate {
    creation: Creation::Accept(Answer::Created),
    ending: Ending::Delivered,
    receipts: Receipts::InOrder,
};

const fn creation(creation: Creation) -> Fate {
    Fate { creation, ..DELIVERED }
}

const fn refused(code: u32) -> Fate {
    creation(Creation::Refuse(code))
}

const fn refused_first(code: u32) -> Fate {
    creation(Creation::RefuseFirst(code, REFUSALS))
}

const fn answered(answer: Answer) -> Fate {
    creation(Creation::Accept(answer))
}

const fn told(receipts: Receipts) -> Fate {
    Fate { receipts, ..DELIVERED }
}

const fn undelivered(code: u32) -> Fate {
    Fate { ending: Ending::Undelivered(code), ..DELIVERED }
}

/// The last four digits, the fate's name, the fate.
pub const TABLE: [(u16, &str, Fate); 22] = [
    (9001, "undelivered-30003", undelivered(30_003)),
    (9002, "undelivered-30005", undelivered(30_005)),
    (9003, "undelivered-30006", undelivered(30_006)),
    (9004, "undelivered-30007", undelivered(30_007)),
    (9005, "undelivered-30008", undelivered(30_008)),
    (9006, "refused-21610", refused(21_610)),
    (9007, "refused-21211", refused(21_211)),
    (9008, "refused-21614", refused(21_614)),
    (9009, "throttled", refused_first(20_429)),
    (9010, "error", creation(Creation::Fail)),
    (9011, "error-after-accepting", answered(Answer::Error)),
    (9012, "answer-lost", answered(Answer::Lost)),
    (9013, "no-receipt", told(Receipts::Never)),
    (9014, "early-receipt", told(Receipts::Early)),
    (9015, "out-of-order", told(Receipts::OutOfOrder)),
    (9016, "twice", told(Receipts::Twice)),
    (9017, "expired", undelivered(30_036)),
    (9018, "slow-answer", answered(Answer::Slow)),
    (9019, "queue-full", refused_first(21_611)),
    (9020, "opted-out", undelivered(21_610)),
    (9021, "bad-gateway", creation(Creation::BadGateway)),
    (9022, "page-after-accepting", answered(Answer::Page)),
];

/// Fates without digits, so that contacts have them only if a test scripts them: errors of the
/// account, and results that only a look-up shows.
const BY_NAME: [(&str, Fate); 4] = [
    ("spend-limit", refused(63_038)),
    ("account-disabled", refused(20_005)),
    ("opted-out-unheard", Fate { receipts: Receipts::Never, ..undelivered(21_610) }),
    ("answer-lost-unheard", Fate { receipts: Receipts::Never, ..answered(Answer::Lost) }),
];

impl Fate {
    /// The fate that a number's last four digits script, if any.
    #[must_use]
    pub fn of_number(number: &str) -> Option<Self> {
        let suffix: u16 = number.get(number.len().checked_sub(4)?..)?.parse().ok()?;
        TABLE.iter().find(|(digits, ..)| *digits == suffix).map(|(.., fate)| *fate)
    }

    /// The fate with this name: one of the table's, `delivered`, or `undelivered-` or `refused-`
    /// with any error code. `times` is how often a fate that refuses at first does so.
    #[must_use]
    pub fn named(name: &str, times: Option<u32>) -> Option<Self> {
        let code = |prefix| name.strip_prefix(prefix)?.parse().ok();
        let mut fate = if name == "delivered" {
            DELIVERED
        } else if let Some(code) = code("undelivered-") {
            undelivered(code)
        } else if let Some(code) = code("refused-") {
            refused(code)
        } else {
            let of_numbers = TABLE.iter().map(|(_, known, fate)| (known, fate));
            let by_name = BY_NAME.iter().map(|(known, fate)| (known, fate));
            *of_numbers.chain(by_name).find(|(known, _)| **known == name)?.1
        };
        if let (Creation::RefuseFirst(_, refusals), Some(times)) = (&mut fate.creation, times) {
            *refusals = times;
        }
        Some(fate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_names_say_the_same() {
        for (suffix, name, fate) in TABLE {
            assert_eq!(Fate::of_number(&format!("+1415355{suffix}")), Some(fate), "{name}");
            assert_eq!(Fate::named(name, None), Some(fate), "{name}");
        }
        assert_eq!(Fate::of_number("+14153550123"), None);
        assert_eq!(Fate::of_number("é12"), None);
        assert_eq!(Fate::named("nonsense", None), None);
        assert_eq!(Fate::named("spend-limit", None), Fate::named("refused-63038", None));
        assert_eq!(
            Fate::named("throttled", Some(9)).map(|fate| fate.creation),
            Some(Creation::RefuseFirst(20_429, 9))
        );
    }
}
