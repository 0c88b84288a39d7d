//! Requests in French.

use super::super::pattern::Part::{End, Few, Maybe, One};
use super::super::pattern::Pattern;

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

pub(super) const FRENCH: &[Pattern] = &[
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
        Maybe(&["D"]),
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
    &[One(&["DARRETER", "DARRETTER", "DANNULER", "DESTOPPER"]), End],
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
            "ETRECONTACTES",
            "ETRECONTACTEES",
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
