use serde::Serialize;
use shared::actor::Actor;
use utoipa::ToSchema;
use uuid::Uuid;

use super::labels;

/// Who made the last change; null for changes made before this was recorded.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = ChangedBy)]
pub(crate) struct ChangedByView {
    /// `key` is an organization's API key, `deployment` the deployment's admin key, `member` a person
    /// who signed in. `system` is Volley itself, for example after a STOP or a provider's report.
    #[schema(value_type = labels::ActorKind)]
    kind: &'static str,
    #[schema(required = true)]
    id: Option<Uuid>,
    /// The name of the key or member at the time of the change.
    #[schema(required = true)]
    name: Option<String>,
}

impl From<&Actor> for ChangedByView {
    fn from(actor: &Actor) -> Self {
        Self { kind: actor.kind(), id: actor.id(), name: actor.name().map(str::to_owned) }
    }
}
