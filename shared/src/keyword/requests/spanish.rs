//! Requests in Spanish.

use super::super::pattern::Part::{End, Few, Maybe, One};
use super::super::pattern::Pattern;

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

pub(super) const SPANISH: &[Pattern] = &[
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
