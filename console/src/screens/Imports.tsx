import { Anchor, Button, FileButton, Group, Stack, Table, Text } from "@mantine/core";
import { IconFileSpreadsheet } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type DragEvent, useState } from "react";
import { api, body, once } from "../api/client";
import { Curl } from "../components/Curl";
import { ExampleFile } from "../components/ExampleFile";
import { Page } from "../components/Page";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { firstRows } from "../lib/first-rows";
import { recentImports, rememberImport } from "../lib/recent-imports";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import classes from "./Imports.module.css";

const MAX_BYTES = 4 * 1024 * 1024;
const PREVIEW_ROWS = 6;
const t = texts.imports;

interface Chosen {
  file: File;
  rows: string[][];
}

/** Drop a file, see its first rows, import it. */
export function Imports() {
  const { organizationId, canSend } = useSession();
  const navigate = useNavigate();
  const [isOver, setOver] = useState(false);
  const choose = useMutation({
    mutationFn: async (file: File): Promise<Chosen> => {
      if (file.size === 0) throw new Error(t.emptyFile);
      if (file.size > MAX_BYTES) throw new Error(t.tooLarge);
      return { file, rows: await firstRows(file, PREVIEW_ROWS) };
    },
  });
  const upload = useMutation({
    mutationFn: ({ file }: Chosen) =>
      body(
        api.POST("/v1/organizations/{organizationId}/contacts/imports", {
          params: { path: { organizationId }, header: once() },
          body: file as unknown as string,
          // As it is: only then can the API recognize the file's encoding.
          bodySerializer: (content: unknown) => content as Blob,
          headers: { "content-type": "application/octet-stream" },
        }),
      ),
    onSuccess: async ({ id }, { file }) => {
      rememberImport({ id, file: file.name });
      await navigate({ to: "/imports/$importId", params: { importId: id } });
    },
  });
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file) choose.mutate(file);
  };
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
        // biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same by keyboard
        <div
          className={classes.drop}
          data-over={isOver || undefined}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <IconFileSpreadsheet size={32} stroke={1.4} aria-hidden />
          <Text fw={550}>{t.drop}</Text>
          <FileButton accept=".csv,.tsv,.txt,text/csv" onChange={(file) => file && choose.mutate(file)}>
            {(props) => <Button {...props}>{t.choose}</Button>}
          </FileButton>
          <Text size="sm" c="dimmed">
            {t.limit}
          </Text>
          <ExampleFile />
        </div>
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
            {upload.isError && <ProblemAlert error={upload.error} />}
            <Group gap="xs">
              <Button loading={upload.isPending} onClick={() => upload.mutate(chosen)}>
                {t.confirm(chosen.file.name)}
              </Button>
              <Button
                variant="default"
                onClick={() => {
                  choose.reset();
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
      <Recent />
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

function Recent() {
  const recent = recentImports();
  if (recent.length === 0) return null;
  return (
    <Section title={t.recent}>
      <Stack gap={6}>
        {recent.map(({ id, file }) => (
          <Anchor
            key={id}
            size="sm"
            renderRoot={(props) => <Link to="/imports/$importId" params={{ importId: id }} {...props} />}
          >
            {file}
          </Anchor>
        ))}
      </Stack>
    </Section>
  );
}
