import { Alert, Button, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Reconciliation } from "../../api/client";
import { reconciliationKey, reconciliationQuery, startReconciliation } from "../../api/reconciliation";
import { Figures } from "../../components/Figures";
import { ProblemAlert } from "../../components/ProblemAlert";
import { Section } from "../../components/Section";
import { Time } from "../../components/Time";
import { count } from "../../lib/format";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";

const t = texts.unsubscribes.list;

/** How the list of unsubscribes compares with the one that the provider keeps. */
export function ProvidersList() {
  const { organizationId, canSend } = useSession();
  const found = useQuery(reconciliationQuery(organizationId));
  const queries = useQueryClient();
  const start = useMutation({
    mutationFn: () => startReconciliation(organizationId),
    onSuccess: (begun) => queries.setQueryData(reconciliationKey(organizationId), begun),
  });
  const isRunning = found.data?.status === "running";
  // What it has unsubscribed is listed above.
  const wasRunning = useRef(false);
  useEffect(() => {
    if (wasRunning.current && !isRunning) {
      void queries.invalidateQueries({ queryKey: [organizationId, "unsubscribes"] });
    }
    wasRunning.current = isRunning;
  }, [isRunning, organizationId, queries]);
  if (found.data === undefined) return null;
  const { list, daily, shared } = found.data;
  const compare = (
    <Button variant="default" size="xs" loading={isRunning || start.isPending} onClick={() => start.mutate()}>
      {t.compare}
    </Button>
  );
  return (
    <Section title={t.title} actions={list !== null && canSend && compare}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {list === null ? t.none : t.lead(list, daily)} {list !== null && shared === true && t.shared}
        </Text>
        {start.isError && <ProblemAlert error={start.error} />}
        {list !== null && <Outcome found={found.data} />}
      </Stack>
    </Section>
  );
}

function Outcome({ found }: { found: Reconciliation }) {
  const { status, reason, suppressed, known, onlyHere, resubscribed, lastDoneAt } = found;
  if (status === null) return <Text size="sm">{t.never}</Text>;
  if (status === "running") {
    return (
      <Text size="sm" role="status">
        {t.running}
      </Text>
    );
  }
  if (status === "failed") {
    return (
      <Alert color="red" title={t.failed} role="alert">
        {reason}
      </Alert>
    );
  }
  const items = [
    { name: t.lastDone, value: lastDoneAt === null ? texts.app.none : <Time at={lastDoneAt} /> },
    { name: t.onlyThere, value: count(suppressed), note: t.onlyThereNote },
    { name: t.both, value: count(known) },
    { name: t.onlyHere, value: count(onlyHere ?? 0), note: t.onlyHereNote },
  ];
  const since = { name: t.resubscribed, value: count(resubscribed), note: t.resubscribedNote };
  return <Figures items={resubscribed > 0 ? [...items, since] : items} />;
}
