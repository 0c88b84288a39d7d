//! The names of the columns of a contact's fields.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Id,
    Phone,
    FirstName,
    LastName,
    Email,
    OptOut,
    /// Consent, of which only a clear no counts.
    OptIn,
    OptedOutAt,
    ExternalId,
    /// Only a column that the client names, because other systems have statuses of other kinds.
    Status,
    Tags,
    TimeZone,
    Language,
}

/// How well a name fits a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// The best of several names: a mobile phone.
    Best,
    Known,
    /// A longer name that contains a known one: "Customer phone (1)".
    Likely,
    /// Amazon Pinpoint has the phone in `Address`. In other files that is a street, so it counts
    /// only if there is no other column.
    Last,
}

// English, German, French, Spanish, Portuguese and Italian, as normalized by `plain`.
const ID: &str = "id contactid";
const MOBILE: &str = "mobile mobilephone mobilenumber mobilephonenumber mobileno mobilenr \
    mobiletelephone phonemobile cell cellphone cellnumber cellphonenumber cellular sms smsnumber \
    smsphone smsphonenumber msisdn whatsapp whatsappnumber \
    handy handynummer handynr mobil mobilnummer mobilnr mobiltelefon mobiltelefonnummer mobilfunk \
    mobilfunknummer natel \
    portable telephoneportable telportable numeroportable numerodeportable telephonemobile \
    telmobile numeromobile numerodemobile nportable noportable gsm gsmnummer \
    movil telefonomovil telmovil celular telefonocelular numerocelular numeromovil numerodemovil \
    numerodecelular numerodetelefonomovil nomovil nocelular \
    telemovel telefonecelular telefonemovel numerodetelemovel nodetelemovel notelemovel \
    cellulare telefonocellulare numerocellulare numerodicellulare telefonomobile ncellulare \
    telmobil telefonmobil mobilprivat handyprivat mobilgeschaftlich handygeschaftlich \
    telefonhandy telhandy telcelular telcellulare telportatile telefonoportatile telcell \
    primarymobile personalmobile homemobile workmobile customermobile contactmobile";
const PHONE: &str = "phone phonenumber phoneno phonenr phone1 phone1value telephone \
    telephonenumber tel telno telnr contactnumber contactphone primaryphone primaryphonenumber \
    homephone workphone businessphone otherphone mainphone officephone contactno \
    landline landlinenumber landlinephone \
    telefon telefonnummer telefonnr rufnummer fon telefonprivat telprivat \
    telefongeschaftlich telgeschaftlich telefondienstlich teldienstlich \
    festnetz festnetznummer festnetznr \
    numerodetelephone numerotelephone notelephone notel ntel ntelephone numtel numerotel \
    nodetelephone ndetelephone telephonefixe telfixe fixe telephoneprive telprive \
    telefono numerodetelefono numerotelefono numtelefono nodetelefono ndetelefono \
    telefonofijo telfijo fijo tfno tlf tlfno telf \
    telefone numerodetelefone nodetelefone fone telefonefixo telfixo fixo \
    numeroditelefono ntelefono recapitotelefonico telefonofisso telfisso fisso \
    telefonoprincipale telefonoprincipal";
const FIRST_NAME: &str = "firstname first givenname forename fname vorname prenom prenoms nombre \
    nombres primernombre nome primeironome nomeproprio";
const LAST_NAME: &str = "lastname last surname familyname lname nachname familienname zuname nom \
    nomdefamille apellido apellidos primerapellido sobrenome apelido ultimonome cognome";
const EMAIL: &str = "email emailaddress mail emailadresse mailadresse email1value primaryemail \
    adressemail adresseemail courriel adresseelectronique adressedecourriel \
    correo correoelectronico direcciondecorreo direcciondecorreoelectronico direcciondeemail \
    correioeletronico enderecodeemail \
    postaelettronica indirizzoemail indirizzodipostaelettronica";
