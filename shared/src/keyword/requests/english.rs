//! Requests in English.

use super::super::pattern::Part::{End, Few, Maybe, One};
use super::super::pattern::Pattern;

const NOT: &[&str] = &[
    "DONT",
    "DONOT",
    "WOULDNOT",
    "WOULDNT",
    "NEVER",
    "NOLONGER",
    "MUSTNOT",
    "MAYNOT",
    "SHOULDNOT",
];
const WE: &[&str] = &["I", "WE"];
const WANT: &[&str] = &["WANT", "WISH", "LIKE", "CARE", "NEED", "DESIRE", "INTEND"];
#[rustfmt::skip]
const ANY: &[&str] = &[
    "ANY", "ALL", "MORE", "OF", "YOUR", "THESE", "THOSE", "THIS", "THE", "MY", "FURTHER", "FUTURE",
    "ADDITIONAL", "MARKETING", "PROMOTIONAL", "UNWANTED", "SUCH", "SMS", "TEXT", "SPAM", "DAMN",
    "STUPID", "ANNOYING",
];
#[rustfmt::skip]
const MESSAGES: &[&str] = &[
    "TEXTS", "TEXTMESSAGES", "TEXT", "TEXTING", "MESSAGES", "MESSAGE", "MESSAGING", "MSGS", "MSG",
    "TXTS", "TXT", "SMS", "SPAM", "ALERTS", "NOTIFICATIONS", "COMMUNICATIONS", "COMMUNICATION",
    "REMINDERS", "SUBSCRIPTION", "SUBSCRIPTIONS", "SPAMMING", "SENDING", "CONTACTING", "TEXTINGME",
];
/// The same without those that mean something else after a bare "no".
#[rustfmt::skip]
const MANY_MESSAGES: &[&str] =
    &["TEXTS", "TEXTMESSAGES", "TEXTING", "MESSAGES", "MSGS", "TXTS", "SMS", "SPAM", "ALERTS"];
const WRITE: &[&str] =
    &["TEXT", "MESSAGE", "MSG", "TXT", "CONTACT", "SMS", "WRITETO", "WRITE", "SPAM"];
const TO_ME: &[&str] =
    &["ME", "US", "TOME", "AGAIN", "ANYMORE", "MYNUMBER", "THISNUMBER", "MYPHONE", "THISPHONE"];
const ENDING: &[&str] = &[
    "END",
    "ENDING",
    "CANCEL",
    "CANCELING",
    "CANCELLING",
    "QUIT",
    "CEASE",
    "DISCONTINUE",
    "TERMINATE",
    "HALT",
    "STOP",
];
const ALL_THIS: &[&str] = &[
    "THIS",
    "IT",
    "ALL",
    "ME",
    "US",
    "EVERYTHING",
    "ITALL",
    "ALLOFTHIS",
    "ALLTHIS",
    "ALLOFIT",
    "ALLOFTHESE",
    "ALLOFTHEM",
    "THESE",
    "ANYANDALL",
    "THISCRAP",
    "THISSHIT",
    "THISNOW",
];
const CONSENT: &[&str] =
    &["CONSENT", "PERMISSION", "AUTHORIZATION", "AUTHORISATION", "OPTIN", "AGREEMENT", "APPROVAL"];
#[rustfmt::skip]
const NUMBER: &[&str] = &[
    "NUMBER", "PHONE", "PHONENUMBER", "CELL", "CELLPHONE", "CELLNUMBER", "MOBILE", "MOBILENUMBER",
    "TELEPHONENUMBER", "TELEPHONE", "NAME", "INFO", "INFORMATION", "CONTACT", "CONTACTINFO", "DATA",
    "DETAILS",
];

