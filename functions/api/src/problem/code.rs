//! The codes of problem documents. Each code has one status, so a handler only names the code, and
//! the API's document lists the codes from here.

use std::borrow::Cow;
use std::fmt::Write as _;

use http::StatusCode;
use strum::{IntoStaticStr, VariantArray};
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Code {
    MalformedJson,
    /// The JSON body is not UTF-8.
    NotUtf8,
    DuplicateName,
    InvalidQuery,
    InvalidCursor,
    InvalidIdempotencyKey,
    Unauthorized,
    Forbidden,
    DeploymentOnly,
    SenderNotAssigned,
    RateAboveLimit,
    OptedOutByPerson,
    NotFound,
    MethodNotAllowed,
    CampaignNotDraft,
    CampaignNotScheduled,
    CampaignNotRunning,
    CampaignNotPaused,
    CampaignNotEnded,
    CampaignNotSent,
    CampaignNotDispatched,
    CampaignIsResend,
    ResendPreparing,
    ResendExpired,
    ResendOpen,
    TooManyResends,
    SenderTaken,
    UnsubscribeChanged,
    OptOutListNotOffered,
    ErasureUnavailable,
    MemberExists,
    TooManyMembers,
    LastAdmin,
    ExternalIdTaken,
    AmbiguousPhone,
    SegmentInUse,
    PreviewSuperseded,
    UploadMissing,
    ImportNotUploading,
    ImportEnded,
    ImportNotEnded,
    NothingToUndo,
    ImportsRunning,
    InboundNotFlagged,
    InboundSuppressed,
    AlreadyReplied,
    AddressLeft,
    WebhooksOff,
    TooManyWebhooks,
    WebhookDisabled,
    DeliveryPending,
    NotHalted,
    IdempotencyInProgress,
    BodyTooLarge,
    UnsupportedMediaType,
    UnsupportedContentEncoding,
    ValidationFailed,
    CampaignBodyRequired,
    TargetMissing,
    ScheduledAtPast,
    ScheduledAtTooFar,
    InvalidPhone,
    /// The imported file lost characters because it is not UTF-8.
    #[strum(serialize = "not_utf8")]
    FileNotUtf8,
    NotCsv,
    UnknownEncoding,
    UnclearEncoding,
    InvalidCsvHeader,
    InvalidColumns,
    PricesRequired,
    PeriodTooLong,
    DryRunUnavailable,
    RecipientOptedOut,
    IdempotencyKeyReused,
    RateLimited,
    TestLimitReached,
    QuoteInProgress,
    TooManyUploads,
    ExportInProgress,
    InternalError,
    TryAgain,
    Throttled,
}

impl Code {
    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }

    #[expect(clippy::too_many_lines, reason = "a table with a line for each code")]
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::MalformedJson
            | Self::NotUtf8
            | Self::DuplicateName
            | Self::InvalidQuery
            | Self::InvalidCursor
            | Self::InvalidIdempotencyKey => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden
            | Self::DeploymentOnly
            | Self::SenderNotAssigned
            | Self::RateAboveLimit
            | Self::OptedOutByPerson => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::CampaignNotDraft
            | Self::CampaignNotScheduled
            | Self::CampaignNotRunning
            | Self::CampaignNotPaused
            | Self::CampaignNotEnded
            | Self::CampaignNotSent
            | Self::CampaignNotDispatched
            | Self::CampaignIsResend
            | Self::ResendPreparing
            | Self::ResendExpired
            | Self::ResendOpen
            | Self::TooManyResends
            | Self::SenderTaken
            | Self::UnsubscribeChanged
            | Self::OptOutListNotOffered
            | Self::ErasureUnavailable
            | Self::MemberExists
            | Self::TooManyMembers
            | Self::LastAdmin
            | Self::ExternalIdTaken
            | Self::AmbiguousPhone
            | Self::SegmentInUse
            | Self::PreviewSuperseded
            | Self::UploadMissing
            | Self::ImportNotUploading
            | Self::ImportEnded
            | Self::ImportNotEnded
            | Self::NothingToUndo
            | Self::ImportsRunning
            | Self::InboundNotFlagged
            | Self::InboundSuppressed
            | Self::AlreadyReplied
            | Self::AddressLeft
            | Self::WebhooksOff
            | Self::TooManyWebhooks
            | Self::WebhookDisabled
            | Self::DeliveryPending
            | Self::NotHalted
            | Self::IdempotencyInProgress => StatusCode::CONFLICT,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType | Self::UnsupportedContentEncoding => {
                StatusCode::UNSUPPORTED_MEDIA_TYPE
            }
            Self::ValidationFailed
            | Self::CampaignBodyRequired
            | Self::TargetMissing
            | Self::ScheduledAtPast
            | Self::ScheduledAtTooFar
            | Self::InvalidPhone
            | Self::FileNotUtf8
            | Self::NotCsv
            | Self::UnknownEncoding
            | Self::UnclearEncoding
            | Self::InvalidCsvHeader
            | Self::InvalidColumns
            | Self::PricesRequired
            | Self::PeriodTooLong
            | Self::DryRunUnavailable
            | Self::RecipientOptedOut
            | Self::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::RateLimited
            | Self::TestLimitReached
            | Self::QuoteInProgress
            | Self::TooManyUploads
            | Self::ExportInProgress => StatusCode::TOO_MANY_REQUESTS,
            Self::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::TryAgain | Self::Throttled => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl PartialSchema for Code {
    /// Plain text and not an enumeration, so that a new code does not break generated clients.
    fn schema() -> RefOr<Schema> {
        let mut description =
            "A stable code for programs. More codes may be added. By status:\n".to_owned();
        for codes in Self::VARIANTS.chunk_by(|one, next| one.status() == next.status()) {
            let names: Vec<String> =
                codes.iter().map(|code| format!("`{}`", code.as_str())).collect();
            let status = codes[0].status().as_u16();
            write!(description, "\n- {status}: {}", names.join(", ")).unwrap_or_default();
        }
        let object: Object = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(description))
            .examples([Self::ValidationFailed.as_str()])
            .build();
        object.into()
    }
}

impl ToSchema for Code {
    fn name() -> Cow<'static, str> {
        "ProblemCode".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_at_their_status_and_listed_by_it() {
        let mut listed: Vec<(u16, &str)> =
            Code::VARIANTS.iter().map(|code| (code.status().as_u16(), code.as_str())).collect();
        assert!(listed.is_sorted_by_key(|(status, _)| *status), "codes are declared by status");
        listed.sort_unstable();
        let count = listed.len();
        listed.dedup();
        assert_eq!(listed.len(), count);
    }
}
