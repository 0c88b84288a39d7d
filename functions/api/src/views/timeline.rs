use infra::gateway::explain;
use serde::Serialize;
use shared::message::{FailureReason, Message, Source, Status, Step};
use shared::sender::{ProviderKind, Sender};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Time, labels};

/// What happened to a message.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Timeline)]
pub(crate) struct TimelineView {
    message_id: Uuid,
    /// The status that the steps amount to.
    #[schema(value_type = labels::MessageStatus)]
    status: Status,
    /// Oldest first.
    steps: Vec<StepView>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Step)]
struct StepView {
    at: Time,
    source: SourceView,
    /// The status that the step reports. `pending` is the claim: a worker is about to call the provider.
    #[schema(value_type = labels::MessageStatus)]
    status: Status,
    #[schema(value_type = Option<labels::ErrorReason>, required = true)]
    error_reason: Option<FailureReason>,
    /// The provider's error code.
    #[schema(required = true)]
    error_code: Option<String>,
    /// What the code means; null without a code, or if Volley does not know it.
    #[schema(required = true)]
    meaning: Option<&'static str>,
}

/// Who reported a step: `dispatch` is the worker that sends the message and hears the provider's
/// response, `repair` what marks a message as `unknown` whose worker died, `callback` the provider's own
/// report, and `look_up` what the provider said when Volley asked.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StepSource)]
enum SourceView {
    Dispatch,
    Repair,
    Callback,
    LookUp,
}

impl From<Source> for SourceView {
    fn from(source: Source) -> Self {
        match source {
            Source::Dispatch => Self::Dispatch,
            Source::Repair => Self::Repair,
            Source::Callback => Self::Callback,
            Source::LookUp => Self::LookUp,
        }
    }
}

impl TimelineView {
    pub(crate) fn new(message: &Message, sender: &Sender) -> Self {
        let kind = ProviderKind::from(&sender.provider);
        let view = |step: Step| {
            let explanation = step.code.as_deref().and_then(|code| explain(kind, code));
            StepView {
                at: Time(step.at),
                source: step.source.into(),
                status: step.status,
                error_reason: step.reason,
                error_code: step.code,
                meaning: explanation.map(|explanation| explanation.meaning),
            }
        };
        Self {
            message_id: message.id.0,
            status: message.status(),
            steps: message.steps().into_iter().map(view).collect(),
        }
    }
}
