//! The problem codes that an operation may respond with, by status.
//!
//! Codes that follow from what a request has (a body, a query, an ID) are derived. A handler names the others
//! in the descriptions of its responses, between backticks.

use strum::VariantArray;
use utoipa::openapi::RefOr;
use utoipa::openapi::example::{Example, ExampleBuilder};
use utoipa::openapi::path::{Operation, ParameterIn};

use super::names;
use crate::problem::{Code, Problem};

/// What decides which common refusals an operation has.
#[expect(clippy::struct_excessive_bools, reason = "each is a separate fact of a request")]
pub(super) struct Asked {
    pub(super) has_body: bool,
    pub(super) has_query: bool,
    pub(super) is_list: bool,
    pub(super) is_post: bool,
    pub(super) has_phone: bool,
}

impl Asked {
    pub(super) fn of(path: &str, method: &str, operation: &Operation) -> Self {
        let parameters = operation.parameters.iter().flatten();
        let named = |name: &str| {
            parameters.clone().any(|one| matches!(one, RefOr::T(one) if one.name == name))
        };
        Self {
            // A POST without a body also accepts an empty object.
            has_body: operation.request_body.is_some() || method == "POST",
            has_query: parameters
                .clone()
                .any(|one| matches!(one, RefOr::T(one) if one.parameter_in == ParameterIn::Query)),
            is_list: named("cursor"),
            is_post: method == "POST",
            has_phone: path.contains("{phone}"),
        }
    }

    /// The codes of one status that need no mention by a handler.
    fn common(&self, status: u16) -> Vec<Code> {
        let codes = match status {
            400 => vec![
                (Code::MalformedJson, self.has_body),
                (Code::NotUtf8, self.has_body),
                (Code::DuplicateName, self.has_body),
                (Code::InvalidQuery, self.has_query),
                (Code::InvalidCursor, self.is_list),
                (Code::InvalidIdempotencyKey, self.is_post),
            ],
            401 => vec![(Code::Unauthorized, true)],
            403 => vec![(Code::Forbidden, true)],
            404 => vec![(Code::NotFound, true)],
            405 => vec![(Code::MethodNotAllowed, true)],
            409 => vec![(Code::IdempotencyInProgress, self.is_post)],
            413 => vec![(Code::BodyTooLarge, true)],
            415 => {
                vec![(Code::UnsupportedMediaType, true), (Code::UnsupportedContentEncoding, true)]
            }
            422 => vec![
                (Code::ValidationFailed, self.has_body),
                (Code::InvalidPhone, self.has_phone),
                (Code::IdempotencyKeyReused, self.is_post),
            ],
            429 => vec![(Code::RateLimited, true)],
            500 => vec![(Code::InternalError, true)],
            503 => vec![(Code::TryAgain, true), (Code::Throttled, true)],
            _ => Vec::new(),
        };
        codes.into_iter().filter_map(|(code, applies)| applies.then_some(code)).collect()
    }

    /// All codes of one status, given the response's description.
    pub(super) fn codes(&self, status: u16, description: &str) -> Vec<Code> {
        let named = names(description).filter_map(|name| find(name, status));
        let mut codes: Vec<Code> = self.common(status).into_iter().chain(named).collect();
        codes.sort_unstable_by_key(|code| code.as_str());
        codes.dedup();
        codes
    }
}

fn find(name: &str, status: u16) -> Option<Code> {
    let is_it = |code: &&Code| code.as_str() == name && code.status().as_u16() == status;
    Code::VARIANTS.iter().find(is_it).copied()
}

/// The name of a code's example. A code may exist at two statuses.
pub(super) fn example_name(code: Code) -> String {
    format!("{}_{}", code.as_str(), code.status().as_u16())
}

/// A problem with this code. The detail is what the handlers' descriptions say about it.
pub(super) fn example(code: Code, detail: &str) -> RefOr<Example> {
    let problem = match code {
        Code::ValidationFailed => Problem::field("/name", "must be at most 200 characters"),
        _ => Problem::new(code, detail),
    };
    RefOr::T(ExampleBuilder::new().value(Some(problem.to_json())).build())
}
