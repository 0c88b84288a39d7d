use super::*;

fn read(names: &[&str], columns: &Columns) -> Result<Header, InvalidHeader> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    Header::read(&names, columns, Region::default())
}

fn header(names: &[&str]) -> Header {
    read(names, &Columns::default()).expect("a header")
}

#[test]
fn mobile_phones_come_first() {
    assert_eq!(header(&["Phone", "Mobile", "Home phone"]).phones, [1, 0, 2]);
    assert_eq!(header(&["Telefon", "Handy"]).phones, [1, 0]);
    assert_eq!(header(&["Customer phone", "Phone"]).phones, [1], "a likely name is not needed");
    assert_eq!(header(&["Customer phone", "Phone type"]).phones, [0]);
}

#[test]
fn a_longer_name_of_a_mobile_phone_comes_before_a_phone() {
    for names in [
        ["Téléphone", "Numéro de téléphone mobile"],
        ["Teléfono", "Nº de móvil (personal)"],
        ["Telefono", "Numero di telefono cellulare"],
        ["Telefon", "Handynummer (privat)"],
        ["Phone", "Customer Mobile Number"],
        ["Phone", "Mobile Phone (Home)"],
    ] {
        let header = header(&names);
        assert_eq!((header.phones, header.is_certain), (vec![1, 0], true), "{names:?}");
    }
    assert_eq!(header(&["Mobile Phone (Home)", "Phone", "Mobile"]).phones, [2, 0, 1]);
}

#[test]
fn what_was_added_to_an_export_is_read_as_in_any_file() {
    let export = crate::export::CONTACT_COLUMNS;
    let with = |added: &[&str]| header(&[&export[..], added].concat());
    let end = export.len();
    let exported = with(&["attributes.OptOut", "attributes.SMS consent", "organizationId"]);
    assert!(exported.own.is_some() && !exported.has_opt_outs(), "attributes are no opt-outs");
    assert_eq!(exported.attributes, [end, end + 1]);
    let added = with(&["OptOut", "SMS consent", "City", "Opt-out date"]);
    assert_eq!((added.opt_outs.as_slice(), added.opt_ins.as_slice()), (&[end][..], &[end + 1][..]));
    assert_eq!(added.opted_out_at, Some(end + 3));
    assert_eq!(added.attributes, [end + 1, end + 2], "as in any file");
    assert_eq!(with(&["Mobile"]).phones, [1, end], "the contact's phone comes first");
}

#[test]
fn many_columns_can_be_left_out() {
    let many: Vec<String> = (0..300).map(|place| format!("c{place}")).collect();
    let names: Vec<&str> = ["phone"].into_iter().chain(many.iter().map(String::as_str)).collect();
    let with = |attributes: &str| {
        let attributes = Some(attributes.to_owned());
        read(&names, &Columns { attributes, ..Columns::default() }).map(|it| it.attributes.len())
    };
    assert_eq!((with("none"), with("c1,c250")), (Ok(0), Ok(2)));
    assert_eq!(with(&many.join(",")), Err(InvalidHeader::TooManyUsed(301)));
    let error = read(&names, &Columns::default()).expect_err("too many").to_string();
    for part in ["301 columns, more than 200", "?attributes=none", "such as c199, c200"] {
        assert!(error.contains(part), "{error}");
    }
    let wide = vec!["x"; MAX_WIDTH + 1];
    let none = Columns { attributes: Some("none".to_owned()), ..Columns::default() };
    assert_eq!(read(&wide, &none), Err(InvalidHeader::TooWide(MAX_WIDTH + 1)));
}

#[test]
fn an_address_is_a_phone_where_there_is_no_other() {
    assert_eq!(header(&["name", "Address"]).phones, [1]);
    assert_eq!(header(&["address", "phone"]).phones, [1]);
    assert_eq!(header(&["Address", "Customer phone"]).phones, [1]);
    assert_eq!(header(&["Address", "Número"]).phones, [1]);
    assert_eq!(header(&["ChannelType", "Address", "Phone"]).phones, [1], "Amazon Pinpoint's");
}

#[test]
fn columns_can_be_named() {
    let columns = Columns { phone: Some("mobile-no".to_owned()), ..Columns::default() };
    let named = read(&["Phone", "Mobile No"], &columns).expect("a header");
    assert_eq!((named.phones, named.attributes), (vec![1], vec![0]));
    assert!(matches!(read(&["other"], &columns), Err(InvalidHeader::NoColumn(..))));
    let none = Columns { id: Some(String::new()), ..Columns::default() };
    let header = read(&["Id", "Address"], &none).expect("a header");
    assert_eq!((header.id, header.attributes), (None, vec![0]));
}

#[test]
fn attributes_can_be_chosen() {
    let read_with = |attributes: &str| {
        let columns = Columns { attributes: Some(attributes.to_owned()), ..Columns::default() };
        read(&["phone", "City", "Straße", "city"], &columns).map(|header| header.attributes)
    };
    assert_eq!(read_with("none"), Ok(Vec::new()));
    assert_eq!(read_with("city"), Ok(vec![3]));
    assert_eq!(
        read_with("City, STRASSE"),
        Err(
            InvalidHeader::NoColumn(" STRASSE".to_owned(), "phone, City, Straße, city".to_owned(),)
        )
    );
    assert_eq!(read_with("City,straße"), Ok(vec![1, 2]));
}

#[test]
fn a_bad_header_says_why() {
    let refused = |names: &[&str]| read(names, &Columns::default()).expect_err("refused");
    assert!(matches!(refused(&["name", "city"]), InvalidHeader::NoPhone(_)));
    assert_eq!(refused(&["+14155550123", "Ana"]), InvalidHeader::NoHeader);
    // Lines that end with U+2028 would all be columns.
    let line_separator = refused(&["phone", "name\u{2028}+14155550123", "Ana"]);
    assert_eq!(line_separator, InvalidHeader::Unreadable(2));
    let long = "x".repeat(MAX_NAME + 1);
    assert_eq!(refused(&["phone", &long]), InvalidHeader::NameTooLong(2));
    assert_eq!(refused(&["phone", "Stra\u{FFFD}e"]), InvalidHeader::Unreadable(2));
    assert_eq!(refused(&["phone", "city", "city"]), InvalidHeader::Twice("city".to_owned()));
    let many: Vec<String> = (0..=MAX_COLUMNS).map(|place| format!("c{place}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let surplus = format!("c{MAX_COLUMNS}");
    assert_eq!(refused(&many), InvalidHeader::TooMany(MAX_COLUMNS + 1, surplus));
}

#[test]
fn columns_without_use_may_have_any_name() {
    let columns = Columns { attributes: Some("none".to_owned()), ..Columns::default() };
    let long = "x".repeat(MAX_NAME + 1);
    let names = ["phone", "city", "city", "Stra\u{FFFD}e", &long, "", ""];
    assert!(read(&names, &columns).is_ok());
}
