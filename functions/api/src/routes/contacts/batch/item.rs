//! One item of a batch.

use infra::clock;
use infra::table::{ContactSaved, Fingerprint};
use serde_json::Value;
use shared::contact::{Contact, Profile};
use shared::ids::{ContactId, OrganizationId};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::time::Timestamp;

use super::{ContactDraft, Match, OnMatch, Outcome, ResultView};
use crate::json;
use crate::problem::{Code, Problem};
use crate::routes::contacts::external_id_taken;
use crate::state::Volley;

/// The number of attempts for one item. Items of other requests may match the same contact.
const MAX_RACES: usize = 5;

pub(super) struct Batch<'a> {
    pub(super) app: &'a Volley,
    pub(super) organization: &'a Organization,
    /// The request's, if it has an idempotency key.
    pub(super) fingerprint: Option<&'a Fingerprint>,
    pub(super) r#match: Match,
    pub(super) naming: Naming,
    pub(super) on_match: OnMatch,
    pub(super) ends_at: Timestamp,
}

/// What the IDs of new contacts are derived from, with the organization's key.
pub(super) enum Naming {
    ExternalId([u8; 32]),
    Phone([u8; 32]),
    /// The request's idempotency key, if it has one.
    Request,
}

impl Naming {
    pub(super) async fn of(
        r#match: Match,
        app: &Volley,
        organization: OrganizationId,
    ) -> Result<Self, Problem> {
        Ok(match r#match {
            Match::ExternalId => Self::ExternalId(app.table.match_key(organization).await?),
            Match::Phone => Self::Phone(app.table.match_key(organization).await?),
            Match::None | Match::Id => Self::Request,
        })
    }
}

/// An item as it was read.
struct Item {
    place: usize,
    id: Option<ContactId>,
    draft: ContactDraft,
}

