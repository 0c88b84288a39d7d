import { Link } from "@tanstack/react-router";
import type { Message } from "../../api/client";
import { CampaignName } from "../../components/CampaignName";
import { EndLabel } from "../../components/Dot";
import type { Column } from "../../components/Grid";
import { Time } from "../../components/Time";
import { texts } from "../../texts";

const t = texts.history;

/** A person's messages over all campaigns. */
export const MESSAGE_COLUMNS: Column<Message>[] = [
  {
    key: "campaign",
    title: t.campaign,
    cell: ({ campaignId, kind }) =>
      campaignId === null ? (
        t.reply
      ) : (
        <>
          <CampaignName campaignId={campaignId} />
          {kind === "test" && ` (${texts.messages.test.toLowerCase()})`}
        </>
      ),
  },
  {
    key: "status",
    title: texts.messages.status,
    cell: ({ id, campaignId, status }) =>
      campaignId === null ? (
        <EndLabel end={status} />
      ) : (
        <Link
          to="/campaigns/$campaignId/messages/$messageId"
          params={{ campaignId, messageId: id }}
          className="plain"
        >
          <EndLabel end={status} />
        </Link>
      ),
  },
  {
    key: "reason",
    title: texts.messages.reason,
    wraps: true,
    cell: ({ errorReason }) => (errorReason ? texts.failures[errorReason][0] : texts.app.none),
  },
  { key: "sent", title: t.sent, cell: ({ sentAt, createdAt }) => <Time at={sentAt ?? createdAt} /> },
];
