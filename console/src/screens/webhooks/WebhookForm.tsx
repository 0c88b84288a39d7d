import { Group, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, body, type Webhook } from "../../api/client";
import { asFailure } from "../../api/problem";
import { webhookQuery, webhooksQuery } from "../../api/webhooks";
import { Copyable } from "../../components/Copyable";
import { Facts } from "../../components/Facts";
import { ProblemAlert } from "../../components/ProblemAlert";
import { Save } from "../../components/Save";
import { Section } from "../../components/Section";
import { Time } from "../../components/Time";
import { changedBy } from "../../lib/people";
import { texts } from "../../texts";
import { chosenTypes, type Endpoint, WebhookFields } from "./WebhookFields";

const t = texts.webhooks;

/** Where an endpoint is, and which events it gets. */
export function WebhookForm({ webhook }: { webhook: Webhook }) {
  const { id: webhookId, organizationId } = webhook;
  const [endpoint, setEndpoint] = useState<Endpoint>({ url: webhook.url, types: webhook.types });
  const [isAll, setAll] = useState(webhook.types.length === 0);
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: () =>
      body(
        api.PATCH("/v1/organizations/{organizationId}/webhooks/{webhookId}", {
          params: { path: { organizationId, webhookId } },
          body: { url: endpoint.url.trim(), types: chosenTypes(endpoint, isAll) },
        }),
      ),
    onSuccess: (after) => {
      queries.setQueryData(webhookQuery(organizationId, webhookId).queryKey, after);
      void queries.invalidateQueries({ queryKey: webhooksQuery(organizationId).queryKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isAll || endpoint.types.length > 0) change.mutate();
  };
  const failure = change.error ? asFailure(change.error) : null;
  return (
    <Section title={t.endpoint}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <WebhookFields
            value={endpoint}
            isAll={isAll}
            failure={failure}
            onChange={(value, all) => {
              setEndpoint(value);
              setAll(all);
              change.reset();
            }}
          />
          {failure && Object.keys(failure.fields).length === 0 && <ProblemAlert error={failure} />}
          <Facts
            items={[
              [t.id, <Copyable key="id" value={webhookId} />],
              [t.created, <Time key="created" at={webhook.createdAt} />],
              [t.by, changedBy(webhook.changedBy)],
            ]}
          />
          <Group justify="flex-end">
            <Save change={change} />
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
