import {
  type InvalidateOptions,
  type InvalidateQueryFilters,
  QueryClient,
  type QueryClientConfig,
  type QueryKey,
} from "@tanstack/react-query";

/** A response that is under way during a change may show the state before it. */
export class FreshQueryClient extends QueryClient {
  constructor(config: QueryClientConfig) {
    super(config);
    // What a change returned is newer than a response under way, which would replace it.
    this.getQueryCache().subscribe((event) => {
      if (event.type !== "updated" || event.action.type !== "success") return;
      if (event.action.manual) void event.query.cancel({ revert: true });
    });
  }

  /** Query would keep a first answer: invalidating restarts only requests of queries that have data. */
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
