/** What the screens read of the reconciliation with the provider's opt-out list. */
import { queryOptions } from "@tanstack/react-query";
import { api, body, once } from "./client";

export const reconciliationKey = (organizationId: string) => [organizationId, "reconciliation"];

export const reconciliationQuery = (organizationId: string) =>
  queryOptions({
    queryKey: reconciliationKey(organizationId),
    queryFn: () =>
      body(
        api.GET("/v1/organizations/{organizationId}/unsubscribes/reconciliation", {
          params: { path: { organizationId } },
        }),
      ),
    refetchInterval: ({ state }) => (state.data?.status === "running" ? 1_000 : false),
  });

export const startReconciliation = (organizationId: string) =>
  body(
    api.POST("/v1/organizations/{organizationId}/unsubscribes/reconciliation", {
      params: { path: { organizationId }, header: once() },
    }),
  );
