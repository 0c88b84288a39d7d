//! Longer names of mobile phones' columns.

use super::consists;

/// What says that a phone is a mobile one, as a part of a name.
const MOBILE: &str = "mobile mobil movil cellul cellphone celular handynummer handynr telemovel \
    telefoncell telefonoportatile numeroportatile portablephone telephoneportable numeroportable";
/// What says that such a name is a number's, rather than about the device or its contract.
const NUMBER: &str = "phone telefon nummer number numero telno telnr rufnummer";

/// Parts of the names of columns about a device, its contract, or something else that has numbers.
const OTHER: &str = "model brand device provider operator network version contract imei account \
    serial invoice order license policy inmobil inmovil";

/// Names of mobile phones that may be parts of other names. They count only in names that are made of
/// known parts.
const WORDS: &str = "mobile mobil mobiles movil moviles celular cellulare cellular cellphone cell \
    handy natel portable portatile gsm telemovel mobilfunk mobiltelefon handynummer \
    mobilnummer mobilenumber mobilephone";
const FILLERS: &str = "phone telephone telefon telefono telefone tel telf tlf number numbers nummer \
    numero num nr no n main primary preferred personal private home work business office other \
    secondary alternate alternative customer contact client user person lead member parent parents mother \
    father guardian recipient emergency my \
    privat geschaftlich dienstlich arbeit firma haupt kunde kunden kontakt mutter vater eltern \
    prive privee perso personnel pro professionnel principal secondaire travail maison mere pere \
    de del du des di do da la le el il the of for particular trabajo casa principale principali \
    privato personale lavoro ufficio cliente contacto contatto contato pessoal trabalho \
    madre padre mae pai";

/// Whether a name that is not known as a whole is that of a mobile phone.
pub(super) fn is_mobile(name: &str) -> bool {
    let has = |parts: &str| parts.split_whitespace().any(|part| name.contains(part));
    (has(MOBILE) && has(NUMBER) && !has(OTHER)) || consists(name, WORDS, &[FILLERS])
}

#[cfg(test)]
mod tests {
    use super::super::{Field, Fit, fit, plain};

    #[test]
    fn a_longer_name_of_a_mobile_phone_is_better_than_a_phone() {
        for name in [
            "Numéro de téléphone mobile",
            "Nº de móvil (personal)",
            "Numero di telefono cellulare",
            "Handynummer (privat)",
            "Customer Mobile Number",
            "Mobile Phone (Home)",
            "Mobile phone of the guardian",
            "Parent's cell",
            "Cell (work)",
            "Work Cell Phone",
            "Portable perso",
            "N° de portable (pro)",
            "Celular del cliente",
            "Telefone celular pessoal",
            "Handy Mutter",
            "Handy (geschäftlich) 2",
        ] {
            let found = fit(Field::Phone, &plain(name));
            assert!(found.is_some_and(|fit| fit < Fit::Known), "{name}: {found:?}");
        }
    }

    #[test]
    fn what_is_about_a_mobile_phone_is_none() {
        for name in [
            "Mobile phone model",
            "Mobile number verified",
            "Mobile carrier",
            "Mobile phone opt-out",
            "Cancelled",
            "Excellent",
            "Handyman license number",
            "Mobile account number",
            "Teléfono inmobiliaria",
            "Customer phone",
            "Contact",
            "Number",
            "Home phone",
        ] {
            let found = fit(Field::Phone, &plain(name));
            assert!(found.is_none_or(|fit| fit >= Fit::Known), "{name}: {found:?}");
        }
    }
}
