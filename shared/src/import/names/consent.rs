//! The names of columns about whether a person wants messages.
//!
//! A column that is missed here is harmless to the eye, an attribute among others, and its people get
//! texts. So names are also understood with what people add to them: "SMS Opt Out (Status)".

use super::consists;

/// Opt-outs, as whole names or with `FILLERS`.
pub(super) const OPT_OUT: &str = "optout optedout optsout unsubscribed unsubscribe unsub unsubs \
    donottext donotsms donotmessage donotcontact donotcall donotsend donotdisturb dnc dnd nosms \
    notext notexts nocontact nomarketing nomessages donttext dontsms dontcontact dontcall \
    stop stoprequested blacklist blacklisted blocklist blocklisted blocked suppressed suppression \
    suppress excluded removefromlist \
    abgemeldet abmeldung abmeldestatus abbestellt ausgetragen keinesms keinewerbung widerspruch \
    widersprochen werbewiderspruch werbesperre werbeverbot smssperre sperre sperrvermerk sperrliste \
    gesperrt blockiert kontaktsperre kontaktverbot robinsonliste nichtkontaktieren \
    nichtanschreiben nichtanrufen \
    desabonne desabonnee desabonnement desinscrit desinscrite desinscription \
    nepascontacter nepluscontacter opposition refus refussms pasdesms bloquee listenoire \
    baja debaja dadodebaja dadadebaja desuscrito nocontactar nollamar nomolestar \
    noenviarsms bloqueado bloqueada listanegra \
    descadastrado descadastro inscricaocancelada naocontactar naocontatar naoenviarsms \
    naoperturbe naoperturbar \
    disiscritto disiscritta disiscrizione noncontattare noninviaresms bloccato bloccata listanera";
/// Parts of longer names of opt-outs.
const LIKELY_OPT_OUT: &str = "optout optedout optsout optingout unsubscrib donottext donotsms \
    donotmessage donotcontact donotcall donotsend donotdisturb donttext dontsms dontcontact dontcall \
    dontsend blacklist blocklist suppress consentrevoked revokedconsent consentwithdrawn \
    withdrawnconsent excludefrom excludedfrom \
    abgemeldet abmeldung abbestellt widerspruch widersprochen werbesperre werbeverbot smssperre \
    kontaktsperre keinesms keinewerb nichtkontaktieren nichtanschreiben \
    desabonn desinscri nepascontacter neplus nepasenvoyer pasdesms stopsms \
    dadodebaja dadadebaja nocontactar noenviar nollamar nomolestar nodesea norecibir desuscri \
    descadastr naocontact naocontat naoenviar naoperturb naodeseja \
    disiscri noncontattare noninviare nondesidera";
// "Accepts SMS Marketing" is Shopify's, "SMS consent" Klaviyo's.
/// Consents, as whole names or with `FILLERS`.
pub(super) const OPT_IN: &str = "optin optedin smsoptedin optinout optoutin optinoptout \
    optoutoptin subscribed subscribedunsubscribed subscribeunsubscribe smssubscription \
    subscriptionstatus subscriptionstate subscriberstatus smsstatus smsstate textstatus \
    smsconsent consentsms consenttosms marketingconsent consent consented consentgiven acceptssms \
    acceptsmarketing smsmarketing marketingstatus smspermission smsallowed \
    allowsms allowssms receivesms receivessms wantssms cantext oktotext oktosms oktocontact \
    maycontact maytext \
    einwilligung werbeeinwilligung zustimmung smserlaubt smserlaubnis anmeldestatus \
    abonniert \
    consentement acceptesms abonne statutsms statutabonnement statutdabonnement \
    consentimiento aceptasms suscrito estadosms estadosuscripcion estadodesuscripcion \
    consentimento aceitasms statussms statusdeinscricao \
    consenso accettasms statoiscrizione statosms";
/// Amazon Pinpoint's time of an opt-out or of an opt-in.
pub(in super::super) const EFFECTIVE_DATE: &str = "effectivedate";
/// Times of an opt-out, as whole names or with `FILLERS`.
pub(super) const OPTED_OUT_AT: &str = "effectivedate optouttimestamp optedouttimestamp optoutdate \
    optouttime optoutat optedoutdate optedouttime optedoutat optedouton optedoutsince optoutsince \
    unsubscribedat unsubscribedon unsubscribeddate unsubscribedate unsubscribedtime \
    unsubscribetime unsubtime unsubdate unsubscribedsince dateoptedout dateunsubscribed \
    dateoptout dateofoptout dateofunsubscribe blacklistedat blacklistedon suppressedat suppressedon \
    abmeldedatum abgemeldetam abgemeldetseit widerspruchsdatum widersprochenam datedesinscription \
    datededesinscription datedesabonnement datededesabonnement fechadebaja fechabaja \
    datadisiscrizione datadidisiscrizione datadescadastro datadedescadastro";

/// What names have besides: the channel, whose it is, and what only joins the rest.
const FILLERS: &str = "sms mms textmessage textmessages text texts texting txt mobile mobil phone telephone telefon \
    marketing advertising werbung publicite publicidad pubblicita promo status state flag value \
    yn yesno janein ouinon sino requested request list customer contact client user person lead \
    member subscriber recipient kunde kunden kontakt cliente contacto contatto is has the a to of \
    from for via and or all any current per por par pour fur gegen im de du des del da di a el \
    la le il statut estado stato erteilt vorhanden liegtvor";
