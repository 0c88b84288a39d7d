//! Who caused a change.
//!
//! Records keep the actor of their last change. An audit trail can keep the same type for each one.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};
use uuid::Uuid;

use crate::ids::KeyId;

/// Names are those at the time of the change, because keys and members can be deleted later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Actor {
    /// An organization's API key.
    Key { id: KeyId, name: String },
    /// The deployment's admin key.
    Deployment,
    /// A person who signed in with an identity provider.
    Member { id: Uuid, name: String },
    /// Volley itself, on its own or because of what a recipient or a provider reported.
    System,
}

impl Actor {
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.into()
    }

    #[must_use]
    pub fn id(&self) -> Option<Uuid> {
        match self {
            Self::Key { id, .. } => Some(id.0),
            Self::Member { id, .. } => Some(*id),
            Self::Deployment | Self::System => None,
        }
    }

    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Key { name, .. } | Self::Member { name, .. } => Some(name),
            Self::Deployment | Self::System => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_actor_is_stored_under_its_kind() {
        let id = Uuid::from_u128(1);
        let name = "till".to_owned();
        for actor in [
            Actor::Key { id: KeyId(id), name: name.clone() },
            Actor::Deployment,
            Actor::Member { id, name },
            Actor::System,
        ] {
            let stored = serde_json::to_value(&actor).expect("JSON");
            assert_eq!(stored["kind"], actor.kind());
            assert_eq!(serde_json::from_value::<Actor>(stored).expect("an actor"), actor);
        }
    }
}
