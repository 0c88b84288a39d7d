import { Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { Export } from "../api/client";
import { exportsQuery } from "../api/exports";
import { CampaignName } from "../components/CampaignName";
import { Curl } from "../components/Curl";
import { ToneLabel } from "../components/Dot";
import { Download } from "../components/Download";
import { Empty } from "../components/Empty";
import { ExportButton } from "../components/ExportButton";
import { type Column, Grid } from "../components/Grid";
import { Loading } from "../components/Loading";
import { Page } from "../components/Page";
import { Pages } from "../components/Pages";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { bytes, count } from "../lib/format";
import { changedBy } from "../lib/people";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";

const route = getRouteApi("/exports");
const t = texts.exports;
const TONES = { pending: "busy", running: "busy", failed: "bad" } as const;

/** The exports of the last days, whose files can still be saved. */
export function Exports() {
  const { cursor } = route.useSearch();
  const { organizationId, canSend } = useSession();
  const exports = useQuery({ ...exportsQuery(organizationId, cursor), enabled: canSend });
  return (
    <Page
      title={t.title}
      lead={t.lead}
      actions={
        <>
          <Curl method="GET" path={`/v1/organizations/${organizationId}/exports`} />
          <ExportButton kind="contacts" command="volley contacts export --to contacts.csv" />
        </>
      }
    >
      {!canSend && <Empty title={t.forSenders} lead={t.forSendersLead} />}
      {canSend && exports.isPending && <Loading lines={6} />}
      {exports.isError && <ProblemAlert error={exports.error} retry={() => void exports.refetch()} />}
      {exports.data?.items.length === 0 && (
        <Empty title={t.empty} lead={t.emptyLead}>
          <Button variant="default" renderRoot={(props) => <Link to="/campaigns" {...props} />}>
            {texts.home.all}
          </Button>
        </Empty>
      )}
      {exports.data && exports.data.items.length > 0 && (
        <Grid label={t.title} columns={COLUMNS} rows={exports.data.items} rowKey={({ id }) => id} />
      )}
      <Pages cursor={cursor} next={exports.data?.nextCursor} />
    </Page>
  );
}

const COLUMNS: Column<Export>[] = [
  {
    key: "what",
    title: t.content,
    cell: ({ kind, campaignId }) => (
      <>
        {t.kinds[kind]}
        {campaignId !== null && (
          <Text size="xs" c="dimmed" component="div">
            {t.of} <CampaignName campaignId={campaignId} />
          </Text>
        )}
      </>
    ),
  },
  {
    key: "status",
    title: texts.imports.statusTitle,
    wraps: true,
    cell: (found) =>
      found.status === "done" ? (
        <Download found={found} button={{ size: "compact-xs", variant: "default" }} />
      ) : (
        <>
          <ToneLabel tone={TONES[found.status]} label={t.status[found.status]} />
          {found.reason !== null && ` ${found.reason}`}
        </>
      ),
  },
  { key: "format", title: t.format, isMinor: true, cell: ({ format }) => t.formats[format] },
  { key: "rows", title: texts.imports.rows, isNumber: true, isMinor: true, cell: ({ rows }) => count(rows) },
  {
    key: "size",
    title: t.size,
    isNumber: true,
    isMinor: true,
    cell: ({ size }) => (size === null ? texts.app.none : bytes(size)),
  },
  { key: "created", title: t.created, isMinor: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
  { key: "by", title: t.by, isMinor: true, cell: (found) => changedBy(found.changedBy) },
];
