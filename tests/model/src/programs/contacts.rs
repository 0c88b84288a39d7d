//! Like `infra::table::contacts::save_contact`, for a contact whose phone changes.

use shared::ids::ContactId;
use shared::phone::Phone;

use crate::ask::{Io, Step};

pub(super) fn relocate(io: &mut Io<'_>, contact: ContactId, to: &Phone) -> Step<()> {
    loop {
        let Some(before) = io.person(contact)? else { return Ok(()) };
        if before.phone.as_ref() == Some(to) {
            return Ok(());
        }
        let last = io.last_send()?;
        let now = io.now();
        let presences = io.presences(contact, before.phone.as_ref(), to)?;
        if io.move_contact(&before, to, (*presences).clone(), last, now)? {
            return Ok(());
        }
    }
}
