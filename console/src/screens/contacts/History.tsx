import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Message } from "../../api/client";
import { historyQuery } from "../../api/reports";
import { CampaignName } from "../../components/CampaignName";
import { EndLabel } from "../../components/Dot";
import { type Column, Grid } from "../../components/Grid";
import { Loading } from "../../components/Loading";
import { Pages } from "../../components/Pages";
import { ProblemAlert } from "../../components/ProblemAlert";
import { Section } from "../../components/Section";
import { Time } from "../../components/Time";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";

const t = texts.history;

/** Every message that campaigns have sent to a contact's phone. */
export function History({ contactId, cursor }: { contactId: string; cursor: string | undefined }) {
  const { organizationId } = useSession();
  const history = useQuery(historyQuery(organizationId, contactId, cursor));
  return (
    <Section title={t.title}>
      {history.isPending && <Loading lines={3} />}
      {history.isError && <ProblemAlert error={history.error} retry={() => void history.refetch()} />}
      {history.data?.items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.empty}
        </Text>
      )}
      {history.data && history.data.items.length > 0 && (
        <Grid isBare label={t.title} columns={COLUMNS} rows={history.data.items} rowKey={({ id }) => id} />
      )}
      <Pages cursor={cursor} next={history.data?.nextCursor} />
    </Section>
  );
}

const COLUMNS: Column<Message>[] = [
  {
    key: "campaign",
    title: t.campaign,
    cell: ({ campaignId }) =>
      campaignId === null ? texts.app.none : <CampaignName campaignId={campaignId} />,
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
