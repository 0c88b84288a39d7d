//! Reads opt-out lists of the deployment's account.
//!
//! Numbers and pools have a list each, and more than one may have the same. When a person sends STOP to a
//! number whose opt-outs AWS manages, AWS puts them on its list and sends them nothing anymore.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_pinpointsmsvoicev2::Client;
use aws_sdk_pinpointsmsvoicev2::config::http::HttpResponse;
use aws_sdk_pinpointsmsvoicev2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_pinpointsmsvoicev2::operation::describe_opted_out_numbers::DescribeOptedOutNumbersError;
use aws_sdk_pinpointsmsvoicev2::types::OptedOutNumberInformation;
use shared::phone::Phone;
use shared::reconciliation::{ListName, ListedOptOut};
use shared::time::Timestamp;

use super::client;
use crate::gateway::opt_outs::{OptOutListError, OptOutPage};
use crate::usage::Usage;

/// Source: the operation's maximum.
const ENTRIES_AT_ONCE: i32 = 100;

pub(in crate::gateway) struct OptOutLists {
    client: Client,
    usage: Usage,
}

impl OptOutLists {
    #[must_use]
    pub(in crate::gateway) fn new(config: &SdkConfig, timeout: Duration, usage: Usage) -> Self {
        Self { client: client(config, timeout), usage }
    }

    pub(in crate::gateway) async fn page(
        &self,
        list: &ListName,
        after: Option<&str>,
    ) -> Result<OptOutPage, OptOutListError> {
        let answer = self
            .client
            .describe_opted_out_numbers()
            .opt_out_list_name(list.as_str())
            .max_results(ENTRIES_AT_ONCE)
            .set_next_token(after.map(str::to_owned))
            .send()
            .await;
        self.usage.call("sms-voice.DescribeOptedOutNumbers");
        let output = answer.map_err(|error| understand(error, after.is_some()))?;
        Ok(OptOutPage {
            entries: output.opted_out_numbers().iter().map(entry).collect(),
            next: output.next_token.filter(|token| !token.is_empty()),
        })
    }
}

/// An entry whose number is a phone. Its number may lack the plus.
fn entry(information: &OptedOutNumberInformation) -> Option<ListedOptOut> {
    let number = information.opted_out_number().trim_start_matches('+');
    let millis = information.opted_out_timestamp().to_millis().ok();
    Some(ListedOptOut {
        phone: Phone::from_e164(&format!("+{number}")).ok()?,
        at: millis.and_then(Timestamp::from_millis)?,
        by_person: information.end_user_opted_out(),
    })
}

fn understand(
    error: SdkError<DescribeOptedOutNumbersError, HttpResponse>,
    is_continued: bool,
) -> OptOutListError {
    use DescribeOptedOutNumbersError as E;
    match error.as_service_error() {
        Some(E::AccessDeniedException(_)) => OptOutListError::NotAllowed,
        Some(E::ResourceNotFoundException(_)) => OptOutListError::NotFound,
        Some(E::ThrottlingException(_)) => OptOutListError::Throttled,
        // Nothing else of a later page's request differs from the first one's.
        Some(E::ValidationException(_)) if is_continued => OptOutListError::NotContinued,
        Some(service) => match service.code() {
            // Errors that all AWS services share.
            Some(
                "UnrecognizedClientException"
                | "InvalidClientTokenId"
                | "NotAuthorized"
                | "OptInRequired",
            ) => OptOutListError::NotAllowed,
            Some("Throttling" | "ThrottledException" | "TooManyRequestsException") => {
                OptOutListError::Throttled
            }
            _ => OptOutListError::Request(Box::new(error)),
        },
        None => OptOutListError::Request(Box::new(error)),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_pinpointsmsvoicev2::primitives::DateTime;

    use super::*;

    #[test]
    fn entries_are_read_with_the_providers_time() {
        let of = |number: &str, by_person| {
            let information = OptedOutNumberInformation::builder()
                .opted_out_number(number)
                .opted_out_timestamp(DateTime::from_secs_f64(1_777_000_000.5))
                .end_user_opted_out(by_person);
            entry(&information.build().expect("complete"))
        };
        let at = Timestamp::from_millis(1_777_000_000_500).expect("a time");
        let phone = Phone::from_e164("+14155550123").expect("a phone");
        for number in ["+14155550123", "14155550123"] {
            let expected = ListedOptOut { phone: phone.clone(), at, by_person: true };
            assert_eq!(of(number, true), Some(expected), "{number}");
        }
        assert!(of("+14155550123", false).is_some_and(|entry| !entry.by_person));
        assert_eq!(of("12345", true), None, "a short code");
    }
}
