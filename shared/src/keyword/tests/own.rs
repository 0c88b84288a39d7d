//! An organization's own keywords and replies.

use super::*;

#[test]
fn an_organization_has_its_own_keywords() {
    let own = Keywords { stop: vec!["Désabonner".to_owned()], ..Keywords::default() };
    let own = own.checked().expect("valid");
    assert_eq!(own.stop, ["DESABONNER"]);
    assert_eq!(Keyword::read("desabonner!", &own), Some(Keyword::Stop));
    let own = Keywords {
        stop: vec!["Adiós amigos".to_owned()],
        start: vec!["Ｈｏｌａ".to_owned()],
        ..Keywords::default()
    };
    let own = own.checked().expect("valid");
    for body in ["adios amigos", "“ADIO\u{301}S, AMIGOS!”", "please adiós-amigos, thanks"] {
        assert_eq!(Keyword::read(body, &own), Some(Keyword::Stop), "{body}");
        assert_eq!(read(body), None, "{body}");
    }
    assert_eq!(Keyword::read("hola 👋", &own), Some(Keyword::Start));
    assert_eq!(Keyword::read("hola amigos", &own), None);
}

#[test]
fn a_word_means_one_thing() {
    let words = |stop: &str, start: &str| Keywords {
        stop: vec![stop.to_owned()],
        start: vec![start.to_owned()],
        ..Keywords::default()
    };
    assert_eq!(words("adios", "Adiós").checked(), Err(InvalidKeywords::Twice("Adiós".to_owned())));
    assert_eq!(words("adios", "stop").checked(), Err(InvalidKeywords::Twice("stop".to_owned())));
    let taken = words("adios", "no más");
    assert_eq!(taken.checked(), Err(InvalidKeywords::Twice("no más".to_owned())));
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
    for text in ["Bye.", "Line\r\nline\ttab", "<&>", "¡Adiós! 👋", "e\u{301}"] {
        assert_eq!(with(text), Ok(()), "{text:?}");
    }
    for text in
        ["\u{200b}", "\u{202e}\u{202c}", "\u{2066}", "\u{ad}", "\u{3164}", "\u{2800}", " \u{feff} "]
    {
        assert_eq!(with(text), Err(InvalidKeywords::ReplyText(InvalidText::Invisible)), "{text:?}");
    }
    let lost = Err(InvalidKeywords::ReplyText(InvalidText::Replacement));
    assert_eq!(with("Adi\u{fffd}s"), lost);
    let refused = (0..=u32::from(char::MAX)).filter_map(char::from_u32).filter(|c| {
        let is_refused = with(&format!("a{c}b")) == Err(InvalidKeywords::ReplyCharacter(*c));
        assert!(is_refused || is_xml(*c), "{c:?}");
        is_refused
    });
    // 29 of C0, DEL, 32 of C1, and two that are not characters.
    assert_eq!(refused.count(), 29 + 1 + 32 + 2);
}

/// 47 CFR 64.1200(a)(12) allows one confirmation within five minutes.
#[test]
fn a_stop_is_confirmed_within_five_minutes() {
    let at = |seconds| Timestamp::EPOCH.plus_seconds(seconds);
    for (seconds, may) in [(0, true), (299, true), (300, true), (301, false), (86_400, false)] {
        assert_eq!(Keyword::Stop.may_be_answered(at(0), at(seconds)), may, "{seconds}");
        for keyword in [Keyword::Start, Keyword::Help] {
            assert!(keyword.may_be_answered(at(0), at(seconds)));
        }
    }
}
