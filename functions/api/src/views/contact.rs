use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use shared::contact::{Attribute, Contact, Profile, Status};
use shared::phone::Phone;
use shared::zone::Zone;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{AttributesSchema, Time, labels};

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
    #[schema(required = true)]
    external_id: Option<String>,
    #[schema(value_type = labels::ContactStatus)]
    status: Status,
    #[schema(value_type = Vec<String>)]
    tags: BTreeSet<String>,
    #[schema(value_type = Option<String>, required = true, example = "America/New_York")]
    time_zone: Option<Zone>,
    #[schema(required = true)]
    language: Option<String>,
    #[schema(value_type = AttributesSchema)]
    attributes: BTreeMap<String, Attribute>,
    /// The import that created the contact.
    #[schema(required = true)]
    import_id: Option<Uuid>,
    created_at: Time,
    updated_at: Time,
}

impl From<Contact> for ContactView {
    fn from(contact: Contact) -> Self {
        let Profile {
            phone,
            first_name,
            last_name,
            email,
            external_id,
            status,
            tags,
            time_zone,
            language,
            attributes,
        } = contact.profile;
        Self {
            id: contact.id.0,
            organization_id: contact.organization_id.0,
            phone,
            first_name,
            last_name,
            email,
            external_id,
            status,
            tags,
            time_zone,
            language,
            attributes,
            import_id: contact.imported.as_ref().map(|imported| imported.by.0),
            created_at: contact.created_at.into(),
            updated_at: contact.updated_at.into(),
        }
    }
}
