import { Group, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Organization } from "../../api/client";
import { asFailure } from "../../api/problem";
import { Copyable } from "../../components/Copyable";
import { Facts } from "../../components/Facts";
import { fieldError, ProblemAlert } from "../../components/ProblemAlert";
import { Save } from "../../components/Save";
import { Section } from "../../components/Section";
import { Time } from "../../components/Time";
import { useOrganization } from "../../lib/use-organization";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";

const t = texts.settings;

export function OrganizationForm({ organization }: { organization: Organization }) {
  const { isAdmin } = useSession();
  const { change } = useOrganization();
  const queries = useQueryClient();
  const [name, setName] = useState(organization.name);
  const [region, setRegion] = useState(organization.defaultRegion);
  const failure = change.error ? asFailure(change.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(
      { name: name.trim(), defaultRegion: region.trim().toUpperCase() },
      { onSuccess: () => void queries.invalidateQueries({ queryKey: ["me"] }) },
    );
  };
  return (
    <Section title={t.organization}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <TextInput
            label={t.name}
            value={name}
            maxLength={200}
            readOnly={!isAdmin}
            onChange={(event) => setName(event.currentTarget.value)}
            error={fieldError(t.name, failure?.fields.name)}
          />
          <TextInput
            label={t.region}
            description={t.regionHint}
            value={region}
            maxLength={2}
            readOnly={!isAdmin}
            onChange={(event) => setRegion(event.currentTarget.value)}
            error={fieldError(t.region, failure?.fields.defaultRegion)}
          />
          <Facts
            items={[
              [t.id, <Copyable key="id" value={organization.id} />],
              [t.created, <Time key="created" at={organization.createdAt} />],
            ]}
          />
          {failure && Object.keys(failure.fields).length === 0 && <ProblemAlert error={failure} />}
          {isAdmin && (
            <Group justify="flex-end">
              <Save change={change} />
            </Group>
          )}
        </Stack>
      </form>
    </Section>
  );
}
