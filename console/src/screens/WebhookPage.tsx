import { Alert, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { Webhook } from "../api/client";
import { webhookQuery } from "../api/webhooks";
import { Curl } from "../components/Curl";
import { Empty } from "../components/Empty";
import { Loading } from "../components/Loading";
import { Page } from "../components/Page";
import { ProblemAlert } from "../components/ProblemAlert";
import { count, time } from "../lib/format";
import { useSession } from "../shell/session-context";
import { texts } from "../texts";
import { Actions } from "./webhooks/Actions";
import { Deliveries } from "./webhooks/Deliveries";
import { WebhookForm } from "./webhooks/WebhookForm";
import { WebhookState } from "./webhooks/WebhookState";

const route = getRouteApi("/webhooks/$webhookId");
const t = texts.webhooks;

/** An endpoint: what it gets, whether it works, and each attempt. */
export function WebhookPage() {
  const { webhookId } = route.useParams();
  const { cursor } = route.useSearch();
  const { organizationId, isAdmin } = useSession();
  const webhook = useQuery({ ...webhookQuery(organizationId, webhookId), enabled: isAdmin });
  if (!isAdmin) return <Empty title={texts.settings.adminOnly} />;
  if (webhook.isPending) return <Loading lines={6} />;
  if (webhook.isError) return <ProblemAlert error={webhook.error} retry={() => void webhook.refetch()} />;
  return (
    <Page
      title={new URL(webhook.data.url).host}
      aside={<WebhookState webhook={webhook.data} />}
      back={{ to: "/settings", search: { section: "webhooks" }, label: t.title }}
      actions={
        <>
          <Curl method="GET" path={`/v1/organizations/${organizationId}/webhooks/${webhookId}/deliveries`} />
          <Actions webhook={webhook.data} />
        </>
      }
    >
      <Health webhook={webhook.data} />
      <Deliveries webhook={webhook.data} cursor={cursor} />
      <WebhookForm key={webhook.data.id} webhook={webhook.data} />
    </Page>
  );
}

/** What is wrong with an endpoint, and what to do. */
function Health({ webhook }: { webhook: Webhook }) {
  const { enabled, disabledReason, disabledAt, droppedEvents, failingSince, previousSecretExpiresAt } =
    webhook;
  return (
    <>
      {!enabled && (
        <Alert color="orange" title={t.disabledSince(time(disabledAt ?? webhook.updatedAt))}>
          {disabledReason && t.disabledReasons[disabledReason]} {t.dropped(count(droppedEvents))}
        </Alert>
      )}
      {enabled && failingSince !== null && (
        <Alert color="orange" title={t.failingSince(time(failingSince))}>
          {t.failingLead}
        </Alert>
      )}
      {previousSecretExpiresAt !== null && Date.parse(previousSecretExpiresAt) > Date.now() && (
        <Text size="sm" c="dimmed">
          {t.twoSecrets(time(previousSecretExpiresAt))}
        </Text>
      )}
    </>
  );
}