const OPT_OUT: &str = "optout optedout unsubscribed unsubscribe isunsubscribed isoptedout \
    hasoptedout hasunsubscribed smsunsubscribed unsubscribedfromsms donottext donotsms \
    donotmessage donotcontact donotcall dnc nosms notext notexts donttext dontsms dontcontact \
    smsstop stop stoprequested \
    abgemeldet abmeldung abbestellt ausgetragen keinesms keinewerbung widerspruch \
    werbewiderspruch werbesperre smssperre nichtkontaktieren \
    desabonne desabonnee desabonnement desinscrit desinscrite desinscription stopsms \
    nepascontacter opposition refussms pasdesms \
    baja debaja dadodebaja dadadebaja bajasms desuscrito nocontactar nollamar nomolestar noenviarsms \
    descadastrado descadastro inscricaocancelada naocontactar naocontatar naoenviarsms \
    naoperturbe naoperturbar \
    disiscritto disiscritta disiscrizione noncontattare noninviaresms nosmsmarketing";
// "Accepts SMS Marketing" is Shopify's, "SMS consent" Klaviyo's.
const OPT_IN: &str = "optin optedin isoptedin hasoptedin smsoptin smsoptedin optinsms optedinsms \
    optedintosms textoptin textmessageoptin subscribed issubscribed smssubscribed subscribedtosms \
    smssubscription smssubscriptionstatus smsconsent consentsms consenttosms smsmarketingconsent \
    smsconsentstatus marketingconsent consent consented hasconsent consentgiven acceptssms \
    acceptssmsmarketing acceptsmarketing smsmarketing smsmarketingstatus smspermission smsallowed \
    allowsms cantext oktotext oktosms maycontact \
    einwilligung smseinwilligung werbeeinwilligung zustimmung smszustimmung \
    consentement consentementsms acceptesms \
    consentimiento consentimientosms aceptasms \
    consentimento consentimentosms aceitasms \
    consenso consensosms accettasms";
/// Amazon Pinpoint's time of an opt-out or of an opt-in.
pub(super) const EFFECTIVE_DATE: &str = "effectivedate";
const OPTED_OUT_AT: &str = "effectivedate optouttimestamp optedouttimestamp optoutdate optouttime \
    optoutat optedoutdate optedouttime optedoutat optedouton \
    unsubscribedat unsubscribedon unsubscribeddate unsubscribedate unsubscribedtime \
    unsubscribetime unsubtime dateoptedout dateunsubscribed \
    abmeldedatum abgemeldetam datedesinscription datededesinscription fechadebaja fechabaja \
    datadisiscrizione datadidisiscrizione datadescadastro datadedescadastro";

/// Amazon Pinpoint has it in `Demographic.Timezone`.
const TIME_ZONE: &str = "timezone demographictimezone";

/// Names that mean a phone only if no other column does.
const NUMBER: &str = "number nummer numero num";
/// Parts of names that are not known as a whole.
const LIKELY_PHONE: &str = "phone mobile mobil telefon handynummer celular cellulare movil";
const LIKELY_OPT_OUT: &str = "optout optedout unsubscrib donottext donotsms donotcontact abgemeldet \
    abmeldung desabonn desinscri descadastr disiscri dadodebaja";
/// Parts of the names of columns about a phone, and of names that contain one of the parts above.
const NOT_PHONE: &str = "type typ label carrier country code verified valid status consent opt fax \
    ext date time source mail newsletter subscribed automobil automovil immobil";
/// Parts of the names of columns about other channels, or about an opt-out.
const NOT_OPT_OUT: &str = "mail newsletter fax push date datum fecha data time reason grund motif \
    motivo source status link url token";

