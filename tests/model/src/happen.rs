//! Applies an action to the world.

use shared::time::Timestamp;

use crate::kept::Kept;
use crate::process::{End, Process};
use crate::programs::Program;
use crate::provider::Mood;
use crate::queue::Queued;
use crate::request::{Answer, Handover, Op, ShardItems};
use crate::table::Rules;
use crate::world::{Act, Action, Audience, Bounds, Fate, World};

impl World {
    #[must_use]
    pub fn after(&self, action: Action, bounds: &Bounds) -> Self {
        let rules = bounds.rules;
        let mut world = self.clone();
        match action {
            Action::Step(place, fate) => {
                world.step(place, fate, rules);
            }
            Action::Crash(place) => {
                world.faults.crashes -= 1;
                let process = world.processes.remove(place);
                world.hand_back(process.program);
            }
            Action::HandOut { place, is_copy } => {
                let queued = world.queue.remove(place);
                if is_copy {
                    world.faults.copies -= 1;
                    world.queue.push(queued.clone());
                }
                world.start(queued.program, rules);
            }
            Action::Sweep => world.start(Program::Sweep, rules),
            Action::Act(place) => match world.agenda.remove(place) {
                Act::Ask(program) => world.start(program, rules),
                Act::Unsubscribe(phone) => {
                    world.table.unsubscribed.insert(phone);
                }
            },
            Action::Wait => {
                if let Some(moment) = world.next_tick(bounds) {
                    world.now = moment;
                }
            }
        }
        world
    }

    pub fn start(&mut self, program: Program, rules: Rules) {
        let id = self.free_id();
        if let Some(process) = Process::start(id, program, self.now, self.table.organization, rules)
        {
            let place = self.processes.partition_point(|known| known.id < id);
            self.processes.insert(place, process);
        }
    }

    /// If a worker fails, what came from a queue is delivered again. Anything else is not.
    fn hand_back(&mut self, program: Program) {
        if matches!(program, Program::Job(_) | Program::Receipt(_)) {
            self.queue.push(Queued { at: self.now, program });
        }
    }

    /// Takes a process's next step, and returns the answer to its request.
    pub fn step(&mut self, place: usize, fate: Fate, rules: Rules) -> Answer {
        let mut process = self.processes.remove(place);
        let op = std::rc::Rc::clone(&process.pending);
        if matches!(fate, Fate::Fails | Fate::SeemsToFail | Fate::IsRepeated) {
            self.faults.lost -= 1;
        }
        let answer = match fate {
            Fate::Fails => Answer::Failed,
            Fate::Plain => self.answer(&op, &mut process, None, rules),
            Fate::Provider(mood) => self.answer(&op, &mut process, Some(mood), rules),
            Fate::SeemsToFail => {
                self.answer(&op, &mut process, None, rules);
                Answer::Failed
            }
            Fate::IsRepeated => {
                let answer = self.answer(&op, &mut process, None, rules);
                self.processes.insert(place, process);
                return answer;
            }
        };
        let program = process.program.clone();
        match process.hear(self.now, answer.clone(), self.table.organization, rules) {
            Ok(process) => self.processes.insert(place, process),
            Err(End::Done) => {}
            Err(End::Failed) => self.hand_back(program),
        }
        answer
    }

    fn send(&mut self, program: Program, at: Timestamp) {
        self.queue.push(Queued { at: at.max(self.now), program });
    }

