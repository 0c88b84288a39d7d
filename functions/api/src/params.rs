//! What a request's address says: path segments and the query.

use std::error::Error;
use std::str::FromStr;

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use serde::de::DeserializeOwned;
use shared::ids::{CampaignId, ContactId, ImportId, KeyId, MemberId, MessageId, OrganizationId};
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
    ContactId = "contactId",
    ImportId = "importId",
    CampaignId = "campaignId",
    MessageId = "messageId",
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
