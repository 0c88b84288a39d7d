/** What the screens read of webhooks. Only admins may. */
import { queryOptions } from "@tanstack/react-query";
import { api, body, type EventType } from "./client";

const PAGE = 25;

export const EVENT_TYPES = [
  "campaign.scheduled",
  "campaign.cancelled",
  "campaign.sent",
  "campaign.paused",
  "campaign.resumed",
  "campaign.stopped",
  "campaign.finished",
  "campaign.failed",
  "messages.updated",
  "contact.unsubscribed",
  "contact.resubscribed",
  "import.finished",
  "export.finished",
] as const satisfies readonly EventType[];

export const webhooksQuery = (organizationId: string) =>
  queryOptions({
    queryKey: [organizationId, "webhooks"],
    queryFn: () =>
      body(api.GET("/v1/organizations/{organizationId}/webhooks", { params: { path: { organizationId } } })),
  });

export const webhookQuery = (organizationId: string, webhookId: string) =>
  queryOptions({
    queryKey: [organizationId, "webhook", webhookId],
    queryFn: () =>
      body(
        api.GET("/v1/organizations/{organizationId}/webhooks/{webhookId}", {
          params: { path: { organizationId, webhookId } },
        }),
      ),
    refetchInterval: 30_000,
  });

/** Deliveries, newest first. Those that are pending are tried soon, or in hours. */
export const deliveriesQuery = (organizationId: string, webhookId: string, cursor: string | undefined) =>
  queryOptions({
    queryKey: [organizationId, "deliveries", webhookId, cursor],
    queryFn: () =>
      body(
        api.GET("/v1/organizations/{organizationId}/webhooks/{webhookId}/deliveries", {
          params: { path: { organizationId, webhookId }, query: { limit: PAGE, cursor } },
        }),
      ),
    refetchInterval: ({ state }) => {
      const soon = Date.now() + 15_000;
      const isDue = state.data?.items.some(
        ({ nextAttemptAt }) => nextAttemptAt !== null && Date.parse(nextAttemptAt) < soon,
      );
      return isDue ? 2_000 : 30_000;
    },
  });