    #[expect(clippy::too_many_lines, reason = "one line or few for each request")]
    fn answer(
        &mut self,
        op: &Op,
        process: &mut Process,
        mood: Option<Mood>,
        rules: Rules,
    ) -> Answer {
        let table = &mut self.table;
        match op {
            Op::ReadCampaign => Answer::Campaign(table.campaign.clone()),
            Op::SaveCampaign { before, after } => {
                Answer::Written(table.save_campaign(before, (**after).clone(), rules))
            }
            Op::ReadLastSend => Answer::Moment(table.last_send),
            Op::Begin { before, after, last, at } => {
                let is_begun = table.begin_campaign(before, (**after).clone(), *last, *at, rules);
                if is_begun {
                    self.audience = Some(Kept::new(self.audience_now()));
                }
                Answer::Written(is_begun)
            }
            Op::ReadPage { shard, from } => {
                Answer::Page(Kept::new(table.audience_page(*shard, from.as_deref(), rules)))
            }
            Op::ReadLastChunk { shard } => Answer::Chunk(table.last_chunk(*shard)),
            Op::PutChunk { shard, chunk, state } => {
                Answer::Chunk(table.put_chunk(*shard, chunk, state.as_deref(), rules))
            }
            Op::ReadChunk { shard, number } => {
                let key = (*shard, *number);
                let found = table.states.get(&key).cloned().zip(table.chunks.get(&key).cloned());
                Answer::StateAndChunk(found)
            }
            Op::ReadMembers { shard, number } => {
                Answer::Chunk(table.chunks.get(&(*shard, *number)).cloned())
            }
            Op::ReadStates { shard } => Answer::States(table.states_of(*shard)),
            Op::ReadState { shard, number } => {
                Answer::States(table.states.get(&(*shard, *number)).cloned().into_iter().collect())
            }
            Op::SaveState { shard, before, after } => {
                Answer::Written(table.save_state(*shard, before, (**after).clone(), rules))
            }
            Op::TakeChunk { shard, before, after } => {
                process.opted_out.clone_from(&table.unsubscribed);
                Answer::Written(table.save_state(*shard, before, (**after).clone(), rules))
            }
            Op::ReadUnsubscribed { phones } => {
                process.opted_out.clone_from(&table.unsubscribed);
                Answer::Phones(table.unsubscribed_among(phones, rules))
            }
            Op::Claim { message, claiming, at } => {
                Answer::Claimed(table.claim(message, claiming.clone(), *at, rules))
            }
            Op::HandOver { phone, .. } => {
                let was_opted_out = process.opted_out.contains(phone);
                let (handover, taken) = self.provider.hand_over(phone, was_opted_out, mood);
                if let Some(id) = taken {
                    for receipt in self.provider.receipts(phone, &id, self.now) {
                        self.send(Program::Receipt(receipt), self.now);
                    }
                }
                if handover == Handover::Ambiguous && rules == Rules::SilenceAccepted {
                    return Answer::HandedOver(Handover::Accepted { id: "none".to_owned() });
                }
                Answer::HandedOver(handover)
            }
            Op::Settle { phone, token, outcome } => {
                Answer::Written(table.settle(phone, token, outcome.clone()))
            }
            Op::MarkUnknown { phone, token, at } => {
                Answer::Written(table.mark_unknown(phone, token, *at, rules))
            }
            Op::Release { phone, token } => Answer::Written(table.release(phone, token, rules)),
            Op::Register { phone } => {
                table.unsubscribed.insert(phone.clone());
                Answer::Done
            }
            Op::Send { job, at } => {
                self.send(Program::Job(Kept::new(job.clone())), *at);
                Answer::Done
            }
            Op::ReadShard { shard } => {
                let messages = table.messages.values();
                let of_shard = |id: shared::ids::MessageId| {
                    id.shard(table.organization.shards.into()) == *shard
                };
                let messages = messages.filter(|message| of_shard(message.id)).cloned().collect();
                let parked = table.parked.values();
                let parked = parked.filter(|d| of_shard(d.message.message_id)).cloned().collect();
                let states = table.states_of(*shard);
                Answer::Shard(Box::new(ShardItems { messages, states, parked }))
            }
            Op::ReadMessages { phones } => {
                let found = phones.iter().filter_map(|phone| table.messages.get(phone));
                Answer::Messages(found.cloned().collect())
            }
            // There is one campaign, so there are none.
            Op::ReadBeside { .. } => Answer::Done,
            Op::LookUp { phone } => Answer::Found(self.provider.look_up(phone, self.now)),
            Op::ApplyReceipt { delivery } => Answer::Applied(table.apply_receipt(delivery, rules)),
            Op::Park { delivery } => {
                table.park(delivery);
                Answer::Done
            }
            Op::Unpark { delivery } => {
                table.unpark(delivery);
                Answer::Done
            }
            Op::ReadOverdue { at } => Answer::Overdue(table.overdue(*at)),
            Op::TakeOverdue { owed, until } => Answer::Written(table.take_overdue(owed, *until)),
            Op::ForgetOverdue { owed } => {
                table.due.remove(&owed.key);
                Answer::Done
            }
            Op::ReadPerson { id } => Answer::Person(table.person(*id).map(Kept::new)),
            Op::ReadPresences { id, from, to } => {
                let here = table.presence(*id, from.as_ref());
                Answer::Presences(Kept::new((here, table.presence(*id, Some(to)))))
            }
            Op::MoveContact { before, to, presences, last, at } => {
                let presences = (**presences).clone();
                Answer::Written(table.move_contact((before, to), presences, *last, *at, rules))
            }
        }
    }

    fn audience_now(&self) -> Audience {
        let mut audience = Audience::default();
        for person in self.table.people() {
            audience.contacts += 1;
            audience.phones.extend(person.phone.clone());
        }
        audience
    }
}