impl Batch<'_> {
    /// What an item's contact is found by, if it says that.
    pub(super) fn name(&self, item: &Value) -> Option<String> {
        let text = |field: &str| item.get(field)?.as_str().map(str::trim);
        match self.r#match {
            Match::None => None,
            Match::Id => text("id").map(|id| format!("id {}", id.to_ascii_lowercase())),
            Match::ExternalId => text("externalId").map(|id| format!("external {id}")),
            Match::Phone => {
                let phone = Phone::parse(text("phone")?, self.organization.default_region).ok()?;
                Some(format!("phone {}", phone.line().as_phone()))
            }
        }
    }

    pub(super) async fn run(&self, group: Vec<(usize, Value)>) -> Vec<(usize, ResultView)> {
        let mut results = Vec::with_capacity(group.len());
        for (place, item) in group {
            let result = match self.applied(place, item).await {
                Ok((outcome, id)) => ResultView::done(outcome, id),
                Err(problem) => ResultView::refused(&problem),
            };
            results.push((place, result));
        }
        results
    }

    async fn applied(&self, place: usize, item: Value) -> Result<(Outcome, ContactId), Problem> {
        let item = self.read(place, item)?;
        for _ in 0..MAX_RACES {
            let now = clock::now();
            if now >= self.ends_at {
                let detail = "the request took too long; send this item again";
                return Err(Problem::new(Code::TryAgain, detail));
            }
            let done = match self.find(&item).await? {
                Some(before) => self.update(&item, before, now).await?,
                None => self.create(&item, now).await?,
            };
            if let Some(done) = done {
                return Ok(done);
            }
        }
        Err(Problem::raced())
    }

    fn read(&self, place: usize, mut item: Value) -> Result<Item, Problem> {
        let mut id = None;
        if self.r#match == Match::Id
            && let Some(written) = item.as_object_mut().and_then(|object| object.remove("id"))
        {
            let parsed = written.as_str().and_then(|written| written.parse().ok());
            id = Some(parsed.ok_or_else(|| Problem::field("/id", "must be a contact's ID"))?);
        }
        Ok(Item { place, id, draft: json::read(item)? })
    }

    async fn find(&self, item: &Item) -> Result<Option<Contact>, Problem> {
        let table = &self.app.table;
        let required = |field: &str| Problem::field(field, "is required to find the contact");
        match self.r#match {
            Match::None => Ok(None),
            Match::Id => {
                let id = item.id.ok_or_else(|| required("/id"))?;
                let found = table.contact(self.organization, id).await?;
                found.map(Some).ok_or_else(Problem::not_found)
            }
            Match::ExternalId => {
                let id = item.draft.external_id().ok_or_else(|| required("/externalId"))?;
                match table.contact_of_external_id(self.organization, id).await? {
                    Some(id) => Ok(table.contact(self.organization, id).await?),
                    None => Ok(None),
                }
            }
            Match::Phone => {
                let profile = item.draft.clone().checked(self.organization, None)?;
                let phone = profile.phone.ok_or_else(|| required("/phone"))?;
                let line = phone.line();
                // Two are enough to know that the phone is ambiguous.
                let mut found = table.contacts_of_line(self.organization, &line, 2).await?;
                match (found.pop(), found.is_empty()) {
                    (Some(contact), true) => Ok(Some(contact)),
                    (None, _) => Ok(None),
                    (Some(_), false) => {
                        let detail = "several contacts have this phone; match by ID instead";
                        Err(Problem::new(Code::AmbiguousPhone, detail))
                    }
                }
            }
        }
    }

    async fn update(
        &self,
        item: &Item,
        before: Contact,
        now: Timestamp,
    ) -> Result<Option<(Outcome, ContactId)>, Problem> {
        let id = before.id;
        match self.on_match {
            OnMatch::Skip => return Ok(Some((Outcome::Skipped, id))),
            OnMatch::Update => {}
        }
        let profile = item.draft.clone().checked(self.organization, Some(&before.profile))?;
        if profile == before.profile {
            return Ok(Some((Outcome::Unchanged, id)));
        }
        let updated_at = now.or_after(before.updated_at);
        let after = Contact { profile, updated_at, ..before.clone() };
        match self.app.table.save_contact(self.organization, &before, &after).await? {
            ContactSaved::Done => Ok(Some((Outcome::Updated, id))),
            ContactSaved::ExternalIdTaken => Err(external_id_taken()),
            ContactSaved::Stale | ContactSaved::Answered => Ok(None),
        }
    }

    async fn create(
        &self,
        item: &Item,
        now: Timestamp,
    ) -> Result<Option<(Outcome, ContactId)>, Problem> {
        let profile = item.draft.clone().checked(self.organization, None)?;
        let mut id = self.new_id(item, &profile, now);
        if self.has_changed(id, item, &profile).await? {
            id = ContactId::new(now, clock::entropy());
        }
        let contact = Contact {
            id,
            organization_id: self.organization.id,
            profile,
            imported: None,
            created_at: now,
            updated_at: now,
        };
        match self.app.table.create_contact(self.organization, &contact, None).await? {
            ContactSaved::Done => Ok(Some((Outcome::Created, id))),
            // The request is repeated.
            ContactSaved::Stale | ContactSaved::Answered | ContactSaved::ExternalIdTaken
                if self.r#match == Match::None && self.exists(id).await? =>
            {
                Ok(Some((Outcome::Created, id)))
            }
            ContactSaved::ExternalIdTaken if self.r#match != Match::ExternalId => {
                Err(external_id_taken())
            }
            ContactSaved::Stale | ContactSaved::Answered | ContactSaved::ExternalIdTaken => {
                Ok(None)
            }
        }
    }

    async fn exists(&self, id: ContactId) -> Result<bool, Problem> {
        Ok(self.app.table.contact(self.organization, id).await?.is_some())
    }

    /// Whether the contact that an ID was derived for has another phone or external ID by now.
    async fn has_changed(
        &self,
        id: ContactId,
        item: &Item,
        profile: &Profile,
    ) -> Result<bool, Problem> {
        if !matches!(self.r#match, Match::ExternalId | Match::Phone) || item.id.is_some() {
            return Ok(false);
        }
        let found = self.app.table.contact(self.organization, id).await?;
        Ok(found.is_some_and(|found| match self.r#match {
            Match::ExternalId => found.profile.external_id != profile.external_id,
            Match::Phone => found.profile.phone != profile.phone,
            Match::None | Match::Id => false,
        }))
    }

    /// The ID of an item's new contact. Where something identifies the contact, the ID is derived from
    /// it, so that the same item of two requests creates one contact.
    fn new_id(&self, item: &Item, profile: &Profile, now: Timestamp) -> ContactId {
        let identified = match self.naming {
            Naming::ExternalId(key) => {
                profile.external_id.as_ref().map(|id| ContactId::of_external_id(&key, id))
            }
            Naming::Phone(key) => {
                profile.phone.as_ref().map(|phone| ContactId::of_line(&key, &phone.line()))
            }
            Naming::Request => None,
        };
        let of_request = || self.fingerprint.map(|fingerprint| fingerprint.contact(item.place));
        identified.or_else(of_request).unwrap_or_else(|| ContactId::new(now, clock::entropy()))
    }
}
