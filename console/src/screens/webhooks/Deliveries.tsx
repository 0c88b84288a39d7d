import { Button, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body, type Delivery, once, type Webhook } from "../../api/client";
import { asFailure } from "../../api/problem";
import { deliveriesQuery } from "../../api/webhooks";
import { Copyable } from "../../components/Copyable";
import { ToneLabel } from "../../components/Dot";
import { type Column, Grid } from "../../components/Grid";
import { Loading } from "../../components/Loading";
import { Pages } from "../../components/Pages";
import { ProblemAlert, sentence } from "../../components/ProblemAlert";
import { Section } from "../../components/Section";
import { Time } from "../../components/Time";
import { precise, until } from "../../lib/format";
import { texts } from "../../texts";
import classes from "./Deliveries.module.css";

const t = texts.webhooks;
const TONES = { pending: "busy", delivered: "good", failed: "bad" } as const;

/** What an endpoint was sent in the last seven days, with each attempt. */
export function Deliveries({ webhook, cursor }: { webhook: Webhook; cursor: string | undefined }) {
  const { id: webhookId, organizationId, enabled } = webhook;
  const deliveries = useQuery(deliveriesQuery(organizationId, webhookId, cursor));
  const rows = deliveries.data?.items ?? [];
  const canReplay = enabled && rows.some(({ status }) => status !== "pending");
  const replay: Column<Delivery> = {
    key: "replay",
    title: texts.app.actions,
    isNumber: true,
    cell: (delivery) => delivery.status !== "pending" && <Replay webhook={webhook} delivery={delivery} />,
  };
  return (
    <Section title={t.deliveries}>
      {deliveries.isPending && <Loading lines={4} />}
      {deliveries.isError && (
        <ProblemAlert error={deliveries.error} retry={() => void deliveries.refetch()} />
      )}
      {deliveries.isSuccess && rows.length === 0 && (
        <Text size="sm" c="dimmed">
          {enabled ? t.noDeliveries : t.noDeliveriesDisabled}
        </Text>
      )}
      {rows.length > 0 && (
        <Grid
          isBare
          label={t.deliveries}
          columns={canReplay ? [...COLUMNS, replay] : COLUMNS}
          rows={rows}
          rowKey={({ id }) => id}
        />
      )}
      <Pages cursor={cursor} next={deliveries.data?.nextCursor} />
    </Section>
  );
}

function Replay({ webhook, delivery }: { webhook: Webhook; delivery: Delivery }) {
  const { id: webhookId, organizationId } = webhook;
  const queries = useQueryClient();
  const replay = useMutation({
    mutationFn: () =>
      body(
        api.POST("/v1/organizations/{organizationId}/webhooks/{webhookId}/deliveries/{deliveryId}/replay", {
          params: { path: { organizationId, webhookId, deliveryId: delivery.id }, header: once() },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: [organizationId, "deliveries", webhookId] }),
  });
  return (
    <>
      <Button variant="default" size="compact-xs" loading={replay.isPending} onClick={() => replay.mutate()}>
        {t.replay}
      </Button>
      {replay.isError && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {sentence(asFailure(replay.error).message)}
        </Text>
      )}
    </>
  );
}

type Attempt = Delivery["attempts"][number];

/** Says whether an attempt was answered, and how. */
function outcome({ statusCode, error, durationMs }: Attempt): string {
  const what = error === null ? t.status(statusCode ?? 0) : t.errors[error];
  return `${what}, ${t.took(durationMs)}`;
}

function Attempts({ delivery: { id, attempts, nextAttemptAt } }: { delivery: Delivery }) {
  const last = attempts.at(-1);
  const next = nextAttemptAt === null ? "" : ` ${t.next(until(nextAttemptAt))}`;
  if (last === undefined) return t.waiting;
  return (
    <details>
      <summary className={classes.summary}>
        {outcome(last)}
        {attempts.length > 1 && ` ${t.attempts(attempts.length)}`}
        {next}
      </summary>
      <ol className={classes.attempts}>
        {attempts.map((attempt) => (
          <li key={attempt.at}>
            <time dateTime={attempt.at}>{precise(attempt.at)}</time> {outcome(attempt)}
          </li>
        ))}
      </ol>
      <Copyable value={id} />
    </details>
  );
}

const COLUMNS: Column<Delivery>[] = [
  {
    key: "type",
    title: t.event,
    cell: ({ type, status }) => (
      <>
        <div>{type}</div>
        <ToneLabel tone={TONES[status]} label={t.delivery[status]} />
      </>
    ),
  },
  {
    key: "attempts",
    title: t.attemptsTitle,
    wraps: true,
    cell: (delivery) => <Attempts delivery={delivery} />,
  },
  { key: "created", title: t.occurred, isMinor: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
];
