use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use shared::audience::Skipped;
use shared::body::{Body, Format};
use shared::campaign::{Audience, Broadcast, Campaign, Counted, Dispatch, Reason, Status};
use shared::message::Counts;
use utoipa::ToSchema;
use uuid::Uuid;

use super::resend::ResendView;
use super::target::TargetView;
use super::template::{TemplateVersionView, defaults};
use super::{ChangedByView, Time, labels};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Campaign)]
pub(crate) struct CampaignView {
    id: Uuid,
    organization_id: Uuid,
    #[schema(value_type = labels::CampaignStatus)]
    status: Status,
    /// Why Volley interrupted the campaign.
    ///
    /// Canceled: `missed_schedule` (an hour late), `body_too_long` (for its provider),
    /// `target_missing` (a segment of its target is gone or cannot be used). Paused:
    /// `no_progress` (no due message made progress for an hour), `provider_unreachable` (for an
    /// hour; nothing was sent), `provider_failing` (its responses were ambiguous, or too many
    /// messages failed there), `provider_account`, `provider_sender` (the provider rejects the
    /// account or the sender), `spend_limit` (the provider's spending limit is reached),
    /// `messages_filtered`, `recipients_opted_out` (too many of the latest messages),
    /// `rendering_changed` (a text would differ from the one frozen when the campaign was sent). Stopped:
    /// `max_parts`, `max_price`, `outdated` (it was paused for two weeks; one that is still being sent after 45 days is
    /// paused with this reason). `poisoned`: a step failed repeatedly; the campaign is paused, or
    /// stopped or canceled if it cannot be paused. `restored`: the table was restored to an earlier
    /// moment, so it is unknown whom the campaign has texted since; it is stopped, or canceled if it was
    /// scheduled.
    #[schema(value_type = Option<labels::CampaignReason>, required = true)]
    reason: Option<Reason>,
    /// The progress of sending; null until the campaign is sent. A campaign whose audience is still
    /// checked against `maxParts` or `maxPrice` is shown as running, and can be stopped but not
    /// paused.
    #[schema(value_type = Option<labels::Dispatch>, required = true)]
    dispatch: Option<Dispatch>,
    /// The campaign is stopped before anything is sent if it needs more parts.
    #[schema(required = true)]
    max_parts: Option<u64>,
    /// The campaign is stopped before anything is sent if it costs more.
    #[schema(required = true)]
    max_price: Option<String>,
    /// When the last part will be sent at the sender's rate; null unless the campaign is running.
    #[schema(required = true)]
    estimated_finish_at: Option<Time>,
    name: String,
    #[schema(required = true)]
    body: Option<String>,
    /// Null if the campaign has no body.
    #[schema(value_type = Option<labels::BodyFormat>, required = true)]
    body_format: Option<Format>,
    /// The values of merge fields that a contact lacks, by field.
    defaults: BTreeMap<String, String>,
    /// The template that the body was copied from.
    #[schema(required = true)]
    template: Option<TemplateVersionView>,
    tags: BTreeSet<String>,
    /// Since when lists leave it out.
    #[schema(required = true)]
    archived_at: Option<Time>,
    /// Who the campaign is for; null means everyone. The segments are frozen when the campaign is
    /// sent. Until then, changes of them count.
    #[schema(required = true)]
    target: Option<TargetView>,
    /// What it resends; null unless it is a resend.
    #[schema(required = true)]
    resend: Option<ResendView>,
    #[schema(required = true)]
    scheduled_at: Option<Time>,
    #[schema(required = true)]
    sent_at: Option<Time>,
    #[schema(required = true)]
    failed_at: Option<Time>,
    #[schema(required = true)]
    cancelled_at: Option<Time>,
    /// Who last edited, sent, paused, resumed, stopped or canceled the campaign.
    #[schema(required = true)]
    changed_by: Option<ChangedByView>,
    created_at: Time,
    updated_at: Time,
    #[schema(required = true)]
    audience: Option<AudienceView>,
    #[schema(required = true)]
    counts: Option<CountsView>,
    /// What the writer of the body should know, such as fields that no contact seems to have, or the
    /// sender, such as imports that still change the audience. Only in responses to requests that write
    /// the body or send.
    warnings: Vec<String>,
}

/// Who is texted and who is skipped. `contacts` is the sum of `recipients` and all of `skipped`.
#[derive(Serialize, ToSchema)]
#[schema(as = Audience)]
pub(super) struct AudienceView {
    contacts: u64,
    recipients: u64,
    skipped: SkippedView,
    /// Whether the whole audience has been read.
    complete: bool,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Skipped)]
pub(super) struct SkippedView {
    no_phone: u64,
    duplicate: u64,
    unsubscribed: u64,
    /// Contacts that the target does not include, or whose phone it excludes.
    not_in_target: u64,
    inactive: u64,
    /// Contacts for whom the body has no text.
    unrenderable: u64,
}

/// The number of messages by status at the last count. `total` is the sum of the others.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Counts)]
struct CountsView {
    pending: u64,
    sent: u64,
    delivered: u64,
    failed: u64,
    unknown: u64,
    total: u64,
    counted_at: Time,
}

/// A campaign that is held until its audience is known to be within its limits is shown as running.
pub(super) fn shown_dispatch(dispatch: Dispatch) -> Dispatch {
    match dispatch {
        Dispatch::Held | Dispatch::Running => Dispatch::Running,
        Dispatch::Paused => Dispatch::Paused,
        Dispatch::Stopped => Dispatch::Stopped,
        Dispatch::Done => Dispatch::Done,
    }
}

impl CampaignView {
    pub(crate) fn with_warnings(self, warnings: Vec<String>) -> Self {
        Self { warnings, ..self }
    }
}

