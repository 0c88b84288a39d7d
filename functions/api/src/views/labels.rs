//! The labels of the domain's enums, for the API's document.
//!
//! They are read from the enums themselves, so a new variant appears in the document without a list
//! to extend here.

use serde::Serialize;
use strum::{VariantArray, VariantNames};
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::campaign::shown_dispatch;

macro_rules! labels {
    ($($name:ident: $labels:expr;)+) => {
        $(pub(crate) struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let object: Object = ObjectBuilder::new()
                    .schema_type(Type::String)
                    .enum_values(Some::<Vec<String>>($labels))
                    .build();
                object.into()
            }
        }

        impl ToSchema for $name {})+
    };
}

labels! {
    ActorKind: names::<shared::actor::Actor>();
    Role: labels_of(shared::access::Role::VARIANTS);
    ContactStatus: labels_of(shared::contact::Status::VARIANTS);
    CampaignStatus: labels_of(shared::campaign::Status::VARIANTS);
    CampaignReason: labels_of(shared::campaign::Reason::VARIANTS);
    BodyFormat: labels_of(shared::body::Format::VARIANTS);
    SkipReason: labels_of(shared::audience::SkipReason::VARIANTS);
    SkipDetail: labels_of(shared::template::Detail::VARIANTS);
    Dispatch: labels_of(shared::campaign::Dispatch::VARIANTS.iter().map(|d| shown_dispatch(*d)));
    Encoding: labels_of(shared::parts::Encoding::VARIANTS);
    MessageKind: labels_of(shared::message::Kind::VARIANTS);
    MessageStatus: labels_of(shared::message::Status::VARIANTS);
    ErrorReason: labels_of(shared::message::FailureReason::VARIANTS);
    Keyword: labels_of(shared::keyword::Keyword::VARIANTS);
    Verdict: labels_of(shared::inbound::Verdict::VARIANTS);
    Interval: labels_of(shared::report::Interval::VARIANTS);
    UnsubscribeSource: labels_of(shared::unsubscribe::Source::VARIANTS);
    EventType: labels_of(shared::event::EventType::VARIANTS);
    WebhookDisabledReason: labels_of(shared::webhook::DisabledReason::VARIANTS);
    DeliveryStatus: labels_of(shared::webhook::DeliveryStatus::VARIANTS);
    DeliveryError: labels_of(shared::webhook::Failure::VARIANTS);
    ExportKind: labels_of(shared::export::Kind::VARIANTS);
    ExportFormat: labels_of(shared::export::Format::VARIANTS);
    ErasureStatus: labels_of(shared::erasure::Status::VARIANTS);
    ProviderKind: labels_of(shared::sender::ProviderKind::VARIANTS.iter().map(|kind| kind.as_str()));
    ReconciliationStatus: labels_of(shared::reconciliation::Status::VARIANTS);
    ExportStatus: labels_of(shared::export::Status::VARIANTS);
    ImportStatus: labels_of(shared::import::Status::VARIANTS);
    ImportFormat: labels_of(shared::import::Format::VARIANTS);
    ImportMatch: labels_of(shared::import::MatchBy::VARIANTS);
    ImportOnMatch: labels_of(shared::import::OnMatch::VARIANTS);
    ImportOptOuts: labels_of(crate::routes::imports::OptOuts::VARIANTS);
}

/// A variant as JSON shows it.
pub(crate) fn label(variant: impl Serialize) -> String {
    labels_of([variant]).pop().unwrap_or_default()
}

/// The variants as JSON shows them, each once.
fn labels_of<T: Serialize>(variants: impl IntoIterator<Item = T>) -> Vec<String> {
    let mut labels: Vec<String> = Vec::new();
    for variant in variants {
        let label = serde_json::to_value(variant).ok();
        let label = label.and_then(|label| label.as_str().map(str::to_owned));
        labels.extend(label.filter(|label| !labels.contains(label)));
    }
    labels
}

fn names<T: VariantNames>() -> Vec<String> {
    T::VARIANTS.iter().map(|&name| name.to_owned()).collect()
}
