import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { dueQuery, MAX_DUE } from "../api/inbound";
import { count } from "../lib/format";
import { texts } from "../texts";
import classes from "./Navigation.module.css";
import { useSession } from "./session-context";

/** What the page shows is asked for first. */
const WAIT_MS = 1_500;

/** The number of texts that need a decision, next to the way to them. */
export function RepliesDue() {
  const { organizationId } = useSession();
  const [isTime, setTime] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setTime(true), WAIT_MS);
    return () => clearTimeout(timer);
  }, []);
  const due = useQuery({ ...dueQuery(organizationId), enabled: isTime });
  const number = due.data?.items.length ?? 0;
  if (number === 0) return null;
  const shown = due.data?.nextCursor === null ? count(number) : `${count(MAX_DUE)}+`;
  return (
    <span className={classes.due}>
      <span aria-hidden>{shown}</span>
      <span className="unseen">{texts.replies.dueInNav(shown)}</span>
    </span>
  );
}