impl From<&Campaign> for CampaignView {
    fn from(campaign: &Campaign) -> Self {
        let broadcast = campaign.broadcast();
        let (cancelled_at, failed_at) = campaign.ended_at();
        Self {
            id: campaign.id.0,
            organization_id: campaign.organization_id.0,
            status: campaign.status(),
            reason: campaign.reason(),
            dispatch: broadcast.map(|broadcast| shown_dispatch(broadcast.dispatch)),
            max_parts: campaign.limits.max_parts,
            max_price: campaign.limits.max_price.as_ref().map(|most| most.amount.to_string()),
            estimated_finish_at: broadcast.and_then(|b| b.estimated_finish_at).map(Time),
            name: campaign.name.clone(),
            body: campaign.body.clone().map(String::from),
            body_format: campaign.body.as_ref().map(Body::format),
            defaults: campaign.body.as_ref().map(defaults).unwrap_or_default(),
            template: campaign.template.map(TemplateVersionView::from),
            tags: campaign.tags.clone(),
            archived_at: campaign.archived_at.map(Time),
            target: campaign.target.as_ref().map(TargetView::from),
            resend: campaign.resend.as_ref().map(ResendView::from),
            scheduled_at: campaign.scheduled_at().map(Time),
            sent_at: broadcast.map(|broadcast| broadcast.sent_at.into()),
            failed_at: failed_at.map(Time),
            cancelled_at: cancelled_at.map(Time),
            changed_by: campaign.changed_by.as_ref().map(ChangedByView::from),
            created_at: campaign.created_at.into(),
            updated_at: campaign.updated_at.into(),
            audience: broadcast.map(AudienceView::from),
            counts: broadcast.and_then(|broadcast| broadcast.counted).map(CountsView::from),
            warnings: Vec::new(),
        }
    }
}

impl From<&Broadcast> for AudienceView {
    fn from(broadcast: &Broadcast) -> Self {
        let Audience { totals, completed_at, abandoned_at: _ } = broadcast.audience;
        Self {
            contacts: totals.contacts(),
            recipients: totals.recipients,
            skipped: totals.skipped.into(),
            complete: completed_at.is_some(),
        }
    }
}

impl From<Skipped> for SkippedView {
    fn from(skipped: Skipped) -> Self {
        let Skipped { no_phone, duplicate, unsubscribed, not_in_target, inactive, unrenderable } =
            skipped;
        Self { no_phone, duplicate, unsubscribed, not_in_target, inactive, unrenderable }
    }
}

impl From<Counted> for CountsView {
    fn from(Counted { counts, at }: Counted) -> Self {
        let (total, counted_at) = (counts.total(), at.into());
        let Counts { pending, sent, delivered, failed, unknown } = counts;
        Self { pending, sent, delivered, failed, unknown, total, counted_at }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::campaign::{Begin, Salt};
    use shared::grace::Grace;
    use shared::ids::{CampaignId, OrganizationId};
    use shared::phone::Phone;
    use shared::time::Timestamp;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(second * 1_000).expect("in range")
    }

    fn draft() -> Campaign {
        Campaign::create(
            CampaignId(Uuid::from_u128(2)),
            OrganizationId(Uuid::from_u128(1)),
            "Spring".to_owned(),
            Some("Hi".to_owned().into()),
            at(0),
        )
    }

    #[test]
    fn a_draft_has_every_field() {
        let view = serde_json::to_value(CampaignView::from(&draft())).expect("JSON");
        let expected = json!({
            "id": "00000000-0000-0000-0000-000000000002",
            "organizationId": "00000000-0000-0000-0000-000000000001",
            "status": "draft", "reason": null, "dispatch": null, "maxParts": null, "maxPrice": null,
            "estimatedFinishAt": null,
            "name": "Spring", "body": "Hi", "bodyFormat": "text", "defaults": {}, "template": null, "tags": [], "archivedAt": null,
            "target": null, "resend": null,
            "scheduledAt": null, "sentAt": null, "failedAt": null, "cancelledAt": null,
            "changedBy": null,
            "createdAt": "1970-01-01T00:00:00.000Z", "updatedAt": "1970-01-01T00:00:00.000Z",
            "audience": null, "counts": null, "warnings": [],
        });
        assert_eq!(view, expected);
    }

    #[test]
    fn a_sent_campaign_has_an_audience_that_grows() {
        let scheduled = draft().schedule(None, at(1), Grace::default()).expect("schedulable");
        let phone = Phone::from_e164("+14153550100").expect("valid");
        let provider = shared::sender::Provider::default();
        let sender = shared::sender::Sender::new(phone, provider);
        let salt = Salt::new([0xab; 16]);
        let decided = scheduled.begin(at(1), salt, sender, 4.into(), at(2), Grace::default());
        let Begin::Begun(sent) = decided else { panic!("not begun") };
        let view = serde_json::to_value(CampaignView::from(&*sent)).expect("JSON");
        assert!(!view.to_string().contains("abababab"), "the salt stays in the table");
        assert_eq!(view["status"], "sent");
        assert_eq!(view["dispatch"], "running");
        assert_eq!(view["scheduledAt"], "1970-01-01T00:00:01.000Z");
        assert_eq!(view["sentAt"], "1970-01-01T00:00:02.000Z");
        let audience = json!({
            "contacts": 0, "recipients": 0, "complete": false,
            "skipped": {
                "noPhone": 0, "duplicate": 0, "unsubscribed": 0,
                "notInTarget": 0, "inactive": 0, "unrenderable": 0,
            },
        });
        assert_eq!(view["audience"], audience);
        assert_eq!(view["counts"], json!(null));
    }
}
