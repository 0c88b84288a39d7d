//! An export of Amazon Pinpoint's endpoints, with the quirks of real ones, and what an import of it makes.
//!
//! A person is a function of the seed and their number, so an endpoint may repeat anyone of the file
//! although no one is kept.

mod balance;
mod endpoint;
mod members;
mod people;

use std::collections::HashSet;
use std::io::Write;

use anyhow::ensure;

pub use balance::Balance;
pub use members::Members;

use crate::chance::Chance;
use crate::phones::MAX_PEOPLE;
use endpoint::{Channel, Endpoint, Status};
use people::Member;

/// Writes one endpoint a line, and returns what an import of them should make.
pub fn write(count: usize, seed: u64, mut out: impl Write) -> anyhow::Result<Balance> {
    ensure!(count <= MAX_PEOPLE, "ROWS must be at most {MAX_PEOPLE}");
    let mut generator = Generator::new(seed);
    for _ in 0..count {
        serde_json::to_writer(&mut out, &generator.endpoint())?;
        out.write_all(b"\n")?;
    }
    Ok(generator.balance)
}

struct Generator {
    seed: u64,
    chance: Chance,
    /// The number of people who have a contact.
    people: usize,
    opted_out: HashSet<usize>,
    balance: Balance,
}

impl Generator {
    fn new(seed: u64) -> Self {
        let opted_out = HashSet::new();
        Self { seed, chance: Chance(seed), people: 0, opted_out, balance: Balance::default() }
    }

    fn endpoint(&mut self) -> Endpoint {
        self.balance.read += 1;
        let (kind, earlier) = (self.chance.below(1_000), self.earlier());
        match (kind, earlier) {
            (0..80, Some(person)) => self.elsewhere(&person, Channel::Email),
            (80..100, Some(person)) => self.elsewhere(&person, Channel::Gcm),
            (100..110, Some(person)) => self.elsewhere(&person, Channel::Apns),
            (110..118, Some(person)) => self.voice(&person),
            (118..122, _) => self.without_address(),
            (122..150, _) => self.unreadable(),
            (150..152, Some(person)) => self.overloaded(&person),
            (152..200, Some(person)) => self.twin(&person, Status::Inactive),
            (200..225, Some(person)) => self.twin(&person, Status::Active),
            (225..245, _) => self.newcomer(Status::Inactive),
            _ => self.newcomer(Status::Active),
        }
    }

    /// Anyone who has a contact.
    fn earlier(&mut self) -> Option<Member> {
        (self.people > 0).then(|| Member::new(self.seed, self.chance.below(self.people)))
    }

    /// The first endpoint of a phone makes its contact, even an inactive one.
    fn newcomer(&mut self, status: Status) -> Endpoint {
        let person = Member::new(self.seed, self.people);
        self.people += 1;
        self.balance.made += 1;
        let endpoint = person.endpoint(Channel::Sms, status, &mut self.chance);
        self.noted(&person, endpoint)
    }

    /// Another endpoint of the same phone: of an application that was installed again, or of someone else.
    fn twin(&mut self, person: &Member, status: Status) -> Endpoint {
        self.balance.merged += 1;
        let endpoint = person.endpoint(Channel::Sms, status, &mut self.chance);
        let endpoint = if self.chance.happens(30) { endpoint.of_another_user() } else { endpoint };
        self.noted(person, endpoint)
    }

    /// More attributes than a contact may have.
    fn overloaded(&mut self, person: &Member) -> Endpoint {
        self.balance.rejected += 1;
        let endpoint = person.endpoint(Channel::Sms, Status::Active, &mut self.chance);
        self.noted(person, endpoint.overloaded())
    }

    /// Calls go to a phone, so that who opts out of them gets no texts either.
    fn voice(&mut self, person: &Member) -> Endpoint {
        self.balance.skip(Channel::Voice);
        let endpoint = person.endpoint(Channel::Voice, Status::Active, &mut self.chance);
        self.noted(person, endpoint)
    }

    fn elsewhere(&mut self, person: &Member, channel: Channel) -> Endpoint {
        self.balance.skip(channel);
        let address = match channel {
            Channel::Email => person.email(),
            Channel::Gcm | Channel::Apns | Channel::Voice | Channel::Sms => self.chance.digits(40),
        };
        let endpoint = person.endpoint(channel, Status::Active, &mut self.chance);
        Endpoint { address: Some(address), ..endpoint }
    }

    /// Some were imported with the user's ID alone.
    fn without_address(&mut self) -> Endpoint {
        self.balance.without_address += 1;
        Member::new(self.seed, self.people).user_only()
    }

    /// It opts no one out, because no one can say whom.
    fn unreadable(&mut self) -> Endpoint {
        self.balance.rejected += 1;
        let stranger = Member::new(self.seed, self.people);
        let endpoint = stranger.endpoint(Channel::Sms, Status::Active, &mut self.chance);
        endpoint.unreadable(&mut self.chance)
    }

    fn noted(&mut self, person: &Member, endpoint: Endpoint) -> Endpoint {
        if endpoint.opts_out() {
            self.balance.opt_outs += 1;
            if self.opted_out.insert(person.number()) {
                self.balance.opted_out_people += 1;
            }
        }
        endpoint
    }
}

#[cfg(test)]
mod tests;
