import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body } from "../api/client";
import { organizationQuery } from "../api/queries";
import type { components } from "../api/schema";
import { useSession } from "../shell/session-context";

/** The organization, and changing it. */
export function useOrganization() {
  const { organizationId } = useSession();
  const queries = useQueryClient();
  const query = useQuery(organizationQuery(organizationId));
  const change = useMutation({
    mutationFn: (patch: components["schemas"]["OrganizationPatch"]) =>
      body(
        api.PATCH("/v1/organizations/{organizationId}", {
          params: { path: { organizationId } },
          body: patch,
        }),
      ),
    onSuccess: (after) => {
      queries.setQueryData(organizationQuery(organizationId).queryKey, after);
      // Quotes depend on prices and the rate.
      queries.removeQueries({ queryKey: [organizationId, "quote"] });
    },
  });
  return { query, change };
}
