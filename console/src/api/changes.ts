/** What the screens read of the audit trail. */
import { queryOptions } from "@tanstack/react-query";
import { api, body } from "./client";
import type { components, paths } from "./schema";

const PAGE = 50;

export type Change = components["schemas"]["Change"];

type Method = "post" | "put" | "patch" | "delete";
type Has<Item> = { [M in Method]: Item extends Record<M, object> ? M : never }[Method];
type Below<Path> = Path extends `/v1/organizations/{organizationId}${infer Rest}`
  ? Rest extends ""
    ? "/"
    : Rest
  : never;
type Operation = { [P in keyof paths]: `${Uppercase<Has<paths[P]>>} ${Below<P>}` }[keyof paths];
/** The operations that change something, as the audit trail names them. */
export type Action = Exclude<
  Operation,
  | "DELETE /"
  | "POST /campaigns/{campaignId}/quote"
  | "POST /campaigns/{campaignId}/preview"
  | "POST /segments/preview"
  | "POST /segments/{segmentId}/preview"
>;

export const changesQuery = (organizationId: string, cursor: string | undefined) =>
  queryOptions({
    queryKey: [organizationId, "changes", cursor],
    queryFn: () =>
      body(
        api.GET("/v1/organizations/{organizationId}/audit", {
          params: { path: { organizationId }, query: { limit: PAGE, cursor } },
        }),
      ),
  });
