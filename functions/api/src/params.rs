//! What a request's address says: path segments and the query.

use std::error::Error;
use std::str::FromStr;

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, RawPathParams};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::request::Parts;
use serde::de::DeserializeOwned;
use shared::ids::{
    CampaignId, ContactId, EventId, ExportId, ImportId, InboundId, KeyId, MemberId, MessageId,
    OrganizationId, SegmentId, TemplateId, WebhookId,
};
use shared::organization::Organization;
use shared::phone::Phone;

use crate::problem::{Code, Problem};

/// A path parameter, found by its type's name in the route. One that does not parse cannot exist, so
/// the response is 404.
pub(crate) struct Segment<T>(pub(crate) T);

pub(crate) trait Named: FromStr {
    const NAME: &'static str;
}

macro_rules! named {
    ($($type:ty = $name:literal),+ $(,)?) => {
        $(impl Named for $type {
            const NAME: &'static str = $name;
        })+
    };
}

named! {
    OrganizationId = "organizationId",
    KeyId = "keyId",
    MemberId = "memberId",
    ContactRef = "contactId",
    SegmentId = "segmentId",
    TemplateId = "templateId",
    ImportId = "importId",
    ExportId = "exportId",
    WebhookId = "webhookId",
    EventId = "deliveryId",
    CampaignId = "campaignId",
    MessageId = "messageId",
    InboundId = "inboundId",
    WrittenPhone = "phone",
}

impl<S: Send + Sync, T: Named> FromRequestParts<S> for Segment<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::not_found())?;
        let written = params.iter().find(|(name, _)| *name == T::NAME);
        written.and_then(|(_, value)| value.parse().ok()).map(Self).ok_or_else(Problem::not_found)
    }
}

/// A contact as the path names it: by its ID, as `ext:` and its external ID, or as `extb:` and that in
/// base64url, because slashes in a path are decoded before it is routed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ContactRef {
    Id(ContactId),
    External(String),
}

/// The path names no contact.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoContact;

impl FromStr for ContactRef {
    type Err = NoContact;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(written) = text.strip_prefix("ext:") {
            return Ok(Self::External(written.to_owned()));
        }
        if let Some(written) = text.strip_prefix("extb:") {
            let bytes = BASE64_URL_SAFE_NO_PAD.decode(written.trim_end_matches('='));
            let decoded = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
            return decoded.map(Self::External).ok_or(NoContact);
        }
        text.parse().map(Self::Id).map_err(|_| NoContact)
    }
}

/// A phone as written in the path. It is parsed once the organization's region is known.
pub(crate) struct WrittenPhone(String);

impl FromStr for WrittenPhone {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl WrittenPhone {
    /// A number in E.164 is only checked for its form, because the register may contain numbers that
    /// no numbering plan lists. Other forms are parsed as in a body.
    pub(crate) fn read(&self, organization: &Organization) -> Result<Phone, Problem> {
        Phone::from_e164(&self.0)
            .map(|phone| phone.current())
            .or_else(|_| Phone::parse(&self.0, organization.default_region))
            .map_err(|error| Problem::new(Code::InvalidPhone, error.to_string()))
    }
}

/// The query. Unknown parameters are rejected.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|axum::extract::Query(query)| Self(query))
            .map_err(|rejection| Problem::new(Code::InvalidQuery, query_error(&rejection)))
    }
}

/// Says what is wrong with a query.
pub(crate) fn query_error(rejection: &QueryRejection) -> String {
    let reason = rejection.source().map_or_else(|| rejection.body_text(), ToString::to_string);
    format!("the query is invalid: {reason}")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_contact_is_named_by_either_id() {
        let id = Uuid::from_u128(7);
        assert_eq!(id.to_string().parse(), Ok(ContactRef::Id(ContactId(id))));
        assert_eq!("ext:a:b".parse(), Ok(ContactRef::External("a:b".to_owned())));
        for written in ["extb:YS9iKw", "extb:YS9iKw=="] {
            assert_eq!(written.parse(), Ok(ContactRef::External("a/b+".to_owned())));
        }
        for written in ["", "7", "extb:!", "extb:_w"] {
            assert_eq!(written.parse::<ContactRef>(), Err(NoContact), "{written}");
        }
    }
}
