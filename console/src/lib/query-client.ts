import {
  type InvalidateOptions,
  type InvalidateQueryFilters,
  QueryClient,
  type QueryKey,
} from "@tanstack/react-query";

/**
 * A list that is being fetched for the first time while it changes may arrive as it was before. Query
 * would keep that answer: invalidating restarts only requests of queries that have data.
 */
export class FreshQueryClient extends QueryClient {
  override async invalidateQueries<Key extends QueryKey = QueryKey>(
    filters?: InvalidateQueryFilters<Key>,
    options?: InvalidateOptions,
  ): Promise<void> {
    const first = this.getQueryCache()
      .findAll(filters)
      .filter(({ state }) => state.data === undefined && state.fetchStatus !== "idle");
    for (const query of first) await this.cancelQueries({ queryKey: query.queryKey, exact: true });
    await super.invalidateQueries(filters, options);
  }
}
