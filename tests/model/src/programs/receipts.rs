//! Like `functions/webhooks/src/receipts.rs`, for a single receipt.

use shared::receipt::Delivery;
use shared::unsubscribe::Preference;

use crate::ask::{Io, Step};
use crate::kept::Kept;
use crate::protocol;
use crate::table::Applied;

pub(super) fn apply(io: &mut Io<'_>, delivery: &Kept<Delivery>) -> Step<()> {
    if Preference::told_by(delivery).is_some() {
        io.register(protocol::recipient(delivery))?;
    }
    match io.apply_receipt(delivery)? {
        Applied::Done | Applied::Known => Ok(()),
        Applied::Early => io.park(delivery),
    }
}