/// A name in normalized form: without case, accents, spaces and punctuation.
pub(super) fn plain(name: &str) -> String {
    name.nfkd()
        .filter(|c| c.is_alphanumeric() && !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// How well a column's name, as normalized by `plain`, fits a field.
pub(super) fn fit(field: Field, name: &str) -> Option<Fit> {
    let known = |names: &str| names.split_whitespace().any(|known| known == name);
    // "Mobile 1" is one of several columns with the same name.
    let unnumbered = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let known_numbered = |names: &str| names.split_whitespace().any(|known| known == unnumbered);
    let has = |parts: &str| parts.split_whitespace().any(|part| name.contains(part));
    match field {
        Field::Id => known(ID).then_some(Fit::Known),
        Field::Phone if known(MOBILE) || known_numbered(MOBILE) => Some(Fit::Best),
        Field::Phone if known(PHONE) || known_numbered(PHONE) => Some(Fit::Known),
        Field::Phone if name == "address" => Some(Fit::Last),
        Field::Phone if known(NUMBER) => Some(Fit::Likely),
        Field::Phone => (has(LIKELY_PHONE) && !has(NOT_PHONE)).then_some(Fit::Likely),
        Field::FirstName => known(FIRST_NAME).then_some(Fit::Known),
        Field::LastName => known(LAST_NAME).then_some(Fit::Known),
        Field::Email => known(EMAIL).then_some(Fit::Known),
        Field::OptOut if known(OPT_OUT) => Some(Fit::Known),
        Field::OptOut => {
            let is_other = has(NOT_OPT_OUT) || known(OPTED_OUT_AT);
            (has(LIKELY_OPT_OUT) && !is_other).then_some(Fit::Likely)
        }
        Field::OptIn => known(OPT_IN).then_some(Fit::Known),
        Field::OptedOutAt => known(OPTED_OUT_AT).then_some(Fit::Known),
        Field::ExternalId => known("externalid").then_some(Fit::Known),
        Field::Status => None,
        Field::Tags => known("tags").then_some(Fit::Known),
        Field::TimeZone => known(TIME_ZONE).then_some(Fit::Known),
        Field::Language => known("language").then_some(Fit::Known),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_by_their_letters() {
        for name in ["First Name", "FIRST_NAME", "first-name", " Fírst  name: ", "firstName"] {
            assert_eq!(plain(name), "firstname", "{name}");
        }
        assert_eq!(plain("Téléphone portable"), "telephoneportable");
        assert_eq!(plain("Ｐｈｏｎｅ"), "phone");
    }

    #[test]
    fn a_mobile_is_the_best_phone_in_any_spelling() {
        let phone = |name| fit(Field::Phone, &plain(name));
        for name in [
            "Mobile 1",
            "Telefon (mobil)",
            "N° portable",
            "Nº de telemóvel",
            "Tel. mobil",
            "Mobile Phone 2",
        ] {
            assert_eq!(phone(name), Some(Fit::Best), "{name}");
        }
        for name in [
            "Tel 1",
            "Téléphone fixe",
            "Tfno.",
            "Festnetz",
            "Telefon geschäftlich",
            "Telefono fisso",
        ] {
            assert_eq!(phone(name), Some(Fit::Known), "{name}");
        }
    }

    #[test]
    fn fields_share_no_names() {
        let of_people = [ID, MOBILE, PHONE, NUMBER, FIRST_NAME, LAST_NAME, EMAIL];
        let all = of_people.into_iter().chain([OPT_OUT, OPT_IN, OPTED_OUT_AT]);
        let mut names: Vec<&str> = all.flat_map(str::split_whitespace).collect();
        assert!(names.iter().all(|name| plain(name) == *name), "they are plain");
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn longer_names_are_likely_and_notes_on_a_phone_are_not() {
        let phone = |name| fit(Field::Phone, &plain(name));
        for name in ["Customer phone (1)", "Phone (work)", "Phone of the mother"] {
            assert_eq!(phone(name), Some(Fit::Likely), "{name}");
        }
        for name in ["Phone type", "Phone opt-out", "Phone carrier", "Telefax", "Street"] {
            assert_eq!(phone(name), None, "{name}");
        }
        let opt_out = |name| fit(Field::OptOut, &plain(name));
        assert_eq!(opt_out("SMS Opt-Out?"), Some(Fit::Likely));
        assert_eq!(opt_out("Text opted out"), Some(Fit::Likely));
        for name in
            ["Abgemeldet (SMS)", "Unsubscribe all", "Désinscrit SMS", "Widerspruch", "No SMS"]
        {
            assert!(opt_out(name).is_some(), "{name}");
        }
        for name in ["Unsubscribe link", "Unsubscribe date", "Subscribed", "Opt-in"] {
            assert_eq!(opt_out(name), None, "{name}");
        }
        let opt_in = |name| fit(Field::OptIn, &plain(name));
        for name in ["Accepts SMS Marketing", "Opt-in", "Subscribed", "SMS Consent", "Einwilligung"]
        {
            assert_eq!(opt_in(name), Some(Fit::Known), "{name}");
        }
        for name in ["Opt-out", "Consent date", "Email consent", "Subscription plan"] {
            assert_eq!(opt_in(name), None, "{name}");
        }
        for name in ["Email Opt Out", "Opt-out reason", "HasOptedOutOfEmail", "Opt-in"] {
            assert_eq!(opt_out(name), None, "{name}");
        }
    }
}
