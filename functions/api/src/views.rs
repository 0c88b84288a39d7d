//! The shapes in which clients see the domain.

mod attributes;
mod campaign;
mod change;
mod changed_by;
mod contact;
mod export;
mod import;
mod inbound;
pub(crate) mod labels;
mod me;
mod member;
mod message;
mod organization;
mod person;
mod preview;
mod provider;
mod quote;
mod reconciliation;
mod report;
mod resend;
mod restored;
mod segment;
mod skipped;
mod target;
mod template;
mod text_preview;
mod timeline;
mod unsubscribe;
mod webhook;

pub(crate) use attributes::AttributesSchema;
pub(crate) use campaign::CampaignView;
pub(crate) use change::ChangeView;
pub(crate) use changed_by::ChangedByView;
pub(crate) use contact::ContactView;
pub(crate) use export::{ExportFileView, ExportView};
pub(crate) use import::{ImportView, RejectedView, UploadView};
pub(crate) use inbound::InboundView;
pub(crate) use me::MeView;
pub(crate) use member::MemberView;
pub(crate) use message::MessageView;
pub(crate) use organization::{ApiKeyCreatedView, ApiKeyView, OrganizationView};
pub(crate) use person::{ErasureView, PersonView, PreferenceView};
pub(crate) use preview::{PreviewProgressView, PreviewView};
pub(crate) use provider::{KeywordsSchema, ProviderSchema};
pub(crate) use quote::{QuoteProgressView, QuoteView};
pub(crate) use reconciliation::ReconciliationView;
pub(crate) use report::{OrganizationReportView, ReportPeriod, ReportView};
pub(crate) use restored::{RestoredErasureView, RestoredView};
pub(crate) use segment::{ExplanationView, FilterSchema, SegmentView};
pub(crate) use skipped::{SkippedContactView, SkippedListView};
pub(crate) use template::TemplateView;
pub(crate) use text_preview::{TextPreviewView, TextView};
pub(crate) use timeline::TimelineView;
pub(crate) use unsubscribe::{LiftView, UnsubscribeView};
pub(crate) use webhook::{DeliveryView, WebhookView};

use serde::{Deserialize, Serialize};
use shared::time::Timestamp;
use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A time in RFC 3339. Responses use UTC with milliseconds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Time(pub(crate) Timestamp);

impl From<Timestamp> for Time {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl PartialSchema for Time {
    fn schema() -> RefOr<Schema> {
        let object: Object = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .examples(["2026-11-23T09:00:00.000Z"])
            .build();
        object.into()
    }
}

impl ToSchema for Time {}
