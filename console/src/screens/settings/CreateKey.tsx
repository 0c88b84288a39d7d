import { Button, Group, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, body, once, type Role } from "../../api/client";
import { asFailure } from "../../api/problem";
import { apiKeysQuery } from "../../api/queries";
import { fieldError, ProblemAlert } from "../../components/ProblemAlert";
import { SecretOnce } from "../../components/SecretOnce";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";
import { RoleControl } from "./RoleControl";

const t = texts.settings;
const DAYS = [7, 30, 90, 365];
const DAY_MS = 86_400_000;

/** Makes a key and shows its secret once. */
export function CreateKey() {
  return (
    <SecretOnce
      label={t.createKey}
      secretTitle={t.secretTitle}
      secretLead={t.secretLead}
      form={(made) => <Form made={made} />}
    />
  );
}

function Form({ made }: { made: (secret: string | null | undefined) => void }) {
  const { organizationId } = useSession();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [days, setDays] = useState("");
  const queries = useQueryClient();
  const create = useMutation({
    mutationFn: () =>
      body(
        api.POST("/v1/organizations/{organizationId}/api-keys", {
          params: { path: { organizationId }, header: once() },
          body: {
            name: name.trim(),
            role,
            ...(days === "" ? {} : { expiresAt: new Date(Date.now() + Number(days) * DAY_MS).toISOString() }),
          },
        }),
      ),
    onSuccess: ({ secret }) => {
      made(secret);
      void queries.invalidateQueries({ queryKey: apiKeysQuery(organizationId).queryKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  const failure = create.error ? asFailure(create.error) : null;
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput
          label={t.keyName}
          description={t.keyNameHint}
          value={name}
          maxLength={200}
          onChange={(event) => setName(event.currentTarget.value)}
          error={fieldError(t.keyName, failure?.fields.name)}
          data-autofocus
        />
        <RoleControl role={role} onChange={setRole} />
        <NativeSelect
          label={t.expiresIn}
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
          data={[
            { value: "", label: t.never },
            ...DAYS.map((number) => ({ value: String(number), label: t.days(number) })),
          ]}
        />
        {failure && !("name" in failure.fields) && <ProblemAlert error={failure} />}
        <Group justify="flex-end">
          <Button type="submit" loading={create.isPending} disabled={name.trim() === ""}>
            {t.createKey}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
