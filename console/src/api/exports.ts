/** What the screens read of exports. */
import { queryOptions } from "@tanstack/react-query";
import { api, body, type Export } from "./client";

const PAGE = 25;

export const isUnderWay = ({ status }: Pick<Export, "status">) =>
  status === "pending" || status === "running";

export const exportsQuery = (organizationId: string, cursor: string | undefined) =>
  queryOptions({
    queryKey: [organizationId, "exports", cursor],
    queryFn: () =>
      body(
        api.GET("/v1/organizations/{organizationId}/exports", {
          params: { path: { organizationId }, query: { limit: PAGE, cursor } },
        }),
      ),
    refetchInterval: ({ state }) => (state.data?.items.some(isUnderWay) ? 2_000 : false),
  });

/** An export. Each answer has a new link, so it is read again for each download. */
export const readExport = (organizationId: string, exportId: string) =>
  body(
    api.GET("/v1/organizations/{organizationId}/exports/{exportId}", {
      params: { path: { organizationId, exportId } },
    }),
  );

export const exportQuery = (organizationId: string, exportId: string) =>
  queryOptions({
    queryKey: [organizationId, "export", exportId],
    queryFn: () => readExport(organizationId, exportId),
    refetchInterval: ({ state }) => (state.data === undefined || isUnderWay(state.data) ? 1_000 : false),
  });
