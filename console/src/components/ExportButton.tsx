import { Alert, Anchor, Button, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, body, type Export, once } from "../api/client";
import { exportQuery, isUnderWay } from "../api/exports";
import { bytes, count, time } from "../lib/format";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import { Curl } from "./Curl";
import { Dialog } from "./Dialog";
import { ToneLabel } from "./Dot";
import { Download } from "./Download";
import { Loading } from "./Loading";
import { ProblemAlert } from "./ProblemAlert";

const t = texts.exports;
const FORMATS = ["csv", "jsonl"] as const;

interface Props {
  kind: Export["kind"];
  /** The campaign of messages, and of contacts that it left out. */
  campaignId?: string;
  command?: string;
}

/** Writes everything that a list has to a file. */
export function ExportButton(props: Props) {
  const { canSend } = useSession();
  const [opened, dialog] = useDisclosure();
  if (!canSend) return null;
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        {t.open}
      </Button>
      <Dialog opened={opened} onClose={dialog.close} title={t.titles[props.kind]}>
        <Order {...props} />
      </Dialog>
    </>
  );
}

function Order({ kind, campaignId, command }: Props) {
  const { organizationId } = useSession();
  const [format, setFormat] = useState<Export["format"]>("csv");
  const queries = useQueryClient();
  const request = { kind, format, ...(campaignId === undefined ? {} : { campaignId }) };
  const order = useMutation({
    mutationFn: () =>
      body(
        api.POST("/v1/organizations/{organizationId}/exports", {
          params: { path: { organizationId }, header: once() },
          body: request,
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: [organizationId, "exports"] }),
  });
  if (order.data) return <Progress exportId={order.data.id} />;
  return (
    <Stack gap="md">
      <Text size="sm">{t.what[kind]}</Text>
      <SegmentedControl
        aria-label={t.format}
        value={format}
        onChange={(value) => setFormat(FORMATS.find((known) => known === value) ?? "csv")}
        data={FORMATS.map((value) => ({ value, label: t.formats[value] }))}
      />
      <Text size="sm" c="dimmed">
        {t.formatHints[format]}
      </Text>
      {order.isError && <ProblemAlert error={order.error} />}
      <Group justify="space-between" gap="xs">
        <Curl
          method="POST"
          path={`/v1/organizations/${organizationId}/exports`}
          body={request}
          {...(command === undefined ? {} : { command })}
        />
        <Button ml="auto" loading={order.isPending} onClick={() => order.mutate()}>
          {t.start}
        </Button>
      </Group>
    </Stack>
  );
}

/** The export from its start to its file. */
function Progress({ exportId }: { exportId: string }) {
  const { organizationId } = useSession();
  const query = useQuery(exportQuery(organizationId, exportId));
  if (query.isPending) return <Loading lines={2} />;
  if (query.isError) return <ProblemAlert error={query.error} retry={() => void query.refetch()} />;
  const { status, rows, size, file, reason } = query.data;
  return (
    <Stack gap="md">
      <div role="status">
        {isUnderWay(query.data) && <ToneLabel tone="busy" label={t.progress(rows)} />}
        {status === "done" && <ToneLabel tone="good" label={t.rows(rows)} />}
      </div>
      {isUnderWay(query.data) && (
        <Text size="sm" c="dimmed">
          {t.canLeave}
        </Text>
      )}
      {status === "failed" && <Alert color="red">{reason ?? t.failed}</Alert>}
      {status === "done" && file !== null && (
        <>
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            {t.file(file.name, size === null ? count(0) : bytes(size))}
          </Text>
          <Text size="sm" c="dimmed">
            {t.linkUntil(time(file.expiresAt))}
          </Text>
        </>
      )}
      <Group justify="space-between" gap="xs">
        <Anchor size="sm" renderRoot={(props) => <Link to="/exports" {...props} />}>
          {t.all}
        </Anchor>
        {status === "done" && <Download found={query.data} />}
      </Group>
    </Stack>
  );
}
