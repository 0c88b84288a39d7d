//! Pauses a campaign or delays its sender, depending on the provider's responses.

use infra::clock;
use infra::gateway::Halt;
use shared::campaign::{BACK_OFF_SECONDS, Broadcast, Campaign, Reason};
use shared::pace::Pace;
use shared::time::Timestamp;

use crate::watch::Ended;
use crate::{App, trial};

/// The campaign that a worker is sending, in the epoch in which it started.
pub(crate) struct Underway<'a> {
    pub(crate) campaign: &'a Campaign,
    pub(crate) broadcast: &'a Broadcast,
    pub(crate) epoch: u32,
}

impl Underway<'_> {
    /// Delays the sender's next turns until this time.
    pub(crate) async fn hold_back(&self, app: &App, until: Timestamp) {
        let hold = |pace: Pace| (pace.not_before(until), ());
        if let Err(error) = app.table.update_pace(&self.broadcast.sender.phone, hold).await {
            tracing::warn!(error = ?anyhow::Error::from(error), "did not hold a sender back");
        }
    }

    /// Pauses the campaign for this reason, unless it has moved on since.
    pub(crate) async fn pause(&self, app: &App, reason: Reason) -> anyhow::Result<()> {
        let now = clock::now();
        let (organization, id) = (self.campaign.organization_id, self.campaign.id);
        let paused = app
            .table
            .update_campaign(organization, id, |campaign| {
                campaign.running(self.epoch)?;
                campaign.clone().pause(Some(reason), now).ok()
            })
            .await?;
        if paused.is_some() {
            tracing::error!(?reason, "paused a campaign");
        }
        Ok(())
    }

    /// Makes the campaign wait for an unreachable provider. Its drain probes once a minute.
    pub(crate) async fn back_off(&self, app: &App) -> anyhow::Result<()> {
        let now = clock::now();
        let (organization, id) = (self.campaign.organization_id, self.campaign.id);
        let written = app
            .table
            .update_campaign(organization, id, |campaign| {
                campaign.backing_off(self.epoch, now, app.grace)
            })
            .await?;
        if let Some(campaign) = written {
            tracing::warn!("the provider can't be reached");
            trial::arm_drain(app, &campaign, u32::try_from(BACK_OFF_SECONDS)?).await;
        }
        Ok(())
    }
}

/// The reason for pausing a campaign whose slice ended early.
pub(crate) fn reason_of(ended: Ended) -> Reason {
    match ended {
        Ended::Halted(Halt::Account) => Reason::ProviderAccount,
        Ended::Halted(Halt::Sender) => Reason::ProviderSender,
        Ended::Halted(Halt::SpendLimit) => Reason::SpendLimit,
        Ended::Silent => Reason::ProviderFailing,
    }
}
