/** What the screens read of messages. */
import { queryOptions } from "@tanstack/react-query";
import { api, body, type ErrorReason, type MessageStatus } from "./client";
import { gather } from "./gather";

/** A page of a list has at least as many rows, unless it is the last. */
const LEAST = 25;

export interface MessageFilter {
  status?: MessageStatus | undefined;
  kind?: "campaign" | "test" | undefined;
  reason?: ErrorReason | undefined;
  /** The provider's. */
  code?: string | undefined;
  country?: string | undefined;
  updatedSince?: string | undefined;
  updatedBefore?: string | undefined;
  phone?: string | undefined;
  cursor?: string | undefined;
  /** How many messages are wanted at least. */
  least?: number;
}

export const messagesQuery = (organizationId: string, campaignId: string, filter: MessageFilter) => {
  const { least = LEAST, cursor: from, ...filters } = filter;
  return queryOptions({
    queryKey: [organizationId, "messages", campaignId, filter],
    queryFn: () =>
      gather(least, from, (cursor) =>
        body(
          api.GET("/v1/organizations/{organizationId}/campaigns/{campaignId}/messages", {
            params: { path: { organizationId, campaignId }, query: { limit: 50, ...filters, cursor } },
          }),
        ),
      ),
  });
};

export const messageQuery = (organizationId: string, campaignId: string, messageId: string) =>
  queryOptions({
    queryKey: [organizationId, "message", messageId],
    queryFn: () =>
      body(
        api.GET("/v1/organizations/{organizationId}/campaigns/{campaignId}/messages/{messageId}", {
          params: { path: { organizationId, campaignId, messageId } },
        }),
      ),
    refetchInterval: ({ state }) => {
      const status = state.data?.status;
      return status === "pending" || status === "sent" ? 2_000 : false;
    },
  });
