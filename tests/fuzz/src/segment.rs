//! Filters of segments.

use serde_json::Value;
use shared::contact::{Attribute, Contact, Profile};
use shared::ids::{ContactId, OrganizationId};
use shared::phone::Phone;
use shared::segment::{Filter, Moment, Node};
use shared::time::Timestamp;
use uuid::Uuid;

/// A contact matches a filter or its complement, never both, and a filter stays itself when it is
/// stored.
pub(crate) fn check(input: &[u8]) {
    let Ok(written) = serde_json::from_slice::<Value>(input) else { return };
    let Ok(filter) = Filter::parse(&written) else { return };
    assert_eq!(Filter::parse(&filter.to_json()).as_ref(), Ok(&filter));
    let complement = Node::None(vec![filter.clone()]);
    let expanded = |filter: &Filter| filter.expanded(&|_| None).ok();
    let (Some(filter), Some(complement)) = (expanded(&filter), expanded(&complement)) else {
        return;
    };
    let at = Moment { now: Timestamp::EPOCH, zone: "America/New_York".parse().expect("a zone") };
    for contact in [contact(Profile::default()), contact(ana())] {
        assert_ne!(filter.matches(&contact, &at), complement.matches(&contact, &at));
    }
}

fn contact(profile: Profile) -> Contact {
    Contact {
        id: ContactId(Uuid::nil()),
        organization_id: OrganizationId(Uuid::nil()),
        profile,
        imported: None,
        created_at: Timestamp::EPOCH,
        updated_at: Timestamp::EPOCH,
    }
}

fn ana() -> Profile {
    let attributes = [("City", "Austin"), ("Points", "0950"), ("Renewal", "2026-12-01")];
    let attributes = attributes.map(|(name, value)| (name.to_owned(), Attribute::from(value)));
    Profile {
        phone: Phone::from_e164("+14155550123").ok(),
        first_name: Some("Ana".to_owned()),
        tags: ["vip", "spring"].map(str::to_owned).into(),
        attributes: attributes.into(),
        ..Profile::default()
    }
}
