import { Anchor, Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Template } from "../api/client";
import { templatesQuery } from "../api/segments";
import { Curl } from "../components/Curl";
import { Empty } from "../components/Empty";
import { type Column, Grid } from "../components/Grid";
import { Loading } from "../components/Loading";
import { Page } from "../components/Page";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { count } from "../lib/format";
import { changedBy } from "../lib/people";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";

const t = texts.templates;

/** The texts that campaigns can start from. */
export function Templates() {
  const { organizationId, canSend } = useSession();
  const templates = useQuery(templatesQuery(organizationId));
  const rows = templates.data?.items ?? [];
  const create = canSend && (
    <Button
      renderRoot={(props) => <Link to="/templates/$templateId" params={{ templateId: "new" }} {...props} />}
    >
      {t.create}
    </Button>
  );
  return (
    <Page
      title={t.title}
      lead={t.lead}
      actions={
        <>
          <Curl method="GET" path={`/v1/organizations/${organizationId}/templates`} />
          {rows.length > 0 && create}
        </>
      }
    >
      {templates.isPending && <Loading lines={6} />}
      {templates.isError && <ProblemAlert error={templates.error} retry={() => void templates.refetch()} />}
      {templates.data && rows.length === 0 && (
        <Empty title={t.empty} lead={t.emptyLead}>
          {create}
        </Empty>
      )}
      {rows.length > 0 && <Grid label={t.title} columns={COLUMNS} rows={rows} rowKey={({ id }) => id} />}
    </Page>
  );
}

const COLUMNS: Column<Template>[] = [
  {
    key: "name",
    title: t.nameColumn,
    cell: ({ id, name }) => (
      <Anchor
        inherit
        fw={500}
        renderRoot={(props) => <Link to="/templates/$templateId" params={{ templateId: id }} {...props} />}
      >
        {name}
      </Anchor>
    ),
  },
  {
    key: "text",
    title: texts.compose.body,
    wraps: true,
    cell: ({ body }) => (
      <Text inherit lineClamp={2}>
        {body}
      </Text>
    ),
  },
  { key: "version", title: t.version, isNumber: true, isMinor: true, cell: ({ version }) => count(version) },
  { key: "by", title: t.by, isMinor: true, cell: (template) => changedBy(template.changedBy) },
  { key: "updated", title: t.updated, isMinor: true, cell: ({ updatedAt }) => <Time at={updatedAt} /> },
];
