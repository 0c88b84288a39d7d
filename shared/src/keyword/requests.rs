//! Requests for no more messages in English, Spanish and French, by what they are made of. A table of
//! whole sentences would miss most of them.

use super::pattern::Part::{End, Few, Maybe, One};
use super::pattern::Pattern;

/// These opt out at the beginning of a message.
pub(super) const REQUESTS: &[&[Pattern]] = &[ENGLISH, SPANISH, FRENCH];

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
/// The same without words that mean something else after a bare "no".
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

const ENGLISH: &[Pattern] = &[
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

const NO: &[&str] = &["NO", "YANO", "NUNCA", "JAMAS"];
const QUIERO: &[&str] =
    &["QUIERO", "QUEREMOS", "DESEO", "DESEAMOS", "NECESITO", "ACEPTO", "AUTORIZO"];
#[rustfmt::skip]
const LOS: &[&str] = &[
    "MIS", "MI", "LOS", "LAS", "LA", "EL", "ESTOS", "ESTAS", "ESTA", "ESTE", "ESOS", "TODOS", "TODAS",
    "SUS", "SU", "TUS", "TU", "DE", "CON", "MAS", "TANTOS", "RECIBIR", "ENVIARME", "ENVIAR",
    "MANDARME", "MANDAR", "ENVIO", "YA",
];
#[rustfmt::skip]
const MENSAJES: &[&str] = &[
    "SUSCRIPCION", "SUBSCRIPCION", "SUSCRIPCIONES", "MENSAJES", "MENSAJITOS", "MENSAGES",
    "TEXTOS", "SMS", "ALERTAS", "NOTIFICACIONES", "AVISOS", "ENVIOS", "PUBLICIDAD", "PROMOCIONES",
    "SPAM", "MSJS", "NINGUNMENSAJE", "OTROMENSAJE",
];
const NADA: &[&str] = &["NADA", "MAS"];
const ENVIEN: &[&str] =
    &["ENVIEN", "ENVIES", "ENVIE", "MANDEN", "MANDES", "MANDE", "LLEGUEN", "ENVIEIS", "MANDEIS"];
const ESCRIBAN: &[&str] = &[
    "ESCRIBAN",
    "ESCRIBAS",
    "ESCRIBA",
    "CONTACTEN",
    "CONTACTES",
    "CONTACTE",
    "TEXTEEN",
    "TEXTEES",
    "TEXTEE",
    "MENSAJEEN",
    "MENSAJEES",
];
const BORRA: &[&str] = &[
    "BORRA", "BORREN", "BORRE", "BORRAR", "ELIMINA", "ELIMINEN", "ELIMINE", "ELIMINAR", "QUITA",
    "QUITEN", "QUITE", "QUITAR", "SACA", "SAQUEN", "SAQUE", "SACAR", "RETIRA", "RETIREN", "RETIRE",
    "RETIRAR", "REMUEVAN", "REMUEVA", "REMUEVE", "REMOVER",
];

const SPANISH: &[Pattern] = &[
    // "Cancela mi suscripción", "basta de mensajes", "detener mensajes".
    &[
        One(&[
            "CANCELA",
            "CANCELEN",
            "CANCELE",
            "CANCELAR",
            "CANCELO",
            "CANCELAD",
            "ANULA",
            "ANULEN",
            "ANULE",
            "ANULAR",
            "BASTA",
            "DETENER",
            "DETENGAN",
            "DETENGA",
            "DETEN",
            "PARAR",
            "PAREN",
            "PARE",
            "PARAD",
            "TERMINAR",
            "SUSPENDER",
            "SUSPENDAN",
            "SUSPENDA",
            "CESAR",
            "CESEN",
            "CESE",
            "ALTOA",
            "FINA",
            "DEJENDE",
            "DEJEDE",
            "DEJADE",
            "DEJARDE",
            "NOMAS",
        ]),
        Few(LOS),
        One(MENSAJES),
    ],
    // "No quiero que me envíen mensajes", "ya no deseo sus sms".
    &[
        One(NO),
        One(QUIERO),
        Maybe(&["QUE"]),
        Maybe(&["ME", "NOS"]),
        Maybe(ENVIEN),
        Few(LOS),
        One(MENSAJES),
    ],
    &[One(NO), One(QUIERO), One(&["QUE"]), Maybe(&["ME", "NOS"]), One(ENVIEN), One(NADA)],
    &[One(NO), One(QUIERO), One(&["QUE"]), Maybe(&["ME", "NOS"]), One(ESCRIBAN)],
    // "No me envíe nada".
    &[One(NO), Maybe(&["ME", "NOS"]), One(ENVIEN), Maybe(&["ME", "NOS"]), Few(LOS), One(NADA)],
    &[One(NO), Maybe(&["ME", "NOS"]), One(ENVIEN), Few(LOS), One(MENSAJES)],
    &[
        One(NO),
        Maybe(&["ME", "NOS"]),
        One(&["VUELVAN", "VUELVAS", "VUELVA"]),
        One(&["A"]),
        One(&["ESCRIBIR", "ENVIAR", "MANDAR", "CONTACTAR", "TEXTEAR"]),
    ],
    &[One(NO), One(&["ME", "NOS"]), One(ESCRIBAN)],
    // "Bórrame de la lista", "elimina mi número".
    &[One(BORRA), One(&["ME", "NOS"]), One(&["DE", "DEL"])],
    &[One(BORRA), One(&["ME", "NOS"]), End],
    &[
        One(BORRA),
        One(&[
            "MINUMERO",
            "MITELEFONO",
            "MICELULAR",
            "MIMOVIL",
            "MICONTACTO",
            "MISDATOS",
            "MINOMBRE",
            "ESTENUMERO",
            "NUESTRONUMERO",
        ]),
    ],
    // "Desuscríbeme", "me doy de baja", "solicito la baja".
    &[
        Maybe(&["ME"]),
        One(&["DESUSCRIB", "DESINSCRIB", "DESSUSCRIB", "DESUBSCRIB"]),
        One(&["EME", "AME", "ANME", "IRME", "IR", "O", "ETE"]),
    ],
    &[
        Maybe(&["QUE"]),
        Maybe(&["ME", "NOS"]),
        One(&[
            "DOY", "DAR", "DEN", "DAME", "DARME", "DEME", "DENME", "DENNOS", "DADME", "DARNOS",
            "DAMOS",
        ]),
        One(&["DEBAJA"]),
    ],
    &[
        One(&["SOLICITO", "PIDO", "QUIERO", "DESEO", "TRAMITEN"]),
        One(&["LA", "MI", "DARDE"]),
        One(&["BAJA"]),
        End,
    ],
];

const NE: &[&str] = &["JENE", "NOUSNE", "NE", "JE", "NOUS"];
const VEUX: &[&str] =
    &["VEUX", "VEUT", "VOULONS", "SOUHAITE", "SOUHAITONS", "DESIRE", "ACCEPTE", "AUTORISE"];
#[rustfmt::skip]
const MES: &[&str] = &[
    "DE", "D", "MES", "MON", "MA", "LES", "LE", "L", "VOS", "VOTRE", "CES", "CET", "CE", "TOUS", "TOUT",
    "TES", "ENVOYER", "ENVOI", "RECEVOIR", "AUCUN", "M", "ME", "A", "AUX",
];
#[rustfmt::skip]
const SMS: &[&str] = &[
    "ABONNEMENTS", "ABONNEMENT", "SMS", "MESSAGES", "TEXTOS", "PUBLICITES", "PUBLICITE", "PUBS", "PUB",
    "NOTIFICATIONS", "ALERTES", "SPAMS", "SPAM", "ENVOIS", "RELANCES",
];
/// The same in a sentence that refuses, which may be about a single one.
#[rustfmt::skip]
const UN_SMS: &[&str] = &[
    "SMS", "MESSAGES", "MESSAGE", "TEXTOS", "TEXTO", "PUBLICITES", "PUBLICITE", "PUBS", "PUB",
    "NOTIFICATIONS", "ALERTES", "SPAMS", "SPAM", "MSG", "RELANCES",
];
const DELETE: &[&str] = &[
    "EFFACEZ",
    "EFFACER",
    "EFFACE",
    "SUPPRIMEZ",
    "SUPPRIMER",
    "SUPPRIME",
    "RETIREZ",
    "RETIRER",
    "RETIRE",
    "ENLEVEZ",
    "ENLEVER",
    "ENLEVE",
    "OTEZ",
    "OTER",
    "RAYEZ",
    "RADIEZ",
    "RADIER",
    "SORTEZ",
    "BLOQUEZ",
];
const ECRIVEZ: &[&str] =
    &["ECRIVEZ", "ECRIS", "CONTACTEZ", "CONTACTE", "CONTACTER", "TEXTEZ", "TEXTE", "RECONTACTEZ"];

const FRENCH: &[Pattern] = &[
    // "Je me désabonne", "nous désinscrire".
    &[
        Maybe(&["JE", "NOUS"]),
        Maybe(&["VAIS", "VEUX", "SOUHAITE"]),
        Maybe(&["ME", "NOUS", "SE"]),
        One(&[
            "DESABONNER",
            "DESABONNE",
            "DESABONER",
            "DESABONE",
            "DESINSCRIRE",
            "DESINSCRIS",
            "DESABONNONS",
            "DESINSCRIVEZ",
            "DESABONNEZ",
        ]),
    ],
    // "Annuler abonnement", "arrêtez vos SMS".
    &[
        One(&[
            "ANNULER",
            "ANNULEZ",
            "ANNULE",
            "RESILIER",
            "RESILIEZ",
            "RESILIE",
            "ARRETER",
            "ARRETEZ",
            "ARRETE",
            "CESSER",
            "CESSEZ",
            "CESSE",
            "STOPPER",
            "STOPPEZ",
            "STOPPE",
            "STOP",
            "FINIR",
            "BASTA",
            "TERMINER",
            "JERESILIE",
            "JANNULE",
            "JARRETE",
            "DESABONNEMENT",
            "DESINSCRIPTION",
        ]),
        Few(MES),
        One(SMS),
    ],
    &[
        One(&["ARRETER", "ARRETEZ", "ARRETE", "CESSEZ", "CESSER", "STOPPEZ", "STOPPER"]),
        One(&["TOUT", "CA", "CELA", "CECI", "TOUTCA", "DEMENVOYER", "DEMECRIRE"]),
        End,
    ],
    // "Pas de SMS": alone, because of "pas de message de sa part".
    &[One(&["PASDE", "PASD", "AUCUN", "ASSEZDE", "MARREDE"]), Few(MES), One(UN_SMS), End],
    &[One(&["PLUSDE", "PLUSD", "PLUSAUCUN", "PLUSJAMAISDE"]), Few(MES), One(UN_SMS)],
    // "Je ne veux pas de SMS", "nous ne souhaitons plus recevoir".
    &[Maybe(NE), One(VEUX), One(&["PAS", "AUCUN"]), Few(MES), One(UN_SMS)],
    &[
        Maybe(NE),
        One(VEUX),
        One(&["PAS", "PLUS"]),
        One(&[
            "RECEVOIR",
            "ETRECONTACTE",
            "ETRECONTACTEE",
            "ETREABONNE",
            "ETREABONNEE",
            "QUEVOUSMECRIVIEZ",
            "QUEVOUSMECONTACTIEZ",
            "QUEVOUSMENVOYIEZ",
        ]),
    ],
    // "Ne m'envoyez rien", "ne me contactez jamais".
    &[
        Maybe(&["NE", "N"]),
        Maybe(&["ME", "M", "NOUS"]),
        One(&["ENVOYEZ", "ENVOIES", "ENVOIE"]),
        One(&["PAS", "JAMAIS"]),
        Few(MES),
        One(UN_SMS),
    ],
    &[
        One(&["NE", "N"]),
        Maybe(&["ME", "M", "NOUS"]),
        One(&["ENVOYEZ", "ENVOIES", "ENVOIE"]),
        One(&["RIEN", "PLUS", "PLUSRIEN", "JAMAISRIEN"]),
    ],
    &[One(&["NE"]), One(&["ME", "M", "NOUS"]), One(ECRIVEZ), One(&["PAS", "PLUS", "JAMAIS"])],
    &[
        One(&["NE"]),
        One(&["PAS", "PLUS", "JAMAIS"]),
        Maybe(&["ME", "M", "NOUS"]),
        One(&["CONTACTER", "RECONTACTER", "ECRIRE", "TEXTER"]),
    ],
    // "Effacez mon numéro".
    &[
        One(DELETE),
        One(&[
            "MOI",
            "MONNUMERO",
            "MONTELEPHONE",
            "MONTEL",
            "MONNOM",
            "MONPORTABLE",
            "MONMOBILE",
            "MONCONTACT",
            "MESCOORDONNEES",
            "MESDONNEES",
            "CENUMERO",
            "NOTRENUMERO",
        ]),
    ],
];
