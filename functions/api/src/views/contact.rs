use std::collections::BTreeMap;

use serde::Serialize;
use shared::contact::{Contact, Profile};
use shared::phone::Phone;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Time;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Contact)]
pub(crate) struct ContactView {
    id: Uuid,
    organization_id: Uuid,
    #[schema(value_type = Option<String>, required = true, example = "+14155550123")]
    phone: Option<Phone>,
    #[schema(required = true)]
    first_name: Option<String>,
    #[schema(required = true)]
    last_name: Option<String>,
    #[schema(required = true)]
    email: Option<String>,
    attributes: BTreeMap<String, String>,
    created_at: Time,
    updated_at: Time,
}

impl From<Contact> for ContactView {
    fn from(contact: Contact) -> Self {
        let Profile { phone, first_name, last_name, email, attributes } = contact.profile;
        Self {
            id: contact.id.0,
            organization_id: contact.organization_id.0,
            phone,
            first_name,
            last_name,
            email,
            attributes,
            created_at: contact.created_at.into(),
            updated_at: contact.updated_at.into(),
        }
    }
}
