//! Recipients: the people that a campaign texts.

use crate::body::Merge;
use crate::ids::ContactId;
use crate::phone::Phone;

/// A contact chosen for a campaign, with the phone that will be texted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Recipient {
    /// The form to dial.
    pub phone: Phone,
    /// The contact that has the phone. Unknown for a test message, whose phone may belong to no
    /// contact, and in chunks of the first format, which only have phones.
    pub contact: Option<ContactId>,
    /// What its text is rendered from; `None` if the body is plain.
    pub merge: Option<Box<Merge>>,
}

impl Recipient {
    #[must_use]
    pub fn new(phone: Phone, contact: ContactId) -> Self {
        Self { phone, contact: Some(contact), merge: None }
    }

    /// A recipient with an unknown contact.
    #[must_use]
    pub fn of_phone(phone: Phone) -> Self {
        Self { phone, contact: None, merge: None }
    }
}
