//! The names of the columns of a contact's fields.

use std::collections::HashMap;

use strum::VariantArray;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

mod consent;
mod mobile;

pub(super) use consent::EFFECTIVE_DATE;

#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
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
    /// A longer name that is surely a mobile phone's: "Customer mobile number (1)".
    Mobile,
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
/// Amazon Pinpoint has it in `Demographic.Timezone`.
const TIME_ZONE: &str = "timezone demographictimezone";

/// Names that mean a phone only if no other column does.
const NUMBER: &str = "number nummer numero num";
/// Parts of names that are not known as a whole.
const LIKELY_PHONE: &str = "phone mobile mobil telefon handynummer celular cellulare movil";
/// Parts of the names of columns about a phone, and of names that contain one of the parts above.
const NOT_PHONE: &str = "type typ label carrier country code verified valid status consent opt fax \
    ext date time source mail newsletter subscribed automobil automovil immobil";
impl Fit {
    /// Whether the name is known as a whole.
    pub(super) const fn is_certain(self) -> bool {
        matches!(self, Self::Best | Self::Known)
    }
}

/// A name in normalized form: without case, accents, spaces and punctuation.
pub(super) fn plain(name: &str) -> String {
    name.nfkd()
        .filter(|c| c.is_alphanumeric() && !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether a name is made of parts in these lists, at least one of them a `wanted` one. A longer
/// name is a sentence, of which too little would be understood.
fn consists(name: &str, wanted: &str, fillers: &[&str]) -> bool {
    const MAX_LENGTH: usize = 64;
    if name.is_empty() || name.len() > MAX_LENGTH {
        return false;
    }
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
    // Whether the name up to each byte is made of such parts, without and with a wanted one.
    let mut reached = vec![(false, false); name.len() + 1];
    reached[0].0 = true;
    for place in 0..name.len() {
        let (without, with) = reached[place];
        if !without && !with {
            continue;
        }
        let rest = &name[place..];
        for word in wanted.split_whitespace().filter(|word| rest.starts_with(word)) {
            reached[place + word.len()].1 = true;
        }
        let fillers = fillers.iter().flat_map(|words| words.split_whitespace());
        for word in fillers.filter(|word| rest.starts_with(word)) {
            let after = &mut reached[place + word.len()];
            *after = (after.0 || without, after.1 || with);
        }
    }
    reached[name.len()].1
}

/// How well a column's name fits each field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fits([Option<Fit>; Field::VARIANTS.len()]);

impl Fits {
    fn of(name: &str) -> Self {
        let name = plain(name);
        Self(std::array::from_fn(|field| fit(Field::VARIANTS[field], &name)))
    }

    pub(super) const fn field(&self, field: Field) -> Option<Fit> {
        self.0[field as usize]
    }
}

/// The names that were judged, since that takes longer than to read the row of a name.
#[derive(Debug, Default)]
pub(super) struct JudgedNames(HashMap<String, Fits>);

impl JudgedNames {
    /// Objects of one file have few different names.
    const MAX_KEPT: usize = 1_000;

    pub(super) fn fits(&mut self, name: &str) -> Fits {
        if let Some(known) = self.0.get(name) {
            return *known;
        }
        if self.0.len() >= Self::MAX_KEPT {
            self.0.clear();
        }
        let fits = Fits::of(name);
        self.0.insert(name.to_owned(), fits);
        fits
    }
}

/// How well a column's name, as normalized by `plain`, fits a field.
fn fit(field: Field, name: &str) -> Option<Fit> {
    let known = |names: &str| names.split_whitespace().any(|known| known == name);
    // "Mobile 1" is one of several columns with the same name.
    let unnumbered = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let known_numbered = |names: &str| names.split_whitespace().any(|known| known == unnumbered);
    let has = |parts: &str| parts.split_whitespace().any(|part| name.contains(part));
    match field {
        Field::Id => known(ID).then_some(Fit::Known),
        Field::Phone if known(MOBILE) || known_numbered(MOBILE) => Some(Fit::Best),
        Field::Phone if known(PHONE) || known_numbered(PHONE) => Some(Fit::Known),
        Field::Phone if consent::is_any(name) => None,
        Field::Phone if mobile::is_mobile(name) && !has(NOT_PHONE) => Some(Fit::Mobile),
        Field::Phone if name == "address" => Some(Fit::Last),
        Field::Phone if known(NUMBER) => Some(Fit::Likely),
        Field::Phone => (has(LIKELY_PHONE) && !has(NOT_PHONE)).then_some(Fit::Likely),
        Field::FirstName => known(FIRST_NAME).then_some(Fit::Known),
        Field::LastName => known(LAST_NAME).then_some(Fit::Known),
        Field::Email => known(EMAIL).then_some(Fit::Known),
        Field::OptOut if consent::is_opt_out(name) => Some(Fit::Known),
        Field::OptOut => consent::is_likely_opt_out(name).then_some(Fit::Likely),
        Field::OptIn => consent::is_opt_in(name).then_some(Fit::Known),
        Field::OptedOutAt => consent::is_opted_out_at(name).then_some(Fit::Known),
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
        let all =
            of_people.into_iter().chain([consent::OPT_OUT, consent::OPT_IN, consent::OPTED_OUT_AT]);
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
        assert_eq!(opt_out("SMS Opt-Out?"), Some(Fit::Known));
        assert_eq!(opt_out("Opted out of our texts"), Some(Fit::Likely));
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
