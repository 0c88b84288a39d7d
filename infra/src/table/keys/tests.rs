use super::*;

#[test]
fn contacts_of_a_phone_sort_between_its_bounds() {
    let organization = OrganizationId(Uuid::nil());
    let id = ContactId(Uuid::max());
    let place = |phone: Option<&Phone>| super::contact(organization, id, phone, 1.into()).sk;
    let short = Phone::from_e164("+1415355").expect("valid");
    let long = Phone::from_e164("+14153550").expect("valid");
    assert!(place(Some(&short)) < contacts_end(&short));
    assert!(contacts_end(&short) < place(Some(&long)));
    assert!(contacts_end(&long) < place(None));
    assert_eq!(read_contact(&place(Some(&long))), Some((Some(long), id)));
    assert_eq!(read_contact(&place(None)), Some((None, id)));
    assert_eq!(read_contact("CONTACT#-#7"), None);
}
