import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, body, once, type Webhook } from "../../api/client";
import { webhookQuery, webhooksQuery } from "../../api/webhooks";
import { Confirm } from "../../components/Confirm";
import { Dialog } from "../../components/Dialog";
import { Secret } from "../../components/SecretOnce";
import { texts } from "../../texts";
import { WebhookProblem } from "./WebhookProblem";

const t = texts.webhooks;

/** What can be done with an endpoint now. */
export function Actions({ webhook }: { webhook: Webhook }) {
  return (
    <>
      {webhook.enabled && <Ping webhook={webhook} />}
      <Rotate webhook={webhook} />
      <Switch webhook={webhook} />
      <Delete webhook={webhook} />
    </>
  );
}

function useWebhook({ id: webhookId, organizationId }: Webhook) {
  const queries = useQueryClient();
  return {
    path: { organizationId, webhookId },
    set: (after: Webhook) => {
      // The secret is shown once and kept nowhere.
      queries.setQueryData(webhookQuery(organizationId, webhookId).queryKey, { ...after, secret: null });
      void queries.invalidateQueries({ queryKey: webhooksQuery(organizationId).queryKey });
      void queries.invalidateQueries({ queryKey: [organizationId, "deliveries", webhookId] });
    },
    queries,
  };
}

function Ping({ webhook }: { webhook: Webhook }) {
  const { path, queries } = useWebhook(webhook);
  const ping = useMutation({
    mutationFn: () =>
      body(
        api.POST("/v1/organizations/{organizationId}/webhooks/{webhookId}/ping", {
          params: { path, header: once() },
        }),
      ),
    onSuccess: () =>
      queries.invalidateQueries({ queryKey: [path.organizationId, "deliveries", path.webhookId] }),
  });
  return (
    <>
      <Button variant="default" loading={ping.isPending} onClick={() => ping.mutate()}>
        {t.ping}
      </Button>
      {ping.isError && <WebhookProblem error={ping.error} />}
    </>
  );
}

/** A new secret, shown once. */
function Rotate({ webhook }: { webhook: Webhook }) {
  const { path, set } = useWebhook(webhook);
  const [secret, setSecret] = useState<string | null>(null);
  const [opened, dialog] = useDisclosure();
  const rotate = async () => {
    const after = await body(
      api.POST("/v1/organizations/{organizationId}/webhooks/{webhookId}/rotate", {
        params: { path, header: once() },
      }),
    );
    set(after);
    setSecret(after.secret ?? null);
    dialog.open();
  };
  return (
    <>
      <Confirm
        label={t.rotate}
        title={t.rotateTitle}
        lead={
          webhook.previousSecretExpiresAt !== null && Date.parse(webhook.previousSecretExpiresAt) > Date.now()
            ? t.rotateAgainLead
            : t.rotateLead
        }
        confirm={t.rotateDo}
        action={rotate}
      />
      <Dialog
        opened={opened && secret !== null}
        onClose={dialog.close}
        closeOnClickOutside={false}
        title={t.secretTitle}
        onExitTransitionEnd={() => setSecret(null)}
      >
        {secret !== null && <Secret secret={secret} lead={t.secretLead} close={dialog.close} />}
      </Dialog>
    </>
  );
}

function Switch({ webhook }: { webhook: Webhook }) {
  const { path, set } = useWebhook(webhook);
  const change = async () => {
    const init = { params: { path }, body: { enabled: !webhook.enabled } };
    set(await body(api.PATCH("/v1/organizations/{organizationId}/webhooks/{webhookId}", init)));
  };
  const run = useMutation({ mutationFn: change });
  if (webhook.enabled) {
    return (
      <Confirm
        label={t.disable}
        title={t.disableTitle}
        lead={t.disableLead}
        confirm={t.disableDo}
        action={change}
      />
    );
  }
  return (
    <>
      <Button loading={run.isPending} onClick={() => run.mutate()}>
        {t.enable}
      </Button>
      {run.isError && <Text role="alert">{run.error.message}</Text>}
    </>
  );
}

function Delete({ webhook }: { webhook: Webhook }) {
  const { path, queries } = useWebhook(webhook);
  const navigate = useNavigate();
  const remove = async () => {
    await body(api.DELETE("/v1/organizations/{organizationId}/webhooks/{webhookId}", { params: { path } }));
    await queries.invalidateQueries({ queryKey: webhooksQuery(path.organizationId).queryKey });
    await navigate({ to: "/settings", search: { section: "webhooks" } });
  };
  return (
    <Confirm
      label={t.delete}
      title={t.deleteTitle}
      lead={t.deleteLead}
      confirm={t.deleteDo}
      isDangerous
      action={remove}
    />
  );
}