/// Other channels in a name that also is about texts.
const OTHER_CHANNELS: &str = "email mail newsletter push call calls voice whatsapp";
/// Parts of the names of columns about other channels, unless they are also about texts.
const NOT_TEXTS: &str = "mail newsletter fax push courriel correo correio postal";
const TEXTS: &str = "sms mms text txt messag mobil phone telefon telefono handy movil celular \
    cellul telemovel whatsapp";
/// Parts of the names of columns that say when or why, or how to.
const NOT_OPT_OUT: &str =
    "date datum fecha data time reason grund motif motivo source link url token";
/// What contains one of those parts by chance.
const HARMLESS: &str = "update candidate mandate resource onetime lifetime halifax";

fn has(name: &str, parts: &str) -> bool {
    parts.split_whitespace().any(|part| name.contains(part))
}

/// Whether the name is one of those, alone or with fillers.
fn is_one_of(name: &str, known: &str) -> bool {
    let others = if has(name, TEXTS) { OTHER_CHANNELS } else { "" };
    consists(name, known, &[FILLERS, others])
}

pub(super) fn is_opted_out_at(name: &str) -> bool {
    is_one_of(name, OPTED_OUT_AT)
}

pub(super) fn is_opt_in(name: &str) -> bool {
    is_one_of(name, OPT_IN) && !is_one_of(name, OPT_OUT)
}

pub(super) fn is_opt_out(name: &str) -> bool {
    is_one_of(name, OPT_OUT) && !is_opted_out_at(name)
}

/// Whether a longer name is that of an opt-out.
pub(super) fn is_likely_opt_out(name: &str) -> bool {
    let harmless = HARMLESS.split_whitespace();
    let name = harmless.fold(name.to_owned(), |name, word| name.replace(word, ""));
    let is_other = has(&name, NOT_OPT_OUT) || (has(&name, NOT_TEXTS) && !has(&name, TEXTS));
    has(&name, LIKELY_OPT_OUT) && !is_other && !is_opt_in(&name) && !is_opted_out_at(&name)
}

/// Whether the name says anything of this kind, so that it is not a phone's.
pub(super) fn is_any(name: &str) -> bool {
    is_opt_out(name) || is_opt_in(name) || is_opted_out_at(name) || is_likely_opt_out(name)
}

#[cfg(test)]
mod tests {
    use super::super::plain;
    use super::*;

    #[test]
    fn an_opt_out_is_known_in_many_words() {
        for name in [
            "Opt Out",
            "Email/SMS Opt Out",
            "Opt out of email and SMS",
            "Opt Out Status",
            "SMS Opt Out Status",
            "Opted out of SMS marketing updates",
            "Candidate opted out",
            "SMS/Email Unsubscribed",
            "Unsubscribe Status",
            "DND",
            "DND Status",
            "SMS DND",
            "Do not disturb",
            "Do Not Contact (Phone)",
            "Do not send SMS",
            "Blacklisted",
            "SMS Blacklist",
            "Suppressed",
            "Suppression List",
            "Blocked",
            "Is Blocked",
            "SMS Blocked?",
            "Unsub",
            "SMS unsub",
            "STOP requested",
            "SMS Werbesperre",
            "SMS-Widerspruch",
            "Widerspruch gegen Werbung",
            "Gesperrt",
            "Kunde gesperrt",
            "Für SMS gesperrt",
            "Keine SMS senden",
            "Ne pas contacter par SMS",
            "Ne pas contacter par téléphone",
            "Ne plus contacter",
            "Désabonné (e-mail et SMS)",
            "No contactar por SMS",
            "No enviar SMS",
            "Bloqueado",
            "Não contatar por SMS",
            "Non contattare via SMS",
            "Non inviare SMS",
        ] {
            let plain = plain(name);
            assert!(is_opt_out(&plain) || is_likely_opt_out(&plain), "{name}");
            assert!(!is_opt_in(&plain) && !is_opted_out_at(&plain), "{name}");
        }
    }

    #[test]
    fn a_consent_is_known_in_many_words() {
        for name in [
            "Opt-in",
            "Opt-in status",
            "SMS Opt-In Status",
            "Opted in to SMS",
            "Email & SMS Opt-in",
            "Opt-in / Opt-out",
            "Subscription Status",
            "SMS Subscription Status",
            "Subscriber Status",
            "SMS Status",
            "Subscribed to SMS marketing",
            "Customer accepts SMS",
            "Accepts SMS Marketing",
            "SMS-Einwilligung erteilt",
            "Consentement SMS",
            "Consenso SMS",
        ] {
            let plain = plain(name);
            assert!(is_opt_in(&plain), "{name}");
            assert!(!is_opt_out(&plain) && !is_likely_opt_out(&plain), "{name}");
        }
    }

    #[test]
    fn a_time_of_an_opt_out_is_known_in_many_words() {
        for name in ["SMS opt-out date", "Date unsubscribed (SMS)", "Abgemeldet am"] {
            let plain = plain(name);
            assert!(is_opted_out_at(&plain), "{name}");
            assert!(!is_opt_out(&plain) && !is_likely_opt_out(&plain), "{name}");
        }
    }

    #[test]
    fn other_columns_stay_attributes() {
        for name in [
            "Status",
            "Contact status",
            "Order status",
            "Email status",
            "Email Opt Out",
            "HasOptedOutOfEmail",
            "Newsletter unsubscribed",
            "Ne pas contacter par courriel",
            "No contactar por correo",
            "Email Opt-in",
            "Opt-out reason",
            "Unsubscribe link",
            "Consent date",
            "Subscription plan",
            "Subscription",
            "Block",
            "Bloque",
            "Bus stop",
            "Blocked by",
            "Country list",
            "Contact",
            "Customer",
        ] {
            assert!(!is_any(&plain(name)), "{name}");
        }
    }
}
