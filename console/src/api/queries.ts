/** What the screens read, each with how often it may change. Polling stops in hidden tabs. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { isOver } from "../lib/import";
import { api, body, type Campaign, type ContactStatus } from "./client";
import { gather } from "./gather";
import { RequestFailed } from "./problem";

const PAGE = 100;
/** A page of a list has at least as many rows, unless it is the last. */
const LEAST = 25;
/** A campaign list longer than this is filtered by what has been loaded. */
export const MAX_CAMPAIGN_PAGES = 20;

/** The API's limit for an organization. */
const MAX_MEMBERS = 200;

export const meQuery = (key: string | null) =>
  queryOptions({
    queryKey: ["me", key],
    queryFn: () => body(api.GET("/v1/me")),
    staleTime: 5 * 60_000,
    enabled: key !== null,
  });

export const organizationQuery = (organizationId: string) =>
  queryOptions({
    queryKey: [organizationId, "organization"],
    queryFn: () =>
      body(api.GET("/v1/organizations/{organizationId}", { params: { path: { organizationId } } })),
    staleTime: 60_000,
  });

/** Whether anything about a campaign may still change by itself. */
function isLive(campaign: Campaign): boolean {
  if (campaign.resend?.ready === false) return true;
  if (campaign.status === "scheduled") return true;
  if (campaign.status !== "sent") return false;
  const counts = campaign.counts;
  return (
    campaign.dispatch === "running" || counts === null || counts.pending + counts.sent + counts.unknown > 0
  );
}

/** How soon to ask again, in milliseconds. */
function pace(campaign: Campaign | undefined): number | false {
  if (campaign === undefined || !isLive(campaign)) return false;
  // The recipients of a resend are being chosen.
  if (campaign.status === "draft") return 1_500;
  if (campaign.status === "scheduled") {
    const wait = new Date(campaign.scheduledAt ?? 0).getTime() - Date.now();
    return wait > 60_000 ? 15_000 : 1_500;
  }
  if (campaign.dispatch === "running") return 1_500;
  const since = Date.now() - new Date(campaign.counts?.countedAt ?? campaign.updatedAt).getTime();
  return since < 2 * 60_000 ? 2_000 : 30_000;
}

/** The archived campaigns, or those that are not. */
export const campaignsQuery = (organizationId: string, archived = false) =>
  infiniteQueryOptions({
    queryKey: [organizationId, "campaigns", ...(archived ? ["archived"] : [])],
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/v1/organizations/{organizationId}/campaigns", {
          params: { path: { organizationId }, query: { limit: PAGE, cursor: pageParam, archived } },
        }),
      ),
    // What was read before the page was drawn need not be read again.
    staleTime: 2_000,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    refetchInterval: ({ state }) => {
      const campaigns = state.data?.pages.flatMap((page) => page.items) ?? [];
      const paces = campaigns.map(pace).filter((ms) => ms !== false);
      return paces.length === 0 ? 30_000 : Math.max(3_000, Math.min(...paces));
    },
  });

export const campaignQuery = (organizationId: string, campaignId: string) =>
  queryOptions({
    queryKey: [organizationId, "campaign", campaignId],
    queryFn: () =>
      body(
        api.GET("/v1/organizations/{organizationId}/campaigns/{campaignId}", {
          params: { path: { organizationId, campaignId } },
        }),
      ),
    refetchInterval: ({ state }) => pace(state.data),
  });

export const quoteQuery = (organizationId: string, campaignId: string, updatedAt: string) =>
  queryOptions({
    queryKey: [organizationId, "quote", campaignId, updatedAt],
    queryFn: () =>
      body(
        api.POST("/v1/organizations/{organizationId}/campaigns/{campaignId}/quote", {
          params: { path: { organizationId, campaignId } },
        }),
      ),
    staleTime: 60_000,
    // A large audience is read in the background.
    refetchInterval: ({ state }) => (state.data && "progress" in state.data ? 2_000 : false),
  });

