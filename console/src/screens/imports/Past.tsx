import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Import } from "../../api/client";
import { importsQuery } from "../../api/queries";
import { ToneLabel } from "../../components/Dot";
import { type Column, Grid } from "../../components/Grid";
import { Pages } from "../../components/Pages";
import { ProblemAlert } from "../../components/ProblemAlert";
import { Section } from "../../components/Section";
import { Time } from "../../components/Time";
import { count } from "../../lib/format";
import { IMPORT_TONES } from "../../lib/import";
import { changedBy } from "../../lib/people";
import { recentImports } from "../../lib/recent-imports";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";

const t = texts.imports;

/** The imports so far, newest first. */
export function Past({ cursor }: { cursor: string | undefined }) {
  const { organizationId } = useSession();
  const imports = useQuery(importsQuery(organizationId, cursor));
  if (imports.isError) return <ProblemAlert error={imports.error} retry={() => void imports.refetch()} />;
  const rows = imports.data?.items ?? [];
  if (rows.length === 0) return null;
  const files = new Map(recentImports().map(({ id, file }) => [id, file]));
  const columns: Column<Import>[] = [
    {
      key: "file",
      title: t.one,
      cell: ({ id, createdAt, dryRun }) => (
        <Anchor
          inherit
          renderRoot={(props) => <Link to="/imports/$importId" params={{ importId: id }} {...props} />}
        >
          {files.get(id) ?? <Time at={createdAt} />}
          {dryRun && ` (${t.dryRun.toLowerCase()})`}
        </Anchor>
      ),
    },
    {
      key: "status",
      title: t.statusTitle,
      cell: ({ status }) => <ToneLabel tone={IMPORT_TONES[status]} label={t.status[status]} />,
    },
    { key: "rows", title: t.rows, isNumber: true, cell: ({ rows: number }) => count(number) },
    { key: "rejected", title: t.rejected, isNumber: true, cell: ({ rejected }) => count(rejected) },
    { key: "by", title: t.by, isMinor: true, cell: (found) => changedBy(found.changedBy) },
  ];
  return (
    <Section title={t.past}>
      <Grid label={t.past} columns={columns} rows={rows} rowKey={({ id }) => id} />
      <Pages cursor={cursor} next={imports.data?.nextCursor} />
    </Section>
  );
}
