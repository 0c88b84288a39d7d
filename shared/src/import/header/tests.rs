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
