//! The keys of every item in the one table.
//!
//! Items that are written once per recipient share no key or index: contacts, chunks and messages
//! are spread over shards, because a partition accepts 1,000 writes per second.

mod counting;
mod inbound;
mod sending;
mod webhooks;

pub(crate) use counting::*;
pub(crate) use inbound::*;
pub(crate) use sending::*;
pub(crate) use webhooks::{
    DELIVERY, RETRY, delivery, read_retry, retry, webhook_health, webhook_partition, webhooks,
};

use chrono::NaiveDate;
use shared::erasure::ErasedHash;
use shared::ids::{
    CampaignId, ContactId, ExportId, ImportId, KeyId, MemberId, MessageId, OrganizationId,
    SegmentId, TemplateId,
};
use shared::job::Due;
use shared::member::{MemberEmail, PersonKey};
use shared::phone::Phone;
use shared::shard::Shards;
use shared::time::Timestamp;
use uuid::Uuid;

use super::dynamo::Key;
use super::halts::HaltScope;

pub(crate) const INDEX: &str = "campaigns-by-status";
/// The number of partitions of due items.
pub(crate) const DUE_PARTITIONS: u16 = 8;

pub(crate) const CONTACT: &str = "CONTACT#";
pub(crate) const UNSUBSCRIBED: &str = "UNSUBSCRIBED#";
pub(crate) const CHUNK: &str = "CHUNK#";
pub(crate) const CHUNK_STATE: &str = "CHUNKSTATE#";
pub(crate) const MESSAGE: &str = "MESSAGE#";
pub(crate) const PARKED: &str = "PARKED#";
pub(crate) const CAMPAIGN: &str = "CAMPAIGN#";
pub(crate) const CHANGE: &str = "CHANGE#";
pub(crate) const KEY: &str = "KEY#";
pub(crate) const MEMBER: &str = "MEMBER#";
pub(crate) const SEGMENT: &str = "SEGMENT#";
pub(crate) const IMPORT: &str = "IMPORT#";
pub(crate) const REJECTED: &str = "REJECTED#";
pub(crate) const EXPORT: &str = "EXPORT#";
pub(crate) const TEMPLATE: &str = "TEMPLATE#";

pub(crate) fn organization_partition(id: OrganizationId) -> String {
    format!("ORG#{id}")
}

pub(crate) fn organization(id: OrganizationId) -> Key {
    Key::new(organization_partition(id), "ORGANIZATION")
}

pub(crate) fn last_send(id: OrganizationId) -> Key {
    Key::new(organization_partition(id), "LASTSEND")
}

/// The list of organizations, written once per organization.
pub(crate) const ORGANIZATIONS: &str = "ORGANIZATIONS";

pub(crate) fn organization_listed(id: OrganizationId) -> Key {
    Key::new(ORGANIZATIONS.to_owned(), id.to_string())
}

/// The owner of a sender's phone or other address.
pub(crate) fn sender(address: &str) -> Key {
    Key::new(format!("SENDER#{address}"), "OWNER")
}

pub(crate) fn halt(scope: HaltScope) -> Key {
    let whose = match scope {
        HaltScope::Deployment => "DEPLOYMENT".to_owned(),
        HaltScope::Organization(id) => id.to_string(),
    };
    Key::new(format!("HALT#{whose}"), "HALT")
}

/// The bucket that grants a sender's turns.
pub(crate) fn pace(sender: &Phone) -> Key {
    Key::new(format!("SENDER#{sender}"), "PACE")
}

pub(crate) fn api_key(id: KeyId) -> Key {
    Key::new(format!("KEY#{id}"), "KEY")
}

pub(crate) fn api_key_listed(organization: OrganizationId, id: KeyId) -> Key {
    Key::new(organization_partition(organization), format!("{KEY}{id}"))
}

/// The version of an organization's members.
pub(crate) fn roster(organization: OrganizationId) -> Key {
    Key::new(organization_partition(organization), "MEMBERS")
}

pub(crate) fn member(organization: OrganizationId, id: MemberId) -> Key {
    Key::new(organization_partition(organization), format!("{MEMBER}{id}"))
}

pub(crate) fn memberships(person: &PersonKey) -> String {
    format!("PERSON#{person}")
}

/// A member by the person who joined.
pub(crate) fn membership(person: &PersonKey, organization: OrganizationId) -> Key {
    Key::new(memberships(person), organization_partition(organization))
}

