import { Anchor, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Campaign, MessageStatus } from "../../api/client";
import { StageLabel } from "../../components/Dot";
import type { Column } from "../../components/Grid";
import { Time } from "../../components/Time";
import { count, percent } from "../../lib/format";
import { changedBy } from "../../lib/people";
import { texts } from "../../texts";
import classes from "./columns.module.css";

/** A number that leads to the messages that it counts. */
function Counted({ campaign, status, text }: { campaign: Campaign; status: MessageStatus; text: string }) {
  return (
    <Link
      to="/campaigns/$campaignId/messages"
      params={{ campaignId: campaign.id }}
      search={{ status }}
      className="plain"
    >
      {text}
    </Link>
  );
}

function some(campaign: Campaign, status: "failed" | "unknown") {
  const number = campaign.counts?.[status] ?? 0;
  return number === 0 ? texts.app.none : <Counted campaign={campaign} status={status} text={count(number)} />;
}

function when(campaign: Campaign) {
  const at = campaign.sentAt ?? campaign.scheduledAt ?? campaign.cancelledAt;
  if (at !== null) return <Time at={at} />;
  return (
    <Text span inherit c="dimmed">
      {texts.campaigns.edited} <Time at={campaign.updatedAt} />
    </Text>
  );
}

/** The table of campaigns. */
export const COLUMNS: Column<Campaign>[] = [
  {
    key: "name",
    width: 220,
    title: texts.campaigns.name,
    cell: (campaign) => (
      <>
        <Anchor
          inherit
          fw={500}
          className={classes.name}
          renderRoot={(props) => (
            <Link to="/campaigns/$campaignId" params={{ campaignId: campaign.id }} {...props} />
          )}
        >
          {campaign.name}
        </Anchor>
        {campaign.tags.length > 0 && (
          <Text size="xs" c="dimmed" className={classes.name}>
            {campaign.tags.join(", ")}
          </Text>
        )}
      </>
    ),
  },
  {
    key: "status",
    width: 105,
    title: texts.campaigns.status,
    cell: (campaign) => <StageLabel campaign={campaign} />,
  },
  {
    key: "recipients",
    width: 95,
    title: texts.campaigns.recipients,
    isNumber: true,
    cell: ({ audience }) => (audience === null ? texts.app.none : count(audience.recipients)),
  },
  {
    key: "delivered",
    width: 85,
    title: texts.campaigns.delivered,
    isNumber: true,
    cell: (campaign) =>
      campaign.counts === null ? (
        texts.app.none
      ) : (
        <Counted
          campaign={campaign}
          status="delivered"
          text={percent(campaign.counts.delivered, campaign.counts.total)}
        />
      ),
  },
  {
    key: "failed",
    width: 65,
    title: texts.campaigns.failed,
    isNumber: true,
    isMinor: true,
    cell: (c) => some(c, "failed"),
  },
  {
    key: "unknown",
    width: 80,
    title: texts.campaigns.unknown,
    isNumber: true,
    isMinor: true,
    cell: (c) => some(c, "unknown"),
  },
  { key: "when", width: 225, title: texts.campaigns.when, cell: when },
  {
    key: "by",
    width: 100,
    title: texts.campaigns.by,
    isMinor: true,
    cell: (campaign) => changedBy(campaign.changedBy),
  },
];
