import { Anchor, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Change, changesQuery } from "../../api/changes";
import { type Column, Grid } from "../../components/Grid";
import { Loading } from "../../components/Loading";
import { Pages } from "../../components/Pages";
import { ProblemAlert } from "../../components/ProblemAlert";
import { Section } from "../../components/Section";
import { Time } from "../../components/Time";
import { changedBy } from "../../lib/people";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";

const t = texts.audit;
const ACTIONS: Readonly<Record<string, string>> = t.actions;

/** Who changed what, newest first. */
export function Audit({ cursor }: { cursor: string | undefined }) {
  const { organizationId } = useSession();
  const changes = useQuery(changesQuery(organizationId, cursor));
  const rows = changes.data?.items ?? [];
  return (
    <Section title={texts.settings.audit}>
      <Text size="sm" c="dimmed" mb="md">
        {t.lead}
      </Text>
      {changes.isPending && <Loading lines={6} />}
      {changes.isError && <ProblemAlert error={changes.error} retry={() => void changes.refetch()} />}
      {changes.isSuccess && rows.length === 0 && <Text size="sm">{t.none}</Text>}
      {rows.length > 0 && (
        <Grid
          label={texts.settings.audit}
          columns={COLUMNS}
          rows={rows}
          rowKey={({ at, action, subjectId }) => `${at} ${action} ${subjectId}`}
          isBare
        />
      )}
      <Pages cursor={cursor} next={changes.data?.nextCursor} />
    </Section>
  );
}

const COLUMNS: Column<Change>[] = [
  { key: "at", title: t.when, cell: ({ at }) => <Time at={at} /> },
  { key: "by", title: t.who, cell: ({ changedBy: actor }) => changedBy(actor) },
  { key: "what", title: t.what, wraps: true, cell: (change) => <What change={change} /> },
];

/** A newer API may have operations that this page has no words for. */
function What({ change: { action, subjectId } }: { change: Change }) {
  const words = ACTIONS[action] ?? action;
  const isCampaigns = / \/campaigns(\/|$)/.test(action);
  if (!isCampaigns || subjectId === null) return words;
  return (
    <Anchor
      size="sm"
      renderRoot={(props) => (
        <Link to="/campaigns/$campaignId" params={{ campaignId: subjectId }} {...props} />
      )}
    >
      {words}
    </Anchor>
  );
}
