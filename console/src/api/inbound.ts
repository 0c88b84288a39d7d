/** What the screens read of texts from people. */
import { queryOptions } from "@tanstack/react-query";
import { api, body } from "./client";
import { gather } from "./gather";

const LEAST = 25;
/** The largest page. More that are due than this are shown as "100+". */
export const MAX_DUE = 100;
const DUE_MS = 5 * 60_000;

interface InboundFilter {
  phone?: string | undefined;
  campaign?: string | undefined;
  flagged?: true | undefined;
  cursor?: string | undefined;
}

/** Texts from people, newest first; those that need a decision by when it is due. */
export const repliesQuery = (organizationId: string, { cursor, flagged, ...filters }: InboundFilter) =>
  queryOptions({
    queryKey: [organizationId, "inbound", { flagged, ...filters }, cursor],
    queryFn: () =>
      gather(LEAST, cursor, (next) =>
        body(
          api.GET("/v1/organizations/{organizationId}/inbound", {
            params: {
              path: { organizationId },
              query: { limit: 50, ...filters, ...(flagged ? { flagged } : {}), cursor: next },
            },
          }),
        ),
      ),
    refetchInterval: 30_000,
  });

/** The texts that need a decision, soonest due first. */
export const dueQuery = (organizationId: string) =>
  queryOptions({
    queryKey: [organizationId, "inbound", "due"],
    queryFn: () =>
      body(
        api.GET("/v1/organizations/{organizationId}/inbound", {
          params: { path: { organizationId }, query: { limit: MAX_DUE, flagged: true } },
        }),
      ),
    staleTime: DUE_MS,
    refetchInterval: DUE_MS,
  });

/** One text with the replies to it, which are sent within five minutes or not at all. */
export const inboundQuery = (organizationId: string, inboundId: string) =>
  queryOptions({
    queryKey: [organizationId, "inbound", inboundId],
    queryFn: () =>
      body(
        api.GET("/v1/organizations/{organizationId}/inbound/{inboundId}", {
          params: { path: { organizationId, inboundId } },
        }),
      ),
    refetchInterval: ({ state }) => {
      const isUnderWay = state.data?.replies?.some(({ status }) => status === "pending" || status === "sent");
      return isUnderWay ? 2_000 : false;
    },
  });
