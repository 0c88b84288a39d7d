import { Button, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { api, body, type Import } from "../../api/client";
import { type Column, Grid } from "../../components/Grid";
import { ProblemAlert } from "../../components/ProblemAlert";
import { Section } from "../../components/Section";
import { count } from "../../lib/format";
import { texts } from "../../texts";

const t = texts.imports;
type RowError = Import["errors"][number];

/** The first rejected rows with their reasons, and the file of all. */
export function Rejected({ found }: { found: Import }) {
  const { organizationId, id: importId, errors, rejected, status } = found;
  const download = useMutation({
    mutationFn: async () => {
      const { url } = await body(
        api.GET("/v1/organizations/{organizationId}/contacts/imports/{importId}/rejected", {
          params: { path: { organizationId, importId } },
        }),
      );
      // The bucket sends it as an attachment, so the page stays.
      if (url) window.location.assign(url);
    },
  });
  const isOver = status !== "pending" && status !== "running" && status !== "uploading";
  if (errors.length === 0) return null;
  return (
    <Section
      title={t.rejectedRows}
      actions={
        isOver && (
          <Button
            size="compact-sm"
            variant="subtle"
            loading={download.isPending}
            onClick={() => download.mutate()}
          >
            {t.download}
          </Button>
        )
      }
    >
      {download.isError && <ProblemAlert error={download.error} />}
      <Text size="sm" c="dimmed" mb="sm">
        {t.rejectedLead} {rejected > errors.length && t.firstHundred(rejected)}
      </Text>
      <Grid
        label={t.rejectedRows}
        columns={COLUMNS}
        rows={errors}
        rowKey={({ row, column }) => `${row} ${column}`}
      />
    </Section>
  );
}

const COLUMNS: Column<RowError>[] = [
  {
    key: "line",
    title: t.row,
    isNumber: true,
    cell: ({ sheetRow, line, row }) => count(sheetRow ?? line ?? row),
  },
  { key: "column", title: t.column, cell: ({ column }) => column ?? texts.app.none },
  { key: "value", title: t.value, isMinor: true, cell: ({ value }) => value ?? texts.app.none },
  { key: "why", title: t.why, wraps: true, cell: ({ reason }) => reason },
];
