import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { dueQuery } from "../api/inbound";
import { useSession } from "../shell/session-context";

/** What the page shows is asked for first. */
const WAIT_MS = 1_500;

/** The texts that need a decision, soonest due first; none until they are known. */
export function useDue() {
  const { organizationId } = useSession();
  const [isTime, setTime] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setTime(true), WAIT_MS);
    return () => clearTimeout(timer);
  }, []);
  const due = useQuery({ ...dueQuery(organizationId), enabled: isTime });
  return { items: due.data?.items ?? [], hasMore: typeof due.data?.nextCursor === "string" };
}
