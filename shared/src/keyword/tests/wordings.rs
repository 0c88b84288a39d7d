//! Requests in many wordings, and texts that resemble them.

use super::*;

const ENGLISH: &[&str] = &[
    "Cancel this",
    "cancel this, please!",
    "Cancel me",
    "Cancel everything",
    "Cancel it all now",
    "I want to cancel all of this",
    "End this",
    "quit this",
    "I do not wish to receive messages",
    "I don't wish to be contacted",
    "We do not want to receive your promotions",
    "I don’t want any texts from you",
    "I don't want any more of your messages",
    "dont want your spam",
    "I don't need these alerts",
    "I would not like to be contacted",
    "I don't want to hear from you",
    "I don't want you to text me",
    "I do not consent to this",
    "Never message me again",
    "never ever text us",
    "You may not contact me",
    "Don't send me any more texts",
    "No texts please",
    "No texts",
    "no messages, thanks",
    "No more spam messages from you",
    "no further messages to this number",
    "I withdraw my consent",
    "We hereby withdraw all prior consent",
    "I'm revoking permission",
    "Consent withdrawn",
    "delete my phone number",
    "Please erase my number",
    "please delete me",
    "Cancel me from your list",
    "I want my number removed",
    "I'd like to be unsubscribed",
    "Please discontinue",
    "discontinue these messages",
    "Please cease",
    "cease all texting",
    "Cancel all of these texts",
    "terminate my subscription",
    "plzstop",
    "PleaseStop",
    "plsunsubscribe",
    "plzstoptexting",
    "Hi there, please stop texting",
];

const SPANISH: &[&str] = &[
    "Cancela mi suscripción",
    "cancelen todas mis suscripciones",
    "Basta de mensajes",
    "basta ya de tantos mensajes",
    "Detener mensajes",
    "Detengan los mensajes",
    "Parar mensajes",
    "Paren con sus mensajes",
    "No quiero que me envíen mensajes",
    "No quiero que me manden nada",
    "no quiero que me escriban",
    "ya no quiero sus mensajes",
    "No deseo ningún mensaje",
    "No acepto publicidad",
    "No me envíe nada",
    "no me manden nada más",
    "No nos envíen mensajes",
    "no vuelvan a escribir",
    "no me vuelvas a escribir",
    "Bórrame de la lista",
    "Elimíname de la lista",
    "borra me de tu lista",
    "bórrame",
    "Elimina mi número",
    "por favor borren mis datos",
    "desuscríbeme",
    "Me desuscribo",
    "desuscríbanme por favor",
    "me doy de baja",
    "quiero que me den de baja",
    "Solicito la baja",
    "hola, cancelen los mensajes",
];

const FRENCH: &[&str] = &[
    "Merci d'arrêter",
    "Merci d’arrêter vos messages",
    "Merci d'annuler mon abonnement",
    "prière d'arrêter",
    "Je me désabonne",
    "je veux me désabonner",
    "Je me désinscris",
    "je souhaite me désinscrire",
    "désinscris-moi",
    "Pas de SMS",
    "pas de SMS merci",
    "Pas de messages publicitaires svp",
    "plus de vos messages",
    "Effacez mon numéro",
    "Merci de supprimer mon numéro",
    "effacer mes données",
    "annuler abonnement",
    "Résiliez mon abonnement",
    "arrêtez tout",
    "Je ne veux pas de SMS",
    "je veux pas recevoir de message",
    "nous ne souhaitons plus être contactés",
    "je ne souhaite plus être contactée",
    "Ne m'envoyez pas de SMS",
    "ne m’envoyez rien",
    "ne nous contactez jamais",
    "désabonnement sms",
];

/// Keywords that senders in other countries announce.
const ABROAD: &[&str] = &[
    "стоп",
    "Стоп пожалуйста",
    "отписаться",
    "停止",
    "配信停止",
    "ストップ",
    "수신거부",
    "توقف",
    "BERHENTI",
    "HUY",
    "Hủy",
    "abmelden",
    "stopp",
    "avmeld",
    "afmelden",
    "İptal",
    "ยกเลิก",
    "Odhlásit",
    "ΣΤΟΠ",
];

#[test]
fn a_clear_request_is_an_opt_out_in_every_wording() {
    let mut missed = Vec::new();
    for body in [ENGLISH, SPANISH, FRENCH, ABROAD].concat() {
        let without_accents = body.nfd().filter(char::is_ascii).collect::<String>();
        let mut written = vec![
            body.to_owned(),
            body.replace('\'', "’"),
            body.to_uppercase(),
            format!("{body}!!!"),
            format!("{body} 🙏"),
            format!("¡{body}!\n"),
        ];
        // Accents are left out on phones without them. Other scripts have nothing else.
        written.extend(body.is_ascii().then(|| body.replace('\'', "")));
        if !ABROAD.contains(&body) {
            written.push(without_accents);
        }
        missed.extend(written.into_iter().filter(|body| read(body) != Some(Keyword::Stop)));
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn what_resembles_a_request_is_no_opt_out() {
    let mistaken: Vec<&str> = [
        "Cancel my 5 pm appointment",
        "Cancel this order",
        "Cancel everything for tomorrow",
        "Cancel me for Friday",
        "Can you end the call at 5?",
        "End this lesson at 5",
        "I do not wish to be late",
        "I don't want any trouble",
        "I don't want to text while driving",
        "I don't need a ride",
        "No text came through",
        "No messages from my mother today?",
        "No alerts on my screen so far",
        "Never mind",
        "I never got your text",
        "You do not want to miss it",
        "Delete my 3 pm slot",
        "I withdraw my bid",
        "Please discontinue the blue one",
        "drop me a line",
        "pleased",
        "Is my number on it?",
        "Detener el coche",
        "Basta con una copia",
        "Basta con el mensaje de ayer",
        "Para mensajes urgentes llámame",
        "Cancela mi cita",
        "No me envíe la factura por correo",
        "No quiero que me envíen la factura",
        "Deja un mensaje",
        "Bórrame la cita de mañana",
        "Dame de comer",
        "estoy de baja",
        "Me doy cuenta",
        "Quiero baja temperatura",
        "Elimina el segundo",
        "Pas de problème",
        "Pas de message de sa part",
        "Merci d'être venu",
        "Je me demande",
        "Annulez ma réservation",
        "Annule mon message d'hier",
        "Effacez le tableau",
        "Envoyez plus de SMS",
        "Je veux un abonnement",
        "отмена заказа",
        "请取消预约",
    ]
    .into_iter()
    .filter(|body| read(body).is_some())
    .collect();
    assert!(mistaken.is_empty(), "{mistaken:#?}");
}

/// Reading a long text must not take long.
#[test]
fn a_long_text_is_read_in_no_time() {
    for words in ["no more ", "cancel all ", "basta de ", "please "] {
        let body = words.repeat(100);
        let is_heard = read(&body).is_some() || may_be_refusal(&body);
        assert_eq!(is_heard, words != "please ", "{words}");
    }
}
