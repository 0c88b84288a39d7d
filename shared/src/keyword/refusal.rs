//! Texts without a keyword that may revoke consent, for a person to read.
//!
//! 47 CFR 64.1200(a)(10) accepts any reasonable wording, which no list can cover. Opting a phone out
//! because of these phrases alone would be wrong too often, so they only ask for attention. Flagging
//! a text too many costs someone a glance.

use super::phrases::{EVERYDAY, STOP_ABROAD, STOP_ALONE, STOP_FIRST};
use super::text::{after, words};
use super::{is_request, plain};

/// Signs that ask to stop.
const SIGNS: &[char] = &['🛑', '⛔', '🚫', '📵', '🖕'];

/// Phrases that refuse anywhere in a text, normalized like keywords: letters and digits in
/// capitals, without accents and spaces.
#[rustfmt::skip]
const PHRASES: &[&str] = &[
    // English.
    "WRONGNUMBER", "WRONGPERSON", "WRONGPHONE", "NOTMYNUMBER", "LEAVEUSALONE",
    "LEAVEMEBE", "GOAWAY", "DONOTCONTACT", "DONTCONTACT", "DONOTCALL", "DONTCALL", "DONOTDISTURB",
    "DONTBOTHER", "QUITBOTHERING", "STOPBOTHERING", "STOPHARASSING", "HARASSMENT", "HARASSING",
    "OFFYOURLIST", "OFFYOURLISTS", "OFFTHISLIST", "OFFOFYOURLIST", "OFFOFTHISLIST", "OFFTHELIST",
    "FROMYOURLIST", "FROMTHISLIST", "FROMYOURCONTACTS", "DELETEMYNUMBER", "LOSETHISNUMBER",
    "NOTINTERESTED", "NOINTEREST", "NOTEXTS", "NOMESSAGES", "NOCALLS", "UNSUB", "OPTOUT", "OPTMEOUT", "OPTINGOUT", "CEASEANDDESIST",
    "SPAM", "SPAMMING", "SPAMMER", "REPORTEDYOU", "REPORTYOU", "REPORTINGYOU", "REPORTTHIS",
    "BLOCKYOU", "BLOCKINGYOU", "BLOCKEDYOU", "BLOCKTHISNUMBER", "BLOCKINGTHISNUMBER",
    "DIDNTSIGNUP", "DIDNOTSIGNUP", "NEVERSIGNEDUP", "DIDNTSUBSCRIBE", "DIDNOTSUBSCRIBE",
    "NEVERSUBSCRIBED", "DIDNTASKFOR", "DIDNOTASKFOR", "NEVERASKEDFOR", "DIDNTGIVEYOU",
    "NEVERGAVEYOU", "NOCONSENT", "WITHOUTMYCONSENT", "HOWDIDYOUGETMYNUMBER", "HOWDIDYOUGETTHISNUMBER",
    "WHEREDIDYOUGETMYNUMBER", "WHEREDIDYOUGETTHISNUMBER", "WHOGAVEYOUMYNUMBER",
    "WHOGAVEYOUTHISNUMBER", "WHYAREYOUTEXTINGME", "WHYDOYOUKEEPTEXTING", "KEEPTEXTINGME",
    "ENOUGHTEXTS", "TOOMANYTEXTS", "TOOMANYMESSAGES", "SCREWYOU", "FUCKOFF", "FUCKYOU", "PISSOFF",
    // Spanish.
    "NUMEROEQUIVOCADO", "EQUIVOCADODENUMERO", "EQUIVOCODENUMERO", "EQUIVOCOELNUMERO",
    "EQUIVOCASTEDENUMERO", "PERSONAEQUIVOCADA", "NOMEMOLESTE", "NOMEMOLESTEN", "NOMEMOLESTES",
    "NOMOLESTAR", "NOMOLESTEN", "NOMOLESTES", "DEJADEMOLESTAR", "DEJENDEMOLESTAR",
    "DEJEDEMOLESTAR", "NOMELLAME", "NOMELLAMEN", "NOMELLAMES", "NOCONTACTAR", "ENPAZ",
    "NOESTOYINTERESADO", "NOESTOYINTERESADA", "NOMEINTERESA", "YABASTA", "NOAUTORICE",
    "QUIENLESDIOMINUMERO", "QUIENLEDIOMINUMERO", "QUIENTEDIOMINUMERO", "DEDONDESACARONMINUMERO",
    "COMOCONSIGUIERONMINUMERO", "DESULISTA", "DETULISTA", "DEESTALISTA", "ACOSO",
    // French.
    "MAUVAISNUMERO", "FAUXNUMERO", "ERREURDENUMERO", "TROMPEDENUMERO", "TROMPEZDENUMERO",
    "MAUVAISEPERSONNE", "LAISSEZMOI", "LAISSEMOI", "FOUTEZMOILAPAIX", "FICHEZMOILAPAIX",
    "NEMECONTACTEZPAS", "NEMAPPELEZPLUS", "NEMEDERANGEZPLUS", "NEPLUSMEDERANGER", "PASINTERESSE",
    "PASINTERESSEE", "ARRETEZ", "ARRETE", "DEVOTRELISTE", "DECETTELISTE", "HARCELEMENT",
    "QUIVOUSADONNEMONNUMERO", "COMMENTAVEZVOUSEUMONNUMERO", "COMMENTAVEZVOUSOBTENUMONNUMERO",
    "JENAIJAMAISDONNE",
    // German.
    "FALSCHENUMMER", "FALSCHENNUMMER", "FALSCHVERBUNDEN", "FALSCHEPERSON", "INRUHE",
    "NICHTMEHRKONTAKTIEREN", "KONTAKTIERENSIEMICHNICHT", "KONTAKTIERTMICHNICHT",
    "NICHTMEHRANSCHREIBEN", "NICHTMEHRANRUFEN", "SCHREIBMIRNICHT", "KEININTERESSE",
    "NICHTINTERESSIERT", "LOSCHENSIEMEINENUMMER", "LOESCHENSIEMEINENUMMER",
    "LOSCHTMEINENUMMER", "LOESCHTMEINENUMMER", "MEINENUMMERLOSCHEN", "MEINENUMMERLOESCHEN",
    "AUSDERLISTE", "AUSDEMVERTEILER", "VONDERLISTE", "AUFHOREN", "AUFHOEREN", "BELASTIGUNG",
    "BELAESTIGUNG", "WOHERHABENSIEMEINENUMMER", "WOHERHABTIHRMEINENUMMER", "ABMELDEN",
    "NICHTZUGESTIMMT",
    // Portuguese.
    "NUMEROERRADO", "PESSOAERRADA", "FOIENGANO", "NAOMEPERTURBE", "NAOMEPERTURBEM", "NAOPERTURBE",
    "MEDEIXAEMPAZ", "MEDEIXEEMPAZ", "MEDEIXEMEMPAZ", "DEIXEMEEMPAZ", "DEIXAMEEMPAZ",
    "NAOMECONTATE", "NAOMECONTATEM", "NAOENTREEMCONTATO", "NAOENTREMEMCONTATO", "NAOMELIGUE",
    "NAOMELIGUEM", "NAOMEENVIE", "NAOMEENVIEM", "NAOTENHOINTERESSE", "SEMINTERESSE",
    "NAOESTOUINTERESSADO", "NAOESTOUINTERESSADA", "DASUALISTA", "DESTALISTA", "DALISTA",
    "PAREDEENVIAR", "PAREDEMANDAR", "PAREDEME", "PAREMDEENVIAR", "QUEMDEUMEUNUMERO",
    "QUEMPASSOUMEUNUMERO", "COMOCONSEGUIUMEUNUMERO", "ASSEDIO",
];

