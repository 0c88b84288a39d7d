import { Anchor, Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Segment } from "../api/client";
import { segmentsQuery } from "../api/segments";
import { Curl } from "../components/Curl";
import { Empty } from "../components/Empty";
import { type Column, Grid } from "../components/Grid";
import { Loading } from "../components/Loading";
import { Page } from "../components/Page";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { sentenceOf } from "../lib/filter";
import { changedBy } from "../lib/people";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";

const t = texts.segments;

/** All segments, each with its filter in words. */
export function Segments() {
  const { organizationId, canSend } = useSession();
  const segments = useQuery(segmentsQuery(organizationId));
  const rows = segments.data?.items ?? [];
  const nameOf = (id: string) => rows.find((segment) => segment.id === id)?.name ?? t.gone;
  const create = canSend && (
    <Button
      renderRoot={(props) => <Link to="/segments/$segmentId" params={{ segmentId: "new" }} {...props} />}
    >
      {t.create}
    </Button>
  );
  const columns: Column<Segment>[] = [
    {
      key: "name",
      title: t.name,
      cell: ({ id, name }) => (
        <Anchor
          inherit
          fw={500}
          renderRoot={(props) => <Link to="/segments/$segmentId" params={{ segmentId: id }} {...props} />}
        >
          {name}
        </Anchor>
      ),
    },
    { key: "who", title: t.who, wraps: true, cell: ({ filter }) => sentenceOf(filter, nameOf) },
    {
      key: "used",
      title: t.usedBy,
      isMinor: true,
      cell: ({ usedBy }) => (usedBy.length === 0 ? texts.app.none : t.campaigns(usedBy.length)),
    },
    { key: "by", title: t.by, isMinor: true, cell: (segment) => changedBy(segment.changedBy) },
    {
      key: "updated",
      title: t.updated,
      isMinor: true,
      cell: ({ updatedAt }) => <Time at={updatedAt} />,
    },
  ];
  return (
    <Page
      title={t.title}
      lead={t.lead}
      actions={
        <>
          <Curl method="GET" path={`/v1/organizations/${organizationId}/segments`} />
          {rows.length > 0 && create}
        </>
      }
    >
      {segments.isPending && <Loading lines={6} />}
      {segments.isError && <ProblemAlert error={segments.error} retry={() => void segments.refetch()} />}
      {segments.data && rows.length === 0 && (
        <Empty title={t.empty} lead={t.emptyLead}>
          {create}
        </Empty>
      )}
      {rows.length > 0 && <Grid label={t.title} columns={columns} rows={rows} rowKey={({ id }) => id} />}
    </Page>
  );
}
