import { Anchor, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Webhook } from "../../api/client";
import { webhooksQuery } from "../../api/webhooks";
import { type Column, Grid } from "../../components/Grid";
import { Loading } from "../../components/Loading";
import { ProblemAlert } from "../../components/ProblemAlert";
import { Section } from "../../components/Section";
import { Time } from "../../components/Time";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";
import { AddWebhook } from "../webhooks/AddWebhook";
import { WebhookState } from "../webhooks/WebhookState";

const t = texts.webhooks;

/** Where events of the organization go. */
export function Webhooks() {
  const { organizationId } = useSession();
  const webhooks = useQuery(webhooksQuery(organizationId));
  const rows = webhooks.data?.items ?? [];
  return (
    <Section title={t.title} actions={<AddWebhook />}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {t.lead}
        </Text>
        {webhooks.isPending && <Loading lines={3} />}
        {webhooks.isError && <ProblemAlert error={webhooks.error} retry={() => void webhooks.refetch()} />}
        {webhooks.isSuccess && rows.length === 0 && <Text size="sm">{t.empty}</Text>}
        {rows.length > 0 && <Grid label={t.title} columns={COLUMNS} rows={rows} rowKey={({ id }) => id} />}
      </Stack>
    </Section>
  );
}

const COLUMNS: Column<Webhook>[] = [
  {
    key: "url",
    title: t.url,
    wraps: true,
    cell: ({ id, url }) => (
      <Anchor
        inherit
        style={{ overflowWrap: "anywhere" }}
        renderRoot={(props) => <Link to="/webhooks/$webhookId" params={{ webhookId: id }} {...props} />}
      >
        {url}
      </Anchor>
    ),
  },
  { key: "state", title: texts.messages.status, cell: (webhook) => <WebhookState webhook={webhook} /> },
  {
    key: "types",
    title: t.types,
    isMinor: true,
    wraps: true,
    cell: ({ types }) => (types.length === 0 ? t.allTypes : types.join(", ")),
  },
  { key: "since", title: t.created, isMinor: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
];
