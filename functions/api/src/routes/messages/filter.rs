//! The filters of the list of messages.

use serde::{Deserialize, Serialize};
use shared::ids::CampaignId;
use shared::message::{FailureReason, Kind, Message, Status};
use shared::organization::Organization;
use shared::phone::Phone;
use shared::time::Timestamp;
use utoipa::IntoParams;

use crate::params::{ContactRef, WrittenPhone};
use crate::problem::{Code, Problem};
use crate::routes::contacts;
use crate::state::Volley;
use crate::views::{Time, labels};

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MessageQuery {
    /// The maximum number of items. A page of a filtered list may be shorter, or even empty, without
    /// being the last.
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub(super) limit: Option<u32>,
    /// The `nextCursor` of the previous page.
    pub(super) cursor: Option<String>,
    /// `test` lists the campaign's test messages instead of the campaign's own.
    #[param(value_type = Option<labels::MessageKind>)]
    pub(super) kind: Option<Kind>,
    /// Only messages with this status.
    #[param(value_type = Option<labels::MessageStatus>)]
    status: Option<Status>,
    /// Only messages that failed for this reason.
    #[param(value_type = Option<labels::ErrorReason>)]
    reason: Option<FailureReason>,
    /// Only messages that failed with this code of the provider.
    code: Option<String>,
    /// Only messages to phones of this country, as an ISO 3166-1 alpha-2 code.
    #[param(example = "US")]
    country: Option<String>,
    /// Only messages whose `updatedAt` is this time or later.
    #[param(value_type = Option<Time>)]
    updated_since: Option<Timestamp>,
    /// Only messages whose `updatedAt` is before this time.
    #[param(value_type = Option<Time>)]
    updated_before: Option<Timestamp>,
    /// Only the message to this phone, which is found without reading the others.
    pub(super) phone: Option<String>,
    /// Only the message to the phone that this contact has now: the contact's ID, or `ext:` and its
    /// external ID.
    pub(super) contact: Option<String>,
}

/// The filters that every message is compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct MessageFilter {
    status: Option<Status>,
    reason: Option<FailureReason>,
    code: Option<String>,
    country: Option<String>,
    updated_since: Option<Timestamp>,
    updated_before: Option<Timestamp>,
}

impl MessageQuery {
    pub(super) fn filter(&self) -> MessageFilter {
        MessageFilter {
            status: self.status,
            reason: self.reason,
            code: self.code.clone(),
            country: self.country.as_deref().map(str::to_uppercase),
            updated_since: self.updated_since,
            updated_before: self.updated_before,
        }
    }

    /// The list's name among all lists: a cursor of other filters is another list's.
    pub(super) fn scope(&self, organization: &Organization, campaign: CampaignId) -> String {
        let kind = self.kind.unwrap_or(Kind::Campaign);
        let filters = (kind, self.filter(), &self.phone, &self.contact);
        let filters = serde_json::to_string(&filters).unwrap_or_default();
        format!("{}/campaigns/{campaign}/messages?{filters}", organization.id)
    }
}

impl MessageFilter {
    /// Whether every message matches.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn matches(&self, message: &Message) -> bool {
        let failure = message.failure();
        let country = || message.region().map(String::from);
        self.status.is_none_or(|status| status == message.status())
            && self.reason.is_none_or(|reason| failure.is_some_and(|(own, _)| own == reason))
            && (self.code.is_none() || failure.and_then(|(_, own)| own) == self.code.as_deref())
            && (self.country.is_none() || country() == self.country)
            && self.updated_since.is_none_or(|since| message.updated_at() >= since)
            && self.updated_before.is_none_or(|before| message.updated_at() < before)
    }
}

/// Whom a list of messages is about, if it is about one phone.
pub(super) async fn phone_of(
    app: &Volley,
    organization: &Organization,
    (phone, contact): (Option<&str>, Option<&str>),
) -> Result<Option<Wanted>, Problem> {
    match (phone, contact) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => {
            let detail = "phone and contact exclude each other; use one of them";
            Err(Problem::new(Code::InvalidQuery, detail))
        }
        (Some(written), None) => Ok(Some(Wanted::Phone(read_phone(organization, written)?))),
        (None, Some(named)) => {
            let named: ContactRef = named.parse().map_err(|_| Problem::not_found())?;
            let contact = contacts::find(app, organization, named).await?;
            Ok(Some(contact.profile.phone.map_or(Wanted::Nothing, Wanted::Phone)))
        }
    }
}

/// A phone as a query names it.
pub(crate) fn read_phone(organization: &Organization, written: &str) -> Result<Phone, Problem> {
    let Ok(written) = with_plus(written).parse::<WrittenPhone>();
    written.read(organization).map_err(|_| {
        let detail = "phone is not a phone number; write it in E.164, such as +14155550123";
        Problem::new(Code::InvalidQuery, detail)
    })
}

/// In a query, an unencoded `+` is a space.
fn with_plus(written: &str) -> String {
    match written.strip_prefix(' ') {
        Some(digits) => format!("+{digits}"),
        None => written.to_owned(),
    }
}

/// The phone that a list is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Phone(Phone),
    /// A contact without a phone.
    Nothing,
}

#[cfg(test)]
mod tests {
    use shared::ids::{CampaignId, MessageId, OrganizationId};
    use shared::message::Outcome;
    use uuid::Uuid;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(second * 1_000).expect("in range")
    }

    #[test]
    fn a_message_matches_every_filter() {
        let (organization, campaign) = (OrganizationId(Uuid::nil()), CampaignId(Uuid::nil()));
        let to = Phone::from_e164("+14155550123").expect("valid");
        let pending = Message::pending(organization, campaign, MessageId(Uuid::nil()), to, at(10));
        let (reason, code) = (FailureReason::Filtered, Some("30007".to_owned()));
        let outcome = Some(Outcome::Failed { reason, code, at: at(20) });
        let failed = Message { outcome, ..pending.clone() };
        let all = MessageFilter::default();
        let code = |code: &str| MessageFilter { code: Some(code.to_owned()), ..all.clone() };
        let country = |name: &str| MessageFilter { country: Some(name.to_owned()), ..all.clone() };
        let reason = |reason| MessageFilter { reason: Some(reason), ..all.clone() };
        for (filter, is_pending, is_failed) in [
            (all.clone(), true, true),
            (MessageFilter { status: Some(Status::Failed), ..all.clone() }, false, true),
            (reason(FailureReason::Filtered), false, true),
            (reason(FailureReason::Expired), false, false),
            (code("30007"), false, true),
            (code("30003"), false, false),
            (country("US"), true, true),
            (country("DE"), false, false),
            (MessageFilter { updated_since: Some(at(20)), ..all.clone() }, false, true),
            (MessageFilter { updated_before: Some(at(20)), ..all.clone() }, true, false),
            (MessageFilter { status: Some(Status::Failed), ..country("DE") }, false, false),
        ] {
            let matches = (filter.matches(&pending), filter.matches(&failed));
            assert_eq!(matches, (is_pending, is_failed), "{filter:?}");
        }
        assert!(all.is_empty() && !code("30007").is_empty());
    }

    #[test]
    fn a_phone_may_have_lost_its_plus() {
        for (written, expected) in [(" 1415", "+1415"), ("+1415", "+1415"), ("0171", "0171")] {
            assert_eq!(with_plus(written), expected);
        }
    }
}
