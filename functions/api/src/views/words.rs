//! The words of the domain's enumerations, for the document of the API.
//!
//! The domain serialises them itself; it does not know of that document, so the lists stand here.

use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

macro_rules! words {
    ($($name:ident: $($word:literal)+;)+) => {
        $(pub(crate) struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let object: Object = ObjectBuilder::new()
                    .schema_type(Type::String)
                    .enum_values(Some([$($word),+]))
                    .build();
                object.into()
            }
        }

        impl ToSchema for $name {})+
    };
}

words! {
    ActorKind: "key" "deployment" "member" "system";
    Role: "admin" "sender" "viewer";
    CampaignStatus: "draft" "scheduled" "sent" "cancelled" "failed";
    CampaignReason: "missed_schedule" "no_progress" "provider_unreachable" "provider_account"
        "provider_sender" "spend_limit" "messages_filtered" "recipients_opted_out"
        "provider_failing" "poisoned" "body_too_long" "max_parts" "max_price";
    Dispatch: "running" "paused" "stopped" "done";
    Encoding: "GSM-7" "UCS-2";
    MessageType: "TRANSACTIONAL" "PROMOTIONAL";
    MessageKind: "campaign" "test";
    MessageStatus: "pending" "sent" "delivered" "failed" "unknown";
    ErrorReason: "unsubscribed" "invalid_number" "unreachable" "filtered" "expired" "stopped"
        "canceled" "provider_error" "other";
    UnsubscribeSource: "api" "import" "keyword" "provider";
    ImportStatus: "pending" "running" "done" "failed";
}
