//! Recipients: the people that a campaign texts.

use crate::body::{Merge, TextHash};
use crate::ids::{ContactId, MessageId};
use crate::phone::Phone;
use crate::template::Fields;

/// A contact chosen for a campaign, with the phone that will be texted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Recipient {
    pub to: Addressee,
    /// The contact that has the phone. Unknown for a test message, whose phone may belong to no
    /// contact, in chunks of the first format, which only have phones, and once it was erased.
    pub contact: Option<ContactId>,
    /// What its text is rendered from; `None` if the body is plain.
    pub merge: Option<Box<Merge>>,
}

/// Whom a recipient's message is to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Addressee {
    /// The form to dial.
    Phone(Phone),
    /// The person was erased. The message's id can't be derived any more, so it is kept: their place in
    /// the chunk and their message stay, and no one is texted.
    Erased(MessageId),
}

impl Recipient {
    #[must_use]
    pub fn new(phone: Phone, contact: ContactId) -> Self {
        Self { contact: Some(contact), ..Self::of_phone(phone) }
    }

    /// A recipient with an unknown contact.
    #[must_use]
    pub fn of_phone(phone: Phone) -> Self {
        Self { to: Addressee::Phone(phone), contact: None, merge: None }
    }

    /// A recipient whose person was erased.
    #[must_use]
    pub fn of_erased(message: MessageId) -> Self {
        Self { to: Addressee::Erased(message), contact: None, merge: None }
    }

    /// The phone to text, unless the person was erased.
    #[must_use]
    pub fn phone(&self) -> Option<&Phone> {
        match &self.to {
            Addressee::Phone(phone) => Some(phone),
            Addressee::Erased(_) => None,
        }
    }

    /// The recipient without anything that says who it is. `message` is the id of its message. Its
    /// parts stay, because turns and slices were computed from them.
    #[must_use]
    pub fn erased(&self, message: MessageId) -> Self {
        let merge = self.merge.as_ref().map(|merge| Merge {
            fields: Fields::default(),
            parts: merge.parts,
            hash: TextHash([0; 8]),
            text: None,
        });
        Self { merge: merge.map(Box::new), ..Self::of_erased(message) }
    }
}
