//! Interprets the responses of `SendTextMessage`.

use std::error::Error;

use aws_sdk_pinpointsmsvoicev2::config::http::HttpResponse;
use aws_sdk_pinpointsmsvoicev2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_pinpointsmsvoicev2::operation::send_text_message::{
    SendTextMessageError, SendTextMessageOutput,
};
use aws_sdk_pinpointsmsvoicev2::types::error::ValidationException;
use aws_sdk_pinpointsmsvoicev2::types::{
    ConflictExceptionReason, ServiceQuotaExceededExceptionReason, ValidationExceptionReason,
};
use shared::message::FailureReason;

use crate::gateway::{Halt, Handover, Refusal};

pub(super) type Answer =
    Result<SendTextMessageOutput, SdkError<SendTextMessageError, HttpResponse>>;

pub(super) fn understand(answer: Answer) -> Handover {
    match answer {
        Ok(output) => match output.message_id {
            Some(id) if !id.is_empty() => Handover::Accepted(id),
            _ => Handover::Ambiguous,
        },
        // Nothing was sent.
        Err(SdkError::ConstructionFailure(_)) => Handover::Unreachable,
        Err(SdkError::DispatchFailure(failure))
            if failure.as_connector_error().is_some_and(|error| never_connected(error)) =>
        {
            Handover::Unreachable
        }
        Err(SdkError::ServiceError(error)) => {
            let is_client_error = error.raw().status().is_client_error();
            refusal(error.err(), is_client_error)
        }
        Err(_) => Handover::Ambiguous,
    }
}

/// Whether no connection was established. After any other error, the request may have been
/// processed.
fn never_connected(error: &(dyn Error + 'static)) -> bool {
    let mut source = Some(error);
    while let Some(error) = source {
        if error
            .downcast_ref::<hyper_util::client::legacy::Error>()
            .is_some_and(hyper_util::client::legacy::Error::is_connect)
        {
            return true;
        }
        source = error.source();
    }
    false
}

fn refusal(error: &SendTextMessageError, is_client_error: bool) -> Handover {
    use SendTextMessageError as E;
    match error {
        E::ThrottlingException(_) => Handover::Throttled { retry_after: None },
        E::AccessDeniedException(_) => Handover::Halted(Halt::Account),
        // The origination identity or the configuration set.
        E::ResourceNotFoundException(_) => Handover::Halted(Halt::Sender),
        E::ServiceQuotaExceededException(exceeded) => match &exceeded.reason {
            // A pool sends texts, media or RCS, each with its own limit.
            Some(reason) if reason.as_str().starts_with("MONTHLY_SPEND_LIMIT_REACHED_FOR_") => {
                Handover::Halted(Halt::SpendLimit)
            }
            reason => refused(
                FailureReason::ProviderError,
                reason.as_ref().map(ServiceQuotaExceededExceptionReason::as_str),
                error,
            ),
        },
        E::ConflictException(conflict) => {
            let reason = conflict.reason.as_ref();
            if reason.is_some_and(is_of_sender) {
                return Handover::Halted(Halt::Sender);
            }
            refused(conflict_reason(reason), reason.map(ConflictExceptionReason::as_str), error)
        }
        E::ValidationException(invalid) if is_of_settings(invalid) => {
            Handover::Halted(Halt::Sender)
        }
        E::ValidationException(invalid) => refused(
            validation_reason(invalid),
            invalid.reason.as_ref().map(ValidationExceptionReason::as_str),
            error,
        ),
        E::InternalServerException(_) => Handover::Ambiguous,
        other => by_code(other, is_client_error),
    }
}

/// Errors that all AWS services share, which no operation lists.
fn by_code(error: &SendTextMessageError, is_client_error: bool) -> Handover {
    match error.code() {
        Some(
            "UnrecognizedClientException"
            | "InvalidSignatureException"
            | "ExpiredTokenException"
            | "MissingAuthenticationTokenException"
            | "IncompleteSignatureException"
            | "InvalidClientTokenId"
            | "NotAuthorized"
            | "OptInRequired",
        ) => Handover::Halted(Halt::Account),
        Some(
            "Throttling"
            | "ThrottledException"
            | "RequestThrottledException"
            | "TooManyRequestsException"
            | "RequestLimitExceeded",
        ) => Handover::Throttled { retry_after: None },
        // The service timed out waiting for the rest of the request. It may have processed it or
        // not.
        Some("RequestTimeout" | "RequestTimeoutException") => Handover::Ambiguous,
        Some(_) if is_client_error => refused(FailureReason::ProviderError, None, error),
        _ => Handover::Ambiguous,
    }
}

fn refused(reason: FailureReason, code: Option<&str>, error: &SendTextMessageError) -> Handover {
    let code = code.or(error.code()).map(str::to_owned);
    Handover::Refused(Refusal { reason, code })
}

/// Whether the service would refuse every message of the sender.
fn is_of_sender(reason: &ConflictExceptionReason) -> bool {
    use ConflictExceptionReason as R;
    matches!(
        reason,
        R::MessageTypeMismatch
            | R::NumberCapabilitiesMismatch
            | R::RegistrationNotComplete
            | R::ResourceNotActive
    )
}

/// Whether the request is invalid because of the sender's settings, so that every other message
/// would be invalid, too.
fn is_of_settings(invalid: &ValidationException) -> bool {
    use ValidationExceptionReason as R;
    let of_settings = [
        "ConfigurationSetName",
        "MaxPrice",
        "MessageType",
        "OriginationIdentity",
        "ProtectConfigurationId",
        "TimeToLive",
    ];
    let reason = invalid.reason.as_ref();
    reason.is_some_and(|reason| matches!(reason, R::ChannelNotEnabled | R::ResourceNotAccessible))
        || invalid.fields().iter().any(|field| of_settings.contains(&field.name.as_str()))
}

fn conflict_reason(reason: Option<&ConflictExceptionReason>) -> FailureReason {
    use ConflictExceptionReason as R;
    match reason {
        Some(R::DestinationPhoneNumberOptedOut) => FailureReason::Unsubscribed,
        Some(
            R::DestinationCountryBlockedByProtectConfiguration
            | R::DestinationPhoneNumberBlockedByProtectNumberOverride,
        ) => FailureReason::Filtered,
        _ => FailureReason::ProviderError,
    }
}

/// The destination is a well-formed phone number, so the service doesn't know such a number.
fn validation_reason(invalid: &ValidationException) -> FailureReason {
    let of_destination =
        invalid.fields().iter().any(|field| field.name == "DestinationPhoneNumber");
    if of_destination { FailureReason::InvalidNumber } else { FailureReason::ProviderError }
}
