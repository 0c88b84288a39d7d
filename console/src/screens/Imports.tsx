import { Button, FileButton, Group, Progress, Stack, Table, Text } from "@mantine/core";
import { IconFileSpreadsheet } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Curl } from "../components/Curl";
import { DropZone } from "../components/DropZone";
import { ExampleFile } from "../components/ExampleFile";
import { FromPinpoint } from "../components/FromPinpoint";
import { Page } from "../components/Page";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { firstRows } from "../lib/first-rows";
import { rememberImport } from "../lib/recent-imports";
import { type ImportOptions, MAX_UPLOAD, startImport } from "../lib/upload";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import classes from "./Imports.module.css";
import { Options } from "./imports/Options";
import { Past } from "./imports/Past";
import { Trial } from "./imports/Trial";

const PREVIEW_ROWS = 6;
const t = texts.imports;
const route = getRouteApi("/imports");
const DEFAULTS: ImportOptions = { match: null, onMatch: "update", tags: [] };

interface Chosen {
  file: File;
  rows: string[][];
}

/** Drop a file, see its first rows, import it. */
export function Imports() {
  const { organizationId, canSend } = useSession();
  const { cursor } = route.useSearch();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const choose = useMutation({
    mutationFn: async (file: File): Promise<Chosen> => {
      if (file.size === 0) throw new Error(t.emptyFile);
      if (file.size > MAX_UPLOAD) throw new Error(t.tooLarge);
      return { file, rows: await firstRows(file, PREVIEW_ROWS) };
    },
  });
  const [options, setOptions] = useState<ImportOptions>(DEFAULTS);
  const [share, setShare] = useState<number | null>(null);
  const start = (dryRun: boolean) => {
    if (choose.data === undefined) throw new Error(t.emptyFile);
    setShare(null);
    return startImport({ organizationId, file: choose.data.file, options, dryRun, onProgress: setShare });
  };
  const trial = useMutation({ mutationFn: () => start(true) });
  const upload = useMutation({
    mutationFn: () => start(false),
    onSuccess: async ({ id }) => {
      rememberImport({ id, file: choose.data?.file.name ?? t.one });
      void queries.invalidateQueries({ queryKey: [organizationId, "imports"] });
      await navigate({ to: "/imports/$importId", params: { importId: id } });
    },
  });
  const isStarting = trial.isPending || upload.isPending;
  const chosen = choose.data;
  const curl = (
    <Curl
      method="POST"
      path={`/v1/organizations/${organizationId}/contacts/imports`}
      file={chosen?.file.name ?? "contacts.csv"}
    />
  );
  return (
    <Page title={t.title} lead={t.lead} actions={curl} narrow>
      {!canSend && <Text size="sm">{texts.app.readOnly}</Text>}
      {canSend && !chosen && (
        <DropZone onFiles={([file]) => file && choose.mutate(file)}>
          <IconFileSpreadsheet size={32} stroke={1.4} aria-hidden />
          <Text fw={550}>{t.drop}</Text>
          <FileButton
            accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,.gz,text/csv"
            onChange={(file) => file && choose.mutate(file)}
          >
            {(props) => <Button {...props}>{t.choose}</Button>}
          </FileButton>
          <Text size="sm" c="dimmed">
            {t.limit}
          </Text>
          <Group gap="xs" justify="center">
            <ExampleFile />
            <FromPinpoint />
          </Group>
        </DropZone>
      )}
      {choose.isError && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {choose.error.message}
        </Text>
      )}
      {chosen && (
        <Section title={t.first}>
          <Stack gap="md">
            <Preview rows={chosen.rows} />
            <Options
              options={options}
              disabled={isStarting}
              onChange={(after) => {
                setOptions(after);
                trial.reset();
              }}
            />
            {trial.isError && <ProblemAlert error={trial.error} />}
            {upload.isError && <ProblemAlert error={upload.error} />}
            {isStarting && share !== null && (
              <Progress value={share * 100} aria-label={t.uploaded(Math.floor(share * 100))} />
            )}
            {trial.data && <Trial importId={trial.data.id} />}
            <Group gap="xs">
              <Button
                variant={trial.data ? "default" : "filled"}
                disabled={upload.isPending}
                loading={trial.isPending}
                onClick={() => trial.mutate()}
              >
                {t.try}
              </Button>
              <Button
                variant={trial.data ? "filled" : "default"}
                disabled={trial.isPending}
                loading={upload.isPending}
                onClick={() => upload.mutate()}
              >
                {t.confirm(chosen.file.name)}
              </Button>
              <Button
                variant="default"
                disabled={isStarting}
                onClick={() => {
                  choose.reset();
                  trial.reset();
                  upload.reset();
                }}
              >
                {t.other}
              </Button>
            </Group>
          </Stack>
        </Section>
      )}
      <Text size="sm" c="dimmed">
        {t.optOutNote}
      </Text>
      <Past cursor={cursor} />
    </Page>
  );
}

function Preview({ rows: [header = [], ...rows] }: { rows: string[][] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={classes.preview} aria-label={t.first} tabIndex={0}>
      <Table fz="sm" verticalSpacing={5}>
        <Table.Thead>
          <Table.Tr>
            {header.map((name, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name
              <Table.Th key={place}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, line) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows may repeat
            <Table.Tr key={line}>
              {row.map((value, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: cells may repeat
                <Table.Td key={place} className={classes.cell}>
                  {value}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
