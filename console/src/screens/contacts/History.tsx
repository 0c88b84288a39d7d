import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { historyQuery } from "../../api/reports";
import { Grid } from "../../components/Grid";
import { Loading } from "../../components/Loading";
import { Pages } from "../../components/Pages";
import { ProblemAlert } from "../../components/ProblemAlert";
import { Section } from "../../components/Section";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";
import { MESSAGE_COLUMNS } from "./message-columns";

const t = texts.history;

/** Every message that campaigns have sent to a contact's phone. */
export function History({ contactId, cursor }: { contactId: string; cursor: string | undefined }) {
  const { organizationId } = useSession();
  const history = useQuery(historyQuery(organizationId, contactId, cursor));
  return (
    <Section title={t.title}>
      {history.isPending && <Loading lines={3} />}
      {history.isError && <ProblemAlert error={history.error} retry={() => void history.refetch()} />}
      {history.data?.items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.empty}
        </Text>
      )}
      {history.data && history.data.items.length > 0 && (
        <Grid
          isBare
          label={t.title}
          columns={MESSAGE_COLUMNS}
          rows={history.data.items}
          rowKey={({ id }) => id}
        />
      )}
      <Pages cursor={cursor} next={history.data?.nextCursor} />
    </Section>
  );
}
