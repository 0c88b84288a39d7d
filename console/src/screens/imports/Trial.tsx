import { Alert, Progress, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { importQuery } from "../../api/queries";
import { ProblemAlert, sentence } from "../../components/ProblemAlert";
import { isOver } from "../../lib/import";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";
import { Figures } from "./Figures";
import { Rejected } from "./Rejected";
import { Warnings } from "./Warnings";

const t = texts.imports;

/** What an import would do, from a dry run. */
export function Trial({ importId }: { importId: string }) {
  const { organizationId } = useSession();
  const found = useQuery(importQuery(organizationId, importId));
  if (found.isError) return <ProblemAlert error={found.error} retry={() => void found.refetch()} />;
  if (!found.data || !isOver(found.data)) return <Progress value={100} animated aria-label={t.trying} />;
  const { reason, exact } = found.data;
  return (
    <Stack gap="md" role="status">
      <Text size="sm" fw={550}>
        {t.tried}
      </Text>
      {reason && <Alert color="red">{sentence(reason)}</Alert>}
      <Warnings found={found.data} />
      <Figures found={found.data} />
      {!exact && (
        <Text size="sm" c="dimmed">
          {t.inexact}
        </Text>
      )}
      <Rejected found={found.data} />
    </Stack>
  );
}
