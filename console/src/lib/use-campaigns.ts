import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { api, body, once } from "../api/client";
import { campaignQuery, campaignsQuery, MAX_CAMPAIGN_PAGES } from "../api/queries";
import { useSession } from "../shell/session-context";

/** All campaigns, newest first, as far as they have been loaded. They load by themselves. */
export function useCampaigns({ archived = false, enabled = true } = {}) {
  const { organizationId } = useSession();
  const query = useInfiniteQuery({ ...campaignsQuery(organizationId, archived), enabled });
  const { hasNextPage, isFetchingNextPage, fetchNextPage, data } = query;
  const isFull = (data?.pages.length ?? 0) >= MAX_CAMPAIGN_PAGES;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && !isFull) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFull, fetchNextPage]);
  const campaigns = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  return { query, campaigns, isLoadingMore: hasNextPage && !isFull, isTruncated: hasNextPage && isFull };
}

/** Copies a campaign with its target and tags, and opens the copy. */
export function useDuplicate(campaignId: string) {
  const { organizationId } = useSession();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (name: string) =>
      body(
        api.POST("/v1/organizations/{organizationId}/campaigns/{campaignId}/duplicate", {
          params: { path: { organizationId, campaignId }, header: once() },
          body: { name },
        }),
      ),
    onSuccess: async (campaign) => {
      queries.setQueryData(campaignQuery(organizationId, campaign.id).queryKey, campaign);
      void queries.invalidateQueries({ queryKey: campaignsQuery(organizationId).queryKey });
      await navigate({ to: "/campaigns/$campaignId", params: { campaignId: campaign.id } });
    },
  });
}

/** Creates a draft and opens it. */
export function useCreateDraft() {
  const { organizationId } = useSession();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (draft: { name: string; templateId?: string }) =>
      body(
        api.POST("/v1/organizations/{organizationId}/campaigns", {
          params: { path: { organizationId }, header: once() },
          body: draft,
        }),
      ),
    onSuccess: async (campaign) => {
      queries.setQueryData(campaignQuery(organizationId, campaign.id).queryKey, campaign);
      void queries.invalidateQueries({ queryKey: campaignsQuery(organizationId).queryKey });
      await navigate({ to: "/campaigns/$campaignId", params: { campaignId: campaign.id } });
    },
  });
}
