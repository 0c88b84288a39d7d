//! A running program.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use shared::phone::Phone;
use shared::time::Timestamp;

use crate::ask::{Entry, Io, Stop};
use crate::programs::Program;
use crate::protocol::Organization;
use crate::request::{Answer, Op};
use crate::table::Rules;

#[derive(Clone)]
pub struct Process {
    pub id: u32,
    pub program: Program,
    since: Timestamp,
    log: Vec<Entry>,
    /// The request that it is making, which follows from the rest.
    pub pending: Rc<Op>,
    /// Who had opted out when it read its chunk, or read the register again.
    pub opted_out: BTreeSet<Phone>,
}

impl Hash for Process {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.id, &self.program, self.since, &self.log, &self.opted_out).hash(state);
    }
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Done,
    Failed,
}

impl Process {
    /// `None` if the program makes no request.
    #[must_use]
    pub fn start(
        id: u32,
        program: Program,
        now: Timestamp,
        organization: Organization,
        rules: Rules,
    ) -> Option<Self> {
        let pending = run(&program, &[], now, id, organization, rules).ok()?;
        let (log, opted_out) = (Vec::new(), BTreeSet::new());
        Some(Self { id, program, since: now, log, pending: Rc::new(pending), opted_out })
    }

    #[must_use]
    pub fn token(&self) -> String {
        self.id.to_string()
    }

    /// Takes a response and continues to the next request or the end.
    pub fn hear(
        mut self,
        now: Timestamp,
        answer: Answer,
        organization: Organization,
        rules: Rules,
    ) -> Result<Self, End> {
        self.log.push((now, answer));
        let pending = run(&self.program, &self.log, self.since, self.id, organization, rules)?;
        self.pending = Rc::new(pending);
        Ok(self)
    }
}

fn run(
    program: &Program,
    log: &[Entry],
    since: Timestamp,
    id: u32,
    organization: Organization,
    rules: Rules,
) -> Result<Op, End> {
    let mut io = Io::new(log, since, id.to_string(), organization, rules);
    match program.run(&mut io) {
        Ok(()) => Err(End::Done),
        Err(Stop::Failed) => Err(End::Failed),
        Err(Stop::At(op)) => Ok(op),
    }
}
