//! Removing the contacts of an import again.

use serde::{Deserialize, Serialize};

use crate::contact::Contact;
use crate::ids::ImportId;
use crate::time::Timestamp;

/// What imports have to do with a contact that one of them created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Imported {
    /// The import that created it.
    pub by: ImportId,
    /// When that import changed it last, in a later row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The last other import that had a row for it, even one that changed nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named_by: Option<ImportId>,
}

/// How far an undo is. It goes through all contacts, shard by shard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Undo {
    pub shard: u16,
    /// The key of the last contact that was looked at in the shard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    pub removed: u64,
    /// Contacts of the import that stay, because they were changed since.
    pub changed: u64,
    /// Contacts of the import that stay, because a later import has a row for them.
    pub named: u64,
}

/// What an undo does with a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UndoVerdict {
    /// The import did not create it.
    Other,
    Remove,
    KeepChanged,
    KeepNamed,
}

impl Imported {
    #[must_use]
    pub fn new(by: ImportId) -> Self {
        Self { by, at: None, named_by: None }
    }

    /// This after `import` has changed the contact at `at`.
    #[must_use]
    pub fn changed(&self, import: ImportId, at: Timestamp) -> Self {
        if self.by == import {
            Self { at: Some(at), ..self.clone() }
        } else {
            Self { named_by: Some(import), ..self.clone() }
        }
    }

    /// Whether a row of `import` that changes nothing must be noted.
    #[must_use]
    pub fn must_note(&self, import: ImportId) -> bool {
        self.by != import && self.named_by != Some(import)
    }
}

impl Contact {
    /// What undoing `import` does with this contact.
    #[must_use]
    pub fn undone(&self, import: ImportId) -> UndoVerdict {
        let Some(imported) = self.imported.as_ref().filter(|imported| imported.by == import) else {
            return UndoVerdict::Other;
        };
        if imported.named_by.is_some() {
            UndoVerdict::KeepNamed
        } else if self.updated_at == imported.at.unwrap_or(self.created_at) {
            UndoVerdict::Remove
        } else {
            UndoVerdict::KeepChanged
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::Profile;
    use crate::ids::{ContactId, OrganizationId};

    #[test]
    fn only_what_nobody_else_touched_is_removed() {
        let at = |seconds| Timestamp::EPOCH.plus_seconds(seconds);
        let (import, other) = (ImportId::new(at(0), [1; 10]), ImportId::new(at(1), [2; 10]));
        let contact = |imported, updated_at| Contact {
            id: ContactId::new(at(0), [0; 10]),
            organization_id: OrganizationId::new(at(0), [0; 10]),
            profile: Profile::default(),
            imported,
            created_at: at(0),
            updated_at,
        };
        let new = Imported::new(import);
        for (imported, updated_at, expected) in [
            (None, at(0), UndoVerdict::Other),
            (Some(Imported::new(other)), at(0), UndoVerdict::Other),
            (Some(new.clone()), at(0), UndoVerdict::Remove),
            (Some(new.clone()), at(1), UndoVerdict::KeepChanged),
            (Some(new.changed(import, at(1))), at(1), UndoVerdict::Remove),
            (Some(new.changed(import, at(1))), at(2), UndoVerdict::KeepChanged),
            (Some(new.changed(other, at(1))), at(0), UndoVerdict::KeepNamed),
        ] {
            assert_eq!(contact(imported, updated_at).undone(import), expected);
        }
        assert!(new.must_note(other) && !new.must_note(import));
        assert!(!new.changed(other, at(1)).must_note(other));
    }
}