export interface ContactFilter {
  q?: string | undefined;
  tag?: string | undefined;
  segment?: string | undefined;
  status?: ContactStatus | undefined;
  cursor?: string | undefined;
}

export const contactsQuery = (organizationId: string, { cursor, ...filters }: ContactFilter) =>
  queryOptions({
    queryKey: [organizationId, "contacts", filters, cursor],
    queryFn: () =>
      gather(LEAST, cursor, (next) =>
        body(
          api.GET("/v1/organizations/{organizationId}/contacts", {
            params: { path: { organizationId }, query: { limit: 50, ...filters, cursor: next } },
          }),
        ),
      ),
  });

export const contactQuery = (organizationId: string, contactId: string) =>
  queryOptions({
    queryKey: [organizationId, "contact", contactId],
    queryFn: () =>
      body(
        api.GET("/v1/organizations/{organizationId}/contacts/{contactId}", {
          params: { path: { organizationId, contactId } },
        }),
      ),
  });

export const importQuery = (organizationId: string, importId: string) =>
  queryOptions({
    queryKey: [organizationId, "import", importId],
    queryFn: () =>
      body(
        api.GET("/v1/organizations/{organizationId}/contacts/imports/{importId}", {
          params: { path: { organizationId, importId } },
        }),
      ),
    refetchInterval: ({ state }) => (state.data && !isOver(state.data) ? 1_000 : false),
  });

export const importsQuery = (organizationId: string, cursor: string | undefined) =>
  queryOptions({
    queryKey: [organizationId, "imports", cursor],
    queryFn: () =>
      body(
        api.GET("/v1/organizations/{organizationId}/contacts/imports", {
          params: { path: { organizationId }, query: { limit: LEAST, cursor } },
        }),
      ),
    refetchInterval: ({ state }) => (state.data?.items.every(isOver) === false ? 3_000 : false),
  });

/** Unsubscribes, or only those by replies to a campaign. The API does not filter them, so this does. */
export const unsubscribesQuery = (organizationId: string, cursor: string | undefined, campaign?: string) =>
  queryOptions({
    queryKey: [organizationId, "unsubscribes", cursor, campaign],
    queryFn: () =>
      gather(LEAST, cursor, async (next) => {
        const query = { limit: campaign === undefined ? 50 : PAGE, cursor: next };
        const page = await body(
          api.GET("/v1/organizations/{organizationId}/unsubscribes", {
            params: { path: { organizationId }, query },
          }),
        );
        if (campaign === undefined) return page;
        return { ...page, items: page.items.filter(({ campaignId }) => campaignId === campaign) };
      }),
  });

/** A phone's unsubscribe; null if the phone may be texted. */
export const unsubscribeQuery = (organizationId: string, phone: string) =>
  queryOptions({
    queryKey: [organizationId, "unsubscribe", phone],
    queryFn: () =>
      body(
        api.GET("/v1/organizations/{organizationId}/unsubscribes/{phone}", {
          params: { path: { organizationId, phone } },
        }),
      ).catch((error: unknown) => {
        if (error instanceof RequestFailed && error.status === 404) return null;
        throw error;
      }),
  });

export const apiKeysQuery = (organizationId: string) =>
  queryOptions({
    queryKey: [organizationId, "api-keys"],
    queryFn: () =>
      body(
        api.GET("/v1/organizations/{organizationId}/api-keys", {
          params: { path: { organizationId }, query: { limit: 100 } },
        }),
      ),
  });

export const membersQuery = (organizationId: string) =>
  queryOptions({
    queryKey: [organizationId, "members"],
    queryFn: () =>
      gather(MAX_MEMBERS, undefined, (cursor) =>
        body(
          api.GET("/v1/organizations/{organizationId}/members", {
            params: { path: { organizationId }, query: { limit: PAGE, cursor } },
          }),
        ),
      ),
  });