pub(crate) fn invitations(email: &MemberEmail) -> String {
    format!("INVITED#{}", email.hash())
}

/// An open invitation by its address.
pub(crate) fn invitation(email: &MemberEmail, organization: OrganizationId) -> Key {
    Key::new(invitations(email), organization_partition(organization))
}

pub(crate) fn campaign(organization: OrganizationId, id: CampaignId) -> Key {
    Key::new(organization_partition(organization), format!("{CAMPAIGN}{id}"))
}

pub(crate) fn segment(organization: OrganizationId, id: SegmentId) -> Key {
    Key::new(organization_partition(organization), format!("{SEGMENT}{id}"))
}

pub(crate) fn template(organization: OrganizationId, id: TemplateId) -> Key {
    Key::new(organization_partition(organization), format!("{TEMPLATE}{id}"))
}

/// Versions are kept apart from the organization's other items, even when the template is deleted.
pub(crate) fn template_version(organization: OrganizationId, id: TemplateId, version: u32) -> Key {
    Key::new(format!("ORG#{organization}#TEMPLATE#{id}"), format!("VERSION#{version:06}"))
}

pub(crate) fn campaigns_of_status(organization: OrganizationId, status: &str) -> String {
    format!("ORG#{organization}#STATUS#{status}")
}

pub(crate) fn audience(organization: OrganizationId, shard: u16) -> String {
    format!("ORG#{organization}#AUDIENCE#{shard}")
}

/// The key of a contact, by its phone. Contacts without a phone sort after all phones, because `-`
/// sorts after `+`.
pub(crate) fn contact(
    organization: OrganizationId,
    id: ContactId,
    phone: Option<&Phone>,
    shards: Shards,
) -> Key {
    let place = phone.map_or("-", Phone::as_str);
    let shard = shared::contact::shard(id, phone, shards);
    Key::new(audience(organization, shard), format!("{CONTACT}{place}#{id}"))
}

/// A sort key after every contact of `phone` and before those of the next phone: `$` follows `#`,
/// and both precede the digits.
pub(crate) fn contacts_end(phone: &Phone) -> String {
    format!("{CONTACT}{phone}$")
}

/// The phone and the id in a contact's sort key, or in that of its tombstone.
pub(crate) fn read_contact(sk: &str) -> Option<(Option<Phone>, ContactId)> {
    let (place, id) = sk.strip_prefix(CONTACT)?.split_once('#')?;
    Some((Phone::from_e164(place).ok(), id.parse().ok()?))
}

/// The phone in the key of a contact.
pub(crate) fn phone_of(contact: &Key) -> Option<Phone> {
    read_contact(&contact.sk).and_then(|(phone, _)| phone)
}

/// Finds a contact's key by its id. The organization is part of the key, so another organization's
/// contact can't be found.
pub(crate) fn contact_pointer(organization: OrganizationId, id: ContactId) -> Key {
    Key::new(format!("{CONTACT}{id}"), organization_partition(organization))
}

/// Finds a contact by its ID in the organization's other systems.
pub(crate) fn external_id(organization: OrganizationId, external_id: &str) -> Key {
    Key::new(format!("EXTERNAL#{organization}#{external_id}"), "CONTACT")
}

pub(crate) fn unsubscribe(organization: OrganizationId, phone: &Phone, shards: Shards) -> Key {
    Key::new(audience(organization, phone.shard(shards)), unsubscribe_sort_key(phone))
}

pub(crate) fn unsubscribe_sort_key(phone: &Phone) -> String {
    format!("{UNSUBSCRIBED}{phone}")
}

pub(crate) const ERASED: &str = "ERASED#";

/// The record of an organization's deletion.
pub(crate) fn deletion(id: OrganizationId) -> Key {
    Key::new(organization_partition(id), "DELETION")
}

/// The opt-outs of a deleted organization.
pub(crate) fn refusals(deleted: OrganizationId, shard: u16) -> String {
    format!("REFUSED#{deleted}#{shard}")
}

pub(crate) fn refusal(deleted: OrganizationId, shard: u16, hash: &ErasedHash) -> Key {
    Key::new(refusals(deleted, shard), format!("{ERASED}{hash}"))
}

/// What is left of an erased person's entry in the register. It sorts right before the register.
pub(crate) fn erased(organization: OrganizationId, shard: u16, hash: &ErasedHash) -> Key {
    Key::new(audience(organization, shard), format!("{ERASED}{hash}"))
}

const ERASURE: &str = "ERASURE#";

