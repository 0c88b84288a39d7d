/** What the screens read of segments and templates. */
import { queryOptions } from "@tanstack/react-query";
import { api, body, type Filter, type SkipReason } from "./client";
import { gather } from "./gather";
import { RequestFailed } from "./problem";

const PAGE = 100;
const LEAST = 20;
/** Longer lists are cut; a person cannot choose from more. */
const MAX_LISTED = 1_000;

export const segmentsQuery = (organizationId: string) =>
  queryOptions({
    queryKey: [organizationId, "segments"],
    queryFn: () =>
      gather(MAX_LISTED, undefined, (cursor) =>
        body(
          api.GET("/v1/organizations/{organizationId}/segments", {
            params: { path: { organizationId }, query: { limit: PAGE, cursor } },
          }),
        ),
      ),
    staleTime: 10_000,
  });

export const segmentQuery = (organizationId: string, segmentId: string) =>
  queryOptions({
    queryKey: [organizationId, "segment", segmentId],
    queryFn: () =>
      body(
        api.GET("/v1/organizations/{organizationId}/segments/{segmentId}", {
          params: { path: { organizationId, segmentId } },
        }),
      ),
  });

/** Who a filter would reach. The API computes one preview at a time, and a newer one replaces it. */
export const filterPreviewQuery = (organizationId: string, filter: Filter, exact = false) =>
  queryOptions({
    queryKey: [organizationId, "preview", JSON.stringify(filter), exact],
    queryFn: ({ signal }) =>
      body(
        api.POST("/v1/organizations/{organizationId}/segments/preview", {
          params: { path: { organizationId } },
          body: { filter, samples: 10, exact },
          signal,
        }),
      ),
    staleTime: 60_000,
    // A large audience is read in the background.
    refetchInterval: ({ state }) => (state.data && "progress" in state.data ? 2_000 : false),
    retry: (failures, error) =>
      failures < 3 &&
      error instanceof RequestFailed &&
      (error.isTemporary || error.code === "preview_superseded"),
  });

/** Why a contact is in a segment or not. */
export const explanationQuery = (organizationId: string, segmentId: string, contactId: string) =>
  queryOptions({
    queryKey: [organizationId, "explanation", segmentId, contactId],
    queryFn: () =>
      body(
        api.GET("/v1/organizations/{organizationId}/segments/{segmentId}/explain", {
          params: { path: { organizationId, segmentId }, query: { contact: contactId } },
        }),
      ),
  });

export const templatesQuery = (organizationId: string) =>
  queryOptions({
    queryKey: [organizationId, "templates"],
    queryFn: () =>
      gather(MAX_LISTED, undefined, (cursor) =>
        body(
          api.GET("/v1/organizations/{organizationId}/templates", {
            params: { path: { organizationId }, query: { limit: PAGE, cursor } },
          }),
        ),
      ),
    staleTime: 10_000,
  });

/** A template as it is, or an earlier version of it, which never changes. */
export const templateQuery = (organizationId: string, templateId: string, version?: number) =>
  queryOptions({
    queryKey: [organizationId, "template", templateId, version ?? "newest"],
    queryFn: () =>
      body(
        api.GET("/v1/organizations/{organizationId}/templates/{templateId}", {
          params: { path: { organizationId, templateId }, query: { version } },
        }),
      ),
    staleTime: version === undefined ? 0 : Number.POSITIVE_INFINITY,
  });

/** The texts of a campaign for some of its recipients, as it was saved last. */
export const textPreviewQuery = (organizationId: string, campaignId: string, updatedAt: string) =>
  queryOptions({
    queryKey: [organizationId, "texts", campaignId, updatedAt],
    queryFn: () =>
      body(
        api.POST("/v1/organizations/{organizationId}/campaigns/{campaignId}/preview", {
          params: { path: { organizationId, campaignId } },
          body: { samples: 100 },
        }),
      ),
    staleTime: 60_000,
  });

export interface SkippedFilter {
  reason?: SkipReason | undefined;
  cursor?: string | undefined;
}

/** A page of the contacts that a campaign left out. Few, because each one's name is another request. */
export const skippedQuery = (organizationId: string, campaignId: string, filter: SkippedFilter) =>
  queryOptions({
    queryKey: [organizationId, "skipped", campaignId, filter],
    queryFn: () =>
      gather(LEAST, filter.cursor, (cursor) =>
        body(
          api.GET("/v1/organizations/{organizationId}/campaigns/{campaignId}/skipped", {
            params: {
              path: { organizationId, campaignId },
              query: { limit: LEAST, reason: filter.reason, cursor },
            },
          }),
        ),
      ),
  });
