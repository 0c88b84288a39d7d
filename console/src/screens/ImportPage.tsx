import { Alert, Button, Group, Progress, SimpleGrid, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Import } from "../api/client";
import { importQuery } from "../api/queries";
import { Curl } from "../components/Curl";
import { ToneLabel } from "../components/Dot";
import { type Column, Grid } from "../components/Grid";
import { Loading } from "../components/Loading";
import { NewCampaign } from "../components/NewCampaign";
import { Page } from "../components/Page";
import { ProblemAlert, sentence } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { csv, saveFile } from "../lib/example";
import { count } from "../lib/format";
import { recentImports } from "../lib/recent-imports";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import classes from "./Check.module.css";

const route = getRouteApi("/imports/$importId");
const t = texts.imports;
const TONES = {
  uploading: "busy",
  pending: "busy",
  running: "busy",
  done: "good",
  failed: "bad",
  cancelled: "calm",
  undoing: "busy",
  undone: "calm",
} as const;

/** An import while it runs and afterwards; rejected rows with their reasons. */
export function ImportPage() {
  const { importId } = route.useParams();
  const { organizationId } = useSession();
  const queries = useQueryClient();
  const found = useQuery(importQuery(organizationId, importId));
  const status = found.data?.status;
  useEffect(() => {
    if (status === "done") {
      void queries.invalidateQueries({ queryKey: [organizationId, "contacts"] });
      void queries.invalidateQueries({ queryKey: [organizationId, "unsubscribes"] });
    }
  }, [status, organizationId, queries]);
  if (found.isPending) return <Loading lines={6} />;
  if (found.isError) return <ProblemAlert error={found.error} retry={() => void found.refetch()} />;
  const file = recentImports().find(({ id }) => id === importId)?.file;
  const { rows, created, updated, rejected, ignored, optOuts, encoding, reason, errors } = found.data;
  const isRunning = found.data.status === "pending" || found.data.status === "running";
  const figures: [string, number][] = [
    [t.rows, rows],
    [t.created, created],
    [t.updated, updated],
    [t.rejected, rejected],
    ...(ignored > 0 ? [[t.ignored, ignored] as [string, number]] : []),
    ...(optOuts > 0 ? [[t.optOuts, optOuts] as [string, number]] : []),
  ];
  return (
    <Page
      title={file ?? t.one}
      aside={<ToneLabel tone={TONES[found.data.status]} label={t.status[found.data.status]} />}
      back={{ to: "/imports", label: t.title }}
      actions={
        <Curl method="GET" path={`/v1/organizations/${organizationId}/contacts/imports/${importId}`} />
      }
    >
      {isRunning && (
        <>
          <Progress value={100} animated aria-label={t.status.running} />
          <Text size="sm" c="dimmed">
            {t.canLeave}
          </Text>
        </>
      )}
      {reason && (
        <Alert color="red" title={t.status.failed}>
          {sentence(reason)}
        </Alert>
      )}
      <SimpleGrid cols={{ base: 2, xs: 3, sm: figures.length }} spacing="sm" component="dl" m={0}>
        {figures.map(([name, number]) => (
          <div key={name}>
            <Text component="dt" size="sm" c="dimmed">
              {name}
            </Text>
            <Text component="dd" m={0} className={`number ${classes.figure}`}>
              {count(number)}
            </Text>
          </div>
        ))}
      </SimpleGrid>
      {status === "done" && (
        <Group gap="xs">
          <NewCampaign />
          <Button variant="default" renderRoot={(props) => <Link to="/contacts" {...props} />}>
            {t.see}
          </Button>
          {encoding && (
            <Text size="sm" c="dimmed">
              {t.encoding}: {encoding}
            </Text>
          )}
        </Group>
      )}
      {errors.length > 0 && <Rejected rows={errors} all={rejected} />}
    </Page>
  );
}

type RowError = Import["errors"][number];

function Rejected({ rows, all }: { rows: RowError[]; all: number }) {
  const download = () => {
    const cells = rows.map(({ line, row, column, reason }) => [line, row, column, reason]);
    saveFile("rejected-rows.csv", csv([[t.line, t.row, t.column, t.why], ...cells]));
  };
  return (
    <Section
      title={t.rejectedRows}
      actions={
        <Button size="compact-sm" variant="subtle" onClick={download}>
          {t.download}
        </Button>
      }
    >
      <Text size="sm" c="dimmed" mb="sm">
        {t.rejectedLead} {all > rows.length && t.firstHundred(all)}
      </Text>
      <Grid
        label={t.rejectedRows}
        columns={COLUMNS}
        rows={rows}
        rowKey={({ row, column }) => `${row} ${column}`}
      />
    </Section>
  );
}

const COLUMNS: Column<RowError>[] = [
  { key: "line", title: t.line, isNumber: true, cell: ({ line, row }) => count(line ?? row) },
  { key: "column", title: t.column, cell: ({ column }) => column ?? texts.app.none },
  { key: "why", title: t.why, wraps: true, cell: ({ reason }) => reason },
];
