//! Who a member, a message and a receipt are about.

use shared::campaign::Names;
use shared::message::{FailureReason, Kind, Message, Status};
use shared::phone::Phone;
use shared::receipt::{Delivery, MessageRef, Receipt};
use shared::recipient::Recipient;
use shared::time::Timestamp;

use super::{CAMPAIGN, ORGANIZATION, SALT};

/// The phone of a chunk's member. In the model, no one is erased.
///
/// # Panics
/// If the member was erased.
#[must_use]
pub fn dialed(recipient: &Recipient) -> &Phone {
    recipient.phone().expect("a phone")
}

/// The phone of a message. In the model, no one is erased.
///
/// # Panics
/// If the person was erased.
#[must_use]
pub fn texted(message: &Message) -> &Phone {
    message.to.as_ref().expect("a phone")
}

/// The recipient of a receipt. In the model, a receipt always names it.
///
/// # Panics
/// If the receipt names none.
#[must_use]
pub fn recipient(delivery: &Delivery) -> &Phone {
    delivery.to.as_ref().expect("a phone")
}

#[must_use]
pub fn receipt(
    phone: &Phone,
    id: &str,
    status: Status,
    opts_out: bool,
    now: Timestamp,
) -> Delivery {
    let reason = if opts_out { FailureReason::Unsubscribed } else { FailureReason::Unreachable };
    Delivery {
        message: MessageRef {
            organization_id: ORGANIZATION,
            campaign_id: CAMPAIGN,
            message_id: Names::Salted(SALT).message_id(CAMPAIGN, phone),
            kind: Kind::Campaign,
        },
        to: Some(phone.clone()),
        receipt: Receipt {
            provider_id: id.to_owned(),
            status,
            reason: (status == Status::Failed).then_some(reason),
            code: None,
            at: now,
        },
    }
}
