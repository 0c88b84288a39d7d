import { useQuery } from "@tanstack/react-query";
import { dueQuery } from "../api/inbound";
import { useSession } from "../shell/session-context";

/** The texts that need a decision, soonest due first; none until they are known. */
export function useDue(enabled: boolean) {
  const { organizationId } = useSession();
  const due = useQuery({ ...dueQuery(organizationId), enabled });
  return {
    items: due.data?.items ?? [],
    hasMore: typeof due.data?.nextCursor === "string",
    isPending: due.isPending,
  };
}
