mod own;
mod wordings;

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

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
    for body in ["", "please don't stop", "thanks", "stopped", "cancel my order", "yes please"] {
        assert_eq!(read(body), None, "{body}");
    }
}

/// The first word ends at the first character other than a letter or a digit. Invisible characters
/// don't count.
#[test]
fn a_stop_is_heard_however_it_is_written() {
    for body in [
        "Stop.Thanks",
        "STOP,please",
        "STOP!please",
        "stop/end",
        "ＳＴＯＰ",
        "ＳＴＯＰ！",
        "\u{feff}STOP",
        "S\u{200b}T\u{2060}O\u{ad}P",
        "STOP🛑",
        "🛑 stop 🛑",
        "“STOP”",
        "‘stop’",
        "\"STOP\"",
        "'STOP'",
        "*stop*",
        "_stop_",
        "- stop",
        "…stop…",
        "(stop)",
        "STOP\nJohn",
        "stop\u{a0}now",
        "𝐒𝐓𝐎𝐏",
        "Ⓢⓣⓞⓟ",
        "ŚTÖP",
        "STOP\u{fe0f}",
        "stop'em",
        "Stop by at 5?",
        "S.T.O.P.",
        "Unsubscribe me from this",
        "un-subscribe",
        "unsubscribe/stop",
        "STOPALL please",
        "STOP\u{3164}",
        "\u{115f}S\u{ffa0}TOP",
        "🆂🆃🅾🅿",
        "🅢🅣🅞🅟 please",
        "STOP🇺🇸",
        "stopp",
        "STOP2END",
        "Re: STOP",
        "PleaseStop!",
    ] {
        assert_eq!(read(body), Some(Keyword::Stop), "{body:?}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a list")]
fn a_request_in_other_words_is_an_opt_out() {
    for body in [
        // English.
        "please stop",
        "Please, STOP!!",
        "pls stop texting me",
        "can you please stop texting me?",
        "Hi, please stop sending me these",
        "ok stop",
        "opt out please",
        "opt-out",
        "Opt me out of this",
        "I want to opt out",
        "I'd like to opt out",
        "I would like to unsubscribe",
        "remove me",
        "Please remove me from your list",
        "remove my number",
        "take me off your list",
        "quit texting me",
        "quit please",
        "no more texts",
        "No more texts, please!",
        "no more",
        "stop texting me",
        "don't text me",
        "Don’t text me anymore",
        "dont text me again",
        "do not contact me",
        "leave me alone",
        "cancel my subscription",
        "Cancel please",
        "please cancel",
        "end subscription",
        "END!",
        "I revoke my consent",
        "revoke consent",
        "I don't want to receive these",
        "No thanks, unsubscribe",
        "don't text",
        "Don't send texts!",
        "I'm opting out",
        "I want to be removed",
        "unsuscribe me",
        "no more txts",
        "Good morning, please stop",
        "Wrong number, stop texting me",
        "Reply STOP to end",
        // Spanish.
        "por favor no más mensajes",
        "No mas mensajes por favor",
        "alto",
        "PARAR",
        "Baja",
        "quiero darme de baja",
        "Darme de baja",
        "no quiero más mensajes",
        "Dejen de enviarme mensajes",
        "cancelar suscripción",
        "¡No me envíen más!",
        "no más, gracias",
        "ya no más mensajes",
        "No me manden mensajes",
        "cancelen por favor",
        "de baja",
        "desuscripción",
        // French.
        "arrêtez",
        "Arrêtez, s'il vous plaît",
        "arrêter",
        "Ne m'envoyez plus de messages",
        "ne m’envoyez plus rien",
        "désabonner",
        "Désabonnez-moi",
        "je veux me désabonner",
        "Merci de ne plus m'envoyer de SMS",
        "stop svp",
        "plus de messages svp",
        "Arretter!",
        "se désabonner",
        // Other languages.
        "Stopp, bitte",
        "Abmelden",
        "Bitte keine SMS mehr",
        "Keine Nachrichten mehr!",
        "Ich möchte mich abmelden",
        "kündigen",
        "SAIR",
        "Não quero mais receber",
        "parem, por favor",
        "Annulla",
        "Non voglio più messaggi",
        "СТОП",
        "退订",
        "הסר",
    ] {
        assert_eq!(read(body), Some(Keyword::Stop), "{body:?}");
    }
}

/// A person has to read texts that merely contain such keywords.
#[test]
fn what_is_about_something_else_is_no_opt_out() {
    for body in [
        "End of the month works",
        "Cancel my order",
        "Quit my job today, yay",
        "Revoke his access",
        "Remove the first item",
        "please don't stop",
        "don't stop",
        "Hi, stop by at 5?",
        "Can you stop by?",
        "the bus stop",
        "non-stop",
        "Nonstop",
        "stopping by",
        "Stoppage",
        "thanks",
        "please",
        "no",
        "no thanks",
        "Para mañana está bien",
        "Alto ahí",
        "Baja el precio",
        "I don't want to get sick",
        "Ferma restando la data",
        "Cancela mi pedido",
        "Re: the bus stop",
        "fin de mes",
        "unstoppable",
        "",
        "👍",
        "\u{200b}",
    ] {
        assert_eq!(read(body), None, "{body:?}");
    }
}

/// Many keywords opt out but few opt in: an ambiguous text never opts in.
#[test]
fn only_a_start_alone_opts_in() {
    for body in ["START", " start!", "“Yes”", "ｕｎｓｔｏｐ", "unstop."] {
        assert_eq!(read(body), Some(Keyword::Start), "{body:?}");
    }
    for body in [
        "Start time?",
        "when do we start",
        "please start",
        "yes please",
        "Yes and no",
        "un stop",
        "start stop",
        "can't start",
        "restart",
    ] {
        assert_ne!(read(body), Some(Keyword::Start), "{body:?}");
    }
}

proptest! {
    #[test]
    fn what_is_equal_under_normalization_means_the_same(
        body in prop_oneof![
            "\\PC{0,40}",
            "(please |hi, |)(stop|end|no more texts|start|arrêtez|don't text me)[ .,!'a-z]{0,8}",
        ],
        places in proptest::collection::vec(any::<proptest::sample::Index>(), 0..4),
    ) {
        let expected = read(&body);
        prop_assert_eq!(read(&body.nfkd().collect::<String>()), expected);
        prop_assert_eq!(read(&body.nfkc().collect::<String>()), expected);
        prop_assert_eq!(read(&body.to_ascii_uppercase()), expected);
        prop_assert_eq!(read(&format!(" “{body}”… ")), expected);
        let mut characters: Vec<char> = body.chars().collect();
        for place in places {
            characters.insert(place.index(characters.len() + 1), '\u{200b}');
        }
        prop_assert_eq!(read(&characters.into_iter().collect::<String>()), expected);
    }
}
