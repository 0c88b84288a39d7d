//! Overwrites what messages say of an erased person. Claims, outcomes and receipts stay.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::message::Message;
use shared::receipt::{Delivery, MessageRef};
use shared::shard::Shards;
use shared::time::Timestamp;

use super::super::dynamo::Change;
use super::super::receipts::parked_item;
use super::super::{Result, Table, keys};

/// A reserved word of expressions.
const NAMES: [(&str, &str); 1] = [("#to", "to")];

impl Table {
    /// Removes the phone and the text from a message that exists. Its country stays, because prices
    /// depend on it.
    pub async fn erase_message(
        &self,
        message: &Message,
        shards: Shards,
        now: Timestamp,
    ) -> Result<()> {
        let region = message.region().map(String::from);
        let region = region.map_or(AttributeValue::Null(true), AttributeValue::S);
        let change = Change {
            update: "SET erasedAt = :now, erasedRegion = :region REMOVE #to, body".to_owned(),
            condition: "attribute_exists(pk)".to_owned(),
            names: &NAMES,
            ..Change::default()
        }
        .value(":now", now.to_string())
        .value(":region", region);
        self.change(&keys::message_of(&message.reference(), shards), change).await?;
        Ok(())
    }

    /// Removes the phone from the receipts that wait beside a message.
    pub async fn erase_parked(&self, message: &MessageRef, shards: Shards) -> Result<()> {
        for parked in self.parked_beside(message, shards).await? {
            if parked.to.is_some() {
                let row = parked_item(&Delivery { to: None, ..parked }, shards)?;
                self.put(row, "attribute_exists(pk)", Vec::new()).await?;
            }
        }
        Ok(())
    }
}