/// The record of an erasure.
pub(crate) fn erasure(organization: OrganizationId, hash: &ErasedHash) -> Key {
    Key::new(organization_partition(organization), format!("{ERASURE}{hash}"))
}

pub(crate) fn read_erasure(sk: &str) -> Option<ErasedHash> {
    sk.strip_prefix(ERASURE).and_then(ErasedHash::parse)
}

pub(crate) const REPORT: &str = "REPORT#";

/// The reports of an organization's campaigns, apart from its other items.
pub(crate) fn reports(organization: OrganizationId) -> String {
    format!("ORG#{organization}#REPORTS")
}

/// The report of a campaign, by the time at which the campaign was sent.
pub(crate) fn report(organization: OrganizationId, sent_at: Timestamp, id: CampaignId) -> Key {
    Key::new(reports(organization), format!("{REPORT}{sent_at}#{id}"))
}

pub(crate) fn test_messages(campaign: CampaignId) -> String {
    format!("{CAMPAIGN}{campaign}#TEST")
}

pub(crate) fn test_message(campaign: CampaignId, id: MessageId) -> Key {
    Key::new(test_messages(campaign), format!("{MESSAGE}{id}"))
}

/// The number of tests that an organization sent on the day that begins at `day`.
pub(crate) fn test_messages_counted(organization: OrganizationId, day: Timestamp) -> Key {
    Key::new(format!("TESTS#{organization}"), day.to_string())
}

/// The requests that a caller made in the minute that begins at `window`.
pub(crate) fn requests(caller: &str, window: Timestamp) -> Key {
    Key::new(format!("REQUESTS#{caller}"), window.to_string())
}

/// The changes of a month.
pub(crate) fn audit(organization: OrganizationId, month: NaiveDate) -> String {
    format!("ORG#{organization}#AUDIT#{}", month.format("%Y-%m"))
}

/// A change by its time, and by a name in case there are two.
pub(crate) fn change(
    organization: OrganizationId,
    month: NaiveDate,
    at: Timestamp,
    name: &str,
) -> Key {
    Key::new(audit(organization, month), format!("{CHANGE}{at}#{name}"))
}

pub(crate) fn import(organization: OrganizationId, id: ImportId) -> Key {
    Key::new(organization_partition(organization), format!("{IMPORT}{id}"))
}

pub(crate) fn export(organization: OrganizationId, id: ExportId) -> Key {
    Key::new(organization_partition(organization), format!("{EXPORT}{id}"))
}

/// Held by the one export of an organization that has not ended.
pub(crate) fn exporting(organization: OrganizationId) -> Key {
    Key::new(organization_partition(organization), "EXPORTING")
}

/// The newest reconciliation of an organization.
pub(crate) fn reconciliation(organization: OrganizationId) -> Key {
    Key::new(organization_partition(organization), "RECONCILIATION")
}

/// The uploads of an organization that are not started yet.
pub(crate) fn open_uploads(organization: OrganizationId) -> Key {
    Key::new(organization_partition(organization), "UPLOADS")
}

/// From which the ids of contacts are derived that imports and batches create.
pub(crate) fn match_key(organization: OrganizationId) -> Key {
    Key::new(organization_partition(organization), "MATCHKEY")
}

/// What belongs to one import and is not listed with it.
pub(crate) fn import_partition(id: ImportId) -> String {
    format!("{IMPORT}{id}")
}

/// The rejected rows of a batch, in the order of the file.
pub(crate) fn rejected(import: ImportId, first_row: u64) -> Key {
    Key::new(import_partition(import), format!("{REJECTED}{first_row:012}"))
}

pub(crate) fn due(due: &Due) -> Key {
    let spread = Uuid::new_v5(&Uuid::nil(), due.job.name().as_bytes()).as_u128();
    let partition = u16::try_from(spread % u128::from(DUE_PARTITIONS)).unwrap_or_default();
    Key::new(due_partition(partition), format!("{}#{}", due.at, due.job.name()))
}

pub(crate) fn due_partition(partition: u16) -> String {
    format!("DUE#{partition}")
}

pub(crate) fn idempotency(fingerprint: &str) -> Key {
    Key::new(format!("IDEMPOTENCY#{fingerprint}"), "ANSWER")
}

/// A request that is repeated rather than replayed from a record.
pub(crate) fn noted_request(fingerprint: &str) -> Key {
    Key::new(format!("IDEMPOTENCY#{fingerprint}"), "REQUEST")
}

#[cfg(test)]
mod tests;
