//! A dry run's memory of the contacts that it would have written.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use shared::import::{Import, MatchBy, MatchKey, OnMatch, Outcome, Row, SkipReason, Written};

/// Contacts that are remembered, by hashes of 16 bytes each. A larger map would need 16 MiB more.
const MAX_KNOWN: usize = 900_000;

/// What the rows of a dry run would have made of their contacts.
pub(super) struct Rehearsal {
    hasher: RandomState,
    /// The last row of each contact, both as hashes.
    rows: HashMap<u64, u64>,
    /// Whether earlier rows are not remembered.
    is_incomplete: bool,
}

/// The outcome of a row in a dry run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rehearsed {
    Written(Written),
    Skipped(SkipReason),
    Rejected(String),
}

impl Rehearsal {
    /// Of a run that begins after the progress of `import`: what another run remembered is lost.
    pub(super) fn new(import: &Import) -> Self {
        let is_incomplete = import.progress.rows() > 0;
        Self { hasher: RandomState::new(), rows: HashMap::new(), is_incomplete }
    }

    /// Whether a repeat may be taken for a first row.
    pub(super) fn is_estimate(&self, import: &Import) -> bool {
        self.is_incomplete && import.match_by() != MatchBy::None
    }

    /// The outcome of a row after the rows before it, where `outcome` is what the table alone says.
    pub(super) fn outcome(
        &mut self,
        key: &MatchKey,
        row: &Row,
        import: &Import,
        outcome: Outcome,
    ) -> Rehearsed {
        let written = match outcome {
            Outcome::Create(_) => Written::Created,
            Outcome::Update(..) => Written::Updated,
            Outcome::Unchanged(_) => Written::Unchanged,
            Outcome::Skipped(reason, _) => return Rehearsed::Skipped(reason),
            Outcome::Rejected(reason) => return Rehearsed::Rejected(reason),
        };
        if *key == MatchKey::New {
            return Rehearsed::Written(written);
        }
        let content = self.hasher.hash_one((format!("{:?}", row.profile), &row.blank_attributes));
        let key = self.hasher.hash_one(key);
        if self.rows.len() >= MAX_KNOWN && !self.rows.contains_key(&key) {
            self.is_incomplete = true;
            return Rehearsed::Written(written);
        }
        match self.rows.insert(key, content) {
            None => Rehearsed::Written(written),
            Some(_) if row.is_replaced => Rehearsed::Skipped(SkipReason::Inactive),
            Some(_) if import.options.on_match == OnMatch::Skip => {
                Rehearsed::Skipped(SkipReason::Matched)
            }
            Some(before) if before == content => Rehearsed::Written(Written::Unchanged),
            Some(_) => Rehearsed::Written(Written::Updated),
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::contact::Profile;
    use shared::ids::{ImportId, OrganizationId};
    use shared::import::{Lacks, Options};
    use shared::phone::Phone;
    use shared::time::Timestamp;

    use super::*;

    fn row(phone: &str, name: &str) -> Row {
        let profile = Profile {
            phone: phone.parse().ok(),
            first_name: Some(name.to_owned()),
            ..Profile::default()
        };
        let (lacks, blank_attributes) = (Lacks::default(), Vec::new());
        Row { id: None, profile, status: None, is_replaced: false, lacks, blank_attributes }
    }

    fn import(on_match: OnMatch) -> Import {
        let now = Timestamp::EPOCH;
        let (id, organization_id) =
            (ImportId::new(now, [0; 10]), OrganizationId::new(now, [0; 10]));
        let options = Options { on_match, dry_run: true, ..Options::default() };
        Import::new(id, organization_id, options, None, now)
    }

    #[test]
    fn repeats_of_a_phone_are_what_they_would_be() {
        let mut rehearsal = Rehearsal::new(&import(OnMatch::Update));
        let mut outcome = |phone: &str, name: &str, on_match| {
            let row = row(phone, name);
            let line = phone.parse::<Phone>().expect("valid").line();
            let key = MatchKey::Line(line);
            let create = Outcome::Create(row.profile.clone());
            rehearsal.outcome(&key, &row, &import(on_match), create)
        };
        let (update, skip) = (OnMatch::Update, OnMatch::Skip);
        let written = Rehearsed::Written;
        assert_eq!(outcome("+14153550101", "Ana", update), written(Written::Created));
        assert_eq!(outcome("+14153550101", "Ana", update), written(Written::Unchanged));
        assert_eq!(outcome("+14153550101", "Ann", update), written(Written::Updated));
        assert_eq!(outcome("+14153550101", "Ann", update), written(Written::Unchanged));
        assert_eq!(outcome("+14153550101", "Ann", skip), Rehearsed::Skipped(SkipReason::Matched));
        assert_eq!(outcome("+14153550102", "Ann", skip), written(Written::Created));
    }

    #[test]
    fn new_contacts_and_rejected_rows_are_not_remembered() {
        let (row, import) = (row("+14153550101", "Ana"), import(OnMatch::Update));
        let mut rehearsal = Rehearsal::new(&import);
        for _ in 0..2 {
            let new = {
                let create = Outcome::Create(row.profile.clone());
                rehearsal.outcome(&MatchKey::New, &row, &import, create)
            };
            assert_eq!(new, Rehearsed::Written(Written::Created));
            let line = "+14153550101".parse::<Phone>().expect("valid").line();
            let rejected = Outcome::Rejected("x".to_owned());
            let rejected = rehearsal.outcome(&MatchKey::Line(line), &row, &import, rejected);
            assert_eq!(rejected, Rehearsed::Rejected("x".to_owned()));
        }
        assert!(rehearsal.rows.is_empty());
    }
}
