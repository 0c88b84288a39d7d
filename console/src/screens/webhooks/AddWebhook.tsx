import { Button, Group, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, body, once } from "../../api/client";
import { asFailure } from "../../api/problem";
import { webhooksQuery } from "../../api/webhooks";
import { Curl } from "../../components/Curl";
import { SecretOnce } from "../../components/SecretOnce";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";
import { chosenTypes, type Endpoint, WebhookFields } from "./WebhookFields";
import { WebhookProblem } from "./WebhookProblem";

const t = texts.webhooks;
const EMPTY: Endpoint = { url: "", types: [] };

/** Adds an endpoint and shows its secret once. */
export function AddWebhook() {
  return (
    <SecretOnce
      label={t.add}
      secretTitle={t.secretTitle}
      secretLead={t.secretLead}
      size="lg"
      form={(made) => <Form made={made} />}
    />
  );
}

function Form({ made }: { made: (secret: string | null | undefined) => void }) {
  const { organizationId } = useSession();
  const [endpoint, setEndpoint] = useState(EMPTY);
  const [isAll, setAll] = useState(true);
  const queries = useQueryClient();
  const request = { url: endpoint.url.trim(), types: chosenTypes(endpoint, isAll) };
  const add = useMutation({
    mutationFn: () =>
      body(
        api.POST("/v1/organizations/{organizationId}/webhooks", {
          params: { path: { organizationId }, header: once() },
          body: request,
        }),
      ),
    onSuccess: ({ secret }) => {
      made(secret);
      void queries.invalidateQueries({ queryKey: webhooksQuery(organizationId).queryKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  const failure = add.error ? asFailure(add.error) : null;
  const isIncomplete = request.url === "" || (!isAll && endpoint.types.length === 0);
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <WebhookFields
          value={endpoint}
          isAll={isAll}
          failure={failure}
          onChange={(value, all) => {
            setEndpoint(value);
            setAll(all);
          }}
        />
        {failure && Object.keys(failure.fields).length === 0 && <WebhookProblem error={failure} />}
        <Group justify="space-between" gap="xs">
          <Curl method="POST" path={`/v1/organizations/${organizationId}/webhooks`} body={request} />
          <Button ml="auto" type="submit" loading={add.isPending} disabled={isIncomplete}>
            {t.addDo}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