/// What makes a keyword in the middle of a text mean something else when it precedes it.
const BEFORE: &[&str] =
    &["DONT", "DONOT", "NEVER", "CANT", "WONT", "NOT", "NON", "BUS", "NEXT", "FULL", "PIT"];
/// The same when it follows.
const BEHIND: &[&str] = &["BY", "IN", "OVER", "AT", "SIGN", "LIGHT"];

/// What is harmless with a keyword that is usually alone: what precedes it.
#[rustfmt::skip]
const HARMLESS_BEFORE: &[&str] =
    &["DONT", "DONOT", "THE", "WEEK", "YEAR", "DEAD", "HIGH", "LOW", "BACK", "FRONT", "LOOSE"];
/// The same for what follows.
#[rustfmt::skip]
const HARMLESS_BEHIND: &[&str] = &[
    "OF", "TIME", "DATE", "USER", "THAN", "MYJOB", "MYOLDJOB", "SMOKING", "DRINKING", "SCHOOL",
    // "Baja California", "arrêt de bus".
    "CALIFORNIA", "DEBUS",
];

/// Whether a text that is not a keyword may revoke consent.
#[must_use]
pub fn may_be_refusal(body: &str) -> bool {
    if body.contains(SIGNS) {
        return true;
    }
    let words = words(body);
    let is_at = |from: usize| {
        let (begin, rest) = words.split_at(from);
        let is_asked = || {
            is_request(rest)
                || after(rest, STOP_FIRST).is_some_and(|behind| after(behind, BEHIND).is_none())
        };
        after(rest, PHRASES).is_some()
            || has_keyword(begin, rest)
            || (!is_preceded(begin, BEFORE) && is_asked())
    };
    (0..words.len()).any(is_at) || has_word_from_abroad(&words)
}

/// Whether a text has a keyword here that is not an opt-out because of the text around it.
fn has_keyword(begin: &[String], rest: &[String]) -> bool {
    let is_everyday = rest.first().is_some_and(|word| EVERYDAY.contains(&word.as_str()));
    !is_everyday
        && !is_preceded(begin, HARMLESS_BEFORE)
        && after(rest, STOP_ALONE).is_some_and(|behind| after(behind, HARMLESS_BEHIND).is_none())
}

