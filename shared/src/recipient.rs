//! Recipients: the people whom a campaign texts.

use crate::ids::ContactId;
use crate::phone::Phone;

/// A contact chosen for a campaign, with the phone that is texted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Recipient {
    /// The form to dial.
    pub phone: Phone,
    /// The contact that the phone was taken from. Unknown for a test message, whose phone may not
    /// be a contact's, and in chunks of the first format, which kept only phones.
    pub contact: Option<ContactId>,
}

impl Recipient {
    #[must_use]
    pub fn new(phone: Phone, contact: ContactId) -> Self {
        Self { phone, contact: Some(contact) }
    }

    /// The recipient behind a phone whose contact is unknown.
    #[must_use]
    pub fn of_phone(phone: Phone) -> Self {
        Self { phone, contact: None }
    }
}
