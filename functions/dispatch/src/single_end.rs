//! The end of a test or a reply: what the provider and parked receipts report about it.
//!
//! If it is unknown, it keeps its due item, so the sweep sends its job again at growing intervals. Each
//! such job applies the receipts that are parked beside the message, and then looks it up.

use infra::clock;
use infra::gateway::Sought;
use infra::lookup;
use infra::table::{ReceiptApplied, SingleMessage};
use shared::message::Message;
use shared::receipt::{Channel, Delivery};
use shared::shard::Shards;
use shared::unsubscribe::Preference;

use crate::App;

/// Removes a message's due item, unless the message is unknown and may still be looked up.
pub(crate) async fn finish(app: &App, message: &Message, shards: Shards) -> anyhow::Result<()> {
    apply_parked(app, message, shards).await?;
    let Some(single) = app.table.single_message(&message.reference()).await? else {
        return Ok(());
    };
    if single.message.is_single_owed(clock::now()) {
        tracing::info!(message.id = %message.id, "a message is unknown and will be looked up");
        return Ok(());
    }
    Ok(app.table.finish_single_message(message).await?)
}

/// Looks up an unknown message at the provider.
pub(crate) async fn look_up(
    app: &App,
    single: &SingleMessage,
    shards: Shards,
) -> anyhow::Result<()> {
    let SingleMessage { message, from, body, .. } = single;
    let gateway = app.gateways.of(from).await?;
    let sought = Sought { message, from, text: body.as_str(), now: clock::now() };
    if let Some(receipt) = lookup::look_up(&app.table, gateway.as_ref(), &sought, shards).await? {
        let delivery = Delivery::looked_up(message, receipt);
        apply(app, &delivery, shards, Channel::LookUp).await?;
    }
    Ok(())
}

async fn apply_parked(app: &App, message: &Message, shards: Shards) -> anyhow::Result<()> {
    for parked in app.table.parked_beside(&message.reference(), shards).await? {
        if apply(app, &parked, shards, Channel::Callback).await? != ReceiptApplied::Early {
            app.table.unpark(&parked, shards).await?;
        }
    }
    Ok(())
}

async fn apply(
    app: &App,
    delivery: &Delivery,
    shards: Shards,
    channel: Channel,
) -> anyhow::Result<ReceiptApplied> {
    if let Some(opt_out) = Preference::told_by(delivery) {
        app.table.register(&opt_out, shards).await?;
    }
    let applied = app.table.apply_receipts(&[(delivery.clone(), shards)], channel).await?.pop();
    Ok(applied.transpose()?.unwrap_or(ReceiptApplied::Early))
}