/// Thai, and in Unicode's order everything behind it, such as Korean, Chinese and Japanese, is not
/// written with spaces around a keyword.
const WITHOUT_SPACES: char = '\u{e00}';

/// Whether a text contains a keyword of another language.
fn has_word_from_abroad(words: &[String]) -> bool {
    let all = words.concat();
    STOP_ABROAD.iter().any(|word| {
        let is_anywhere = word.starts_with(|c| c >= WITHOUT_SPACES);
        let word = plain(word);
        if is_anywhere { all.contains(&word) } else { words.contains(&word) }
    })
}

/// Whether what precedes a request to stop turns it into something else, as in "please don't stop". It is
/// compared without the gap that the apostrophe makes.
fn is_preceded(words: &[String], by: &[&str]) -> bool {
    let last = |count: usize| words[words.len().saturating_sub(count)..].concat();
    (1..=2).any(|count| by.contains(&last(count).as_str()))
}

#[cfg(test)]
mod tests {
    use super::super::{Keyword, Keywords};
    use super::*;

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table of texts")]
    fn a_refusal_in_any_words_is_flagged() {
        let missed: Vec<&str> = [
            "wrong number",
            "You have the wrong number.",
            "Who is this? I think you have the wrong person",
            "🛑",
            "⛔️",
            "please 🚫",
            "I asked you to leave me alone",
            "seriously, do not contact us again",
            "For the last time take me off",
            "plz get me off your list!!",
            "would everyone just stop",
            "This is spam",
            "not interested",
            "how did you get my number?",
            "I never signed up for this",
            "I'd like to unsubscribe",
            "Número equivocado",
            "se equivocó de número",
            "¡Déjeme en paz!",
            "por favor no me molesten",
            "No estoy interesada",
            "Mauvais numéro",
            "Vous vous êtes trompé de numéro",
            "laissez-moi tranquille",
            "ça suffit, arrêtez",
            "Falsche Nummer",
            "Lasst mich endlich in Ruhe!",
            "Bitte löschen Sie meine Nummer",
            "Kein Interesse",
            "Número errado",
            "Me deixa em paz",
            "Por favor, não me perturbe",
            "não tenho interesse",
            // Keywords that are usually alone.
            "Can you end the call at 5?",
            "Cancel my 5 pm appointment",
            "I am going to cancel",
            "how do I cancel?",
            "Cancel this order",
            "Why did you not cancel it",
            "put an end to this",
            "Please discontinue the blue one",
            "quiero la baja del plan",
            "cómo puedo cancelar",
            "je vais annuler",
            "Your texts are annoying, I want to quit",
            "ok but no texts after 9",
            // In the middle.
            "Listen, I do not wish to receive messages",
            "you know I withdraw my consent",
            "oye, no me envíen nada",
            "écoutez, effacez mon numéro",
            // Other languages.
            "отпишите меня",
            "отпишите меня пожалуйста",
            "пожалуйста, стоп уже",
            "配信停止してください",
            "メールを停止して",
            "수신거부합니다",
            "请取消",
            "من فضلك توقف",
            "tolong berhenti",
            "HUY TC",
            "jeg vil avmeld meg",
            "graag afmelden",
            "ขอยกเลิกครับ",
        ]
        .into_iter()
        .filter(|body| !may_be_refusal(body))
        .collect();
        assert!(missed.is_empty(), "{missed:#?}");
    }

    #[test]
    fn what_people_usually_write_is_not_flagged() {
        let flagged: Vec<&str> = [
            "",
            "Thanks!",
            "Yes please",
            "who is this?",
            "please don't stop",
            "Never stop sending these, I love them",
            "I'll stop by at 5",
            "Can you stop at the corner?",
            "the bus stop on Main Street",
            "What time do you open?",
            "Is the number 12 still available",
            "gracias, nos vemos",
            "¿A qué hora abren?",
            "Merci beaucoup",
            "À quelle heure ?",
            "Danke, bis morgen",
            "Obrigada!",
            "End of the month works",
            "by the end of May",
            "See you at the end",
            "Happy weekend",
            "please don't cancel my order",
            "I quit smoking",
            "Is it cancelled?",
            "Para mañana está bien",
            "fin de mes",
            "voy a salir",
            "Pas de problème",
            "Pas de message de sa part",
            "Je me demande si ça marche",
            "¿Me envías la factura?",
            "אני הולך לראות את הסרט",
            "👍",
        ]
        .into_iter()
        .filter(|body| may_be_refusal(body))
        .collect();
        assert!(flagged.is_empty(), "{flagged:#?}");
    }

    /// A keyword takes effect without anyone's decision, so it is never flagged; see the caller.
    #[test]
    fn what_is_flagged_is_no_keyword() {
        for body in ["wrong number", "🛑", "not interested", "Número equivocado", "Kein Interesse"]
        {
            assert_eq!(Keyword::read(body, &Keywords::default()), None, "{body}");
        }
    }
}
