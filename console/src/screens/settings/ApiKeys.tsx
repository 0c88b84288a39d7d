import { Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ApiKey, api, body } from "../../api/client";
import { apiKeysQuery } from "../../api/queries";
import { Confirm } from "../../components/Confirm";
import { type Column, Grid } from "../../components/Grid";
import { Loading } from "../../components/Loading";
import { ProblemAlert } from "../../components/ProblemAlert";
import { Section } from "../../components/Section";
import { Time } from "../../components/Time";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";
import { CreateKey } from "./CreateKey";

const t = texts.settings;

/** Who may do what: the organization's keys. */
export function ApiKeys() {
  const { organizationId } = useSession();
  const keys = useQuery(apiKeysQuery(organizationId));
  return (
    <Section title={t.keys} actions={<CreateKey />}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {t.keysLead}
        </Text>
        {keys.isPending && <Loading lines={3} />}
        {keys.isError && <ProblemAlert error={keys.error} retry={() => void keys.refetch()} />}
        {keys.data && (
          <Grid label={t.keys} columns={COLUMNS} rows={keys.data.items} rowKey={({ id }) => id} />
        )}
      </Stack>
    </Section>
  );
}

function Delete({ apiKey }: { apiKey: ApiKey }) {
  const { organizationId, keyId } = useSession();
  const queries = useQueryClient();
  if (apiKey.id === keyId) {
    return (
      <Text size="xs" c="dimmed">
        {t.thisKey}
      </Text>
    );
  }
  const remove = async () => {
    const path = { organizationId, keyId: apiKey.id };
    await body(api.DELETE("/v1/organizations/{organizationId}/api-keys/{keyId}", { params: { path } }));
    await queries.invalidateQueries({ queryKey: apiKeysQuery(organizationId).queryKey });
  };
  return (
    <Confirm
      label={t.deleteKey}
      title={t.deleteKeyTitle(apiKey.name)}
      lead={t.deleteKeyLead}
      confirm={t.deleteKeyDo}
      isDangerous
      action={remove}
      button={{ size: "compact-xs" }}
    />
  );
}

const COLUMNS: Column<ApiKey>[] = [
  { key: "name", title: t.keyName, cell: ({ name }) => name },
  { key: "role", title: t.keyRole, cell: ({ role }) => texts.app.role[role] },
  { key: "created", title: t.keyCreated, isMinor: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
  {
    key: "expires",
    title: t.keyExpires,
    cell: ({ expiresAt }) => (expiresAt === null ? t.never : <Time at={expiresAt} />),
  },
  { key: "actions", title: texts.app.actions, isNumber: true, cell: (key) => <Delete apiKey={key} /> },
];
