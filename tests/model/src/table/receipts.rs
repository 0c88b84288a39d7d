//! Like `infra::table::receipts`: a receipt only raises a status, and only of the message it is
//! about.

use shared::message::Outcome;
use shared::receipt::{Delivery, Receipt};

use super::{Rules, Table};
use crate::kept::Kept;
use crate::protocol::recipient;

/// The result of applying a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Applied {
    Done,
    /// As much or more was known already.
    Known,
    /// There is no such message, or it was sent under another id.
    Early,
}

fn parked_key(delivery: &Delivery) -> String {
    let Receipt { provider_id, status, .. } = &delivery.receipt;
    format!("{}#{provider_id}#{status:?}", recipient(delivery))
}

impl Table {
    pub fn apply_receipt(&mut self, delivery: &Delivery, rules: Rules) -> Applied {
        let Some(known) = self.messages.get(recipient(delivery)).cloned() else {
            return Applied::Early;
        };
        if rules == Rules::EarlyReceiptsDropped && known.status().rank() == 0 {
            return Applied::Known;
        }
        let receipt = &delivery.receipt;
        // The receipt must match the ids of both the outcome and the earlier receipt, but its rank
        // is only compared with the earlier receipt's: the outcome's rank doesn't concern the
        // receipts consumer.
        let of_outcome = match &known.outcome {
            Some(Outcome::Accepted { provider_id, .. }) => Some(provider_id),
            _ => None,
        };
        let of_receipt = known.receipt.as_ref().map(|receipt| &receipt.provider_id);
        let is_about_it = [of_outcome, of_receipt]
            .into_iter()
            .flatten()
            .all(|provider_id| *provider_id == receipt.provider_id);
        let is_higher = receipt.supersedes(known.receipt.as_ref());
        if is_about_it && (is_higher || rules == Rules::ReceiptsUnranked) {
            self.update(recipient(delivery), |message| {
                let receipt = Some(receipt.clone());
                Some(shared::message::Message { receipt, ..message.clone() })
            });
            return Applied::Done;
        }
        let id = receipt.provider_id.as_str();
        if known.provider_id().is_none_or(|known| known == id) {
            Applied::Known
        } else {
            Applied::Early
        }
    }

    pub fn park(&mut self, delivery: &Kept<Delivery>) {
        self.parked.entry(parked_key(delivery)).or_insert_with(|| delivery.clone());
    }

    pub fn unpark(&mut self, delivery: &Delivery) {
        self.parked.remove(&parked_key(delivery));
    }
}