pub(super) const ENGLISH: &[Pattern] = &[
    // "I do not wish to receive", "we no longer want to be contacted", "I don't want to hear from you".
    &[
        Maybe(WE),
        One(NOT),
        One(WANT),
        Maybe(&["TO"]),
        One(&[
            "RECEIVE",
            "BERECEIVING",
            "BECONTACTED",
            "BETEXTED",
            "BEMESSAGED",
            "BESUBSCRIBED",
            "BEONYOURLIST",
            "BEONTHISLIST",
            "HEARFROMYOU",
            "SUBSCRIBE",
            "GETTEXTED",
        ]),
    ],
    // "I don't want any texts from you", "don't need your spam".
    &[
        Maybe(WE),
        One(NOT),
        One(WANT),
        Maybe(&["TOGET", "TOSEE", "TOBEGETTING"]),
        Few(ANY),
        One(MESSAGES),
    ],
    &[
        Maybe(WE),
        One(NOT),
        One(WANT),
        Maybe(&["FOR"]),
        Maybe(&["YOU"]),
        Maybe(&["GUYS"]),
        Maybe(&["TO"]),
        One(WRITE),
        One(TO_ME),
    ],
    &[Maybe(WE), One(NOT), One(&["CONSENT", "AGREETORECEIVE", "AUTHORIZE", "GIVECONSENT"])],
    // "Never message me again", "you may not contact us".
    &[Maybe(&["I", "WE", "YOU"]), One(NOT), Maybe(&["EVER"]), One(WRITE), One(TO_ME)],
    &[
        Maybe(WE),
        One(NOT),
        Maybe(&["EVER"]),
        One(&["SEND"]),
        Maybe(&["ME", "US"]),
        Few(ANY),
        One(&["MESSAGES", "TEXTS", "SMS", "ANYTHING", "ANYMORE", "MORE", "MSGS", "TXTS", "SPAM"]),
    ],
    // "No texts please".
    &[
        One(&["NO"]),
        Few(&["MORE", "ANY", "FURTHER", "SMS", "TEXT", "SPAM"]),
        One(MANY_MESSAGES),
        End,
    ],
    &[One(&["NO"]), One(&["MORE", "FURTHER", "ADDITIONAL"]), Few(ANY), One(MANY_MESSAGES)],
    // "I withdraw my consent".
    &[
        Maybe(&["I", "WE", "IM", "IAM"]),
        Maybe(&["HEREBY"]),
        One(&["WITHDRAW", "WITHDRAWING", "REVOKE", "REVOKING", "RESCIND", "RETRACT"]),
        Few(&["MY", "OUR", "ALL", "ANY", "THE", "PRIOR", "PREVIOUS", "YOUR"]),
        One(CONSENT),
    ],
    &[
        One(&["CONSENT", "MYCONSENT", "PERMISSION"]),
        Maybe(&["IS"]),
        One(&["WITHDRAWN", "REVOKED", "RESCINDED", "DENIED"]),
    ],
    // "Delete my phone number".
    &[
        One(&["DELETE", "REMOVE", "ERASE", "DROP", "UNLIST", "UNREGISTER", "PURGE", "SCRUB"]),
        One(&["MY", "OUR", "THIS"]),
        One(NUMBER),
    ],
    &[One(&["DELETE", "REMOVE", "ERASE", "UNLIST", "UNREGISTER", "UNENROLL"]), One(&["ME", "US"])],
    &[
        One(&["CANCEL", "DROP", "TAKE", "GET"]),
        One(&["ME", "US", "MYNUMBER", "THISNUMBER"]),
        One(&[
            "FROMYOUR", "FROMTHIS", "FROMTHE", "FROMALL", "OFFYOUR", "OFFTHIS", "OFFTHE", "OFFOF",
        ]),
    ],
    &[
        One(&["MY", "OUR", "THIS"]),
        One(NUMBER),
        Maybe(&["TO"]),
        Maybe(&["BE"]),
        One(&["REMOVED", "DELETED", "ERASED", "TAKENOFF"]),
    ],
    &[Maybe(&["TO"]), One(&["BE"]), One(&["REMOVED", "TAKENOFF", "UNSUBSCRIBED", "OPTEDOUT"])],
    // "Cancel all these texts", "discontinue sending".
    &[One(ENDING), Few(ANY), One(MESSAGES)],
    // "Cancel this", "end it all": only alone, because of "cancel this order".
    &[One(ENDING), One(ALL_THIS), End],
];
