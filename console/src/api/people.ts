/** What the screens read of a person. Only admins may. */
import { queryOptions } from "@tanstack/react-query";
import { api, body } from "./client";

export const personQuery = (organizationId: string, phone: string, cursor: string | undefined) =>
  queryOptions({
    queryKey: [organizationId, "person", phone, cursor],
    queryFn: () =>
      body(
        api.GET("/v1/organizations/{organizationId}/people/{phone}", {
          params: { path: { organizationId, phone }, query: { cursor } },
        }),
      ),
  });
