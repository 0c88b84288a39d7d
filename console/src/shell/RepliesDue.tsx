import { useEffect, useState } from "react";
import { MAX_DUE } from "../api/inbound";
import { count } from "../lib/format";
import { useDue } from "../lib/use-due";
import { texts } from "../texts";
import classes from "./Navigation.module.css";

/** What the page shows is asked for first. */
const WAIT_MS = 1_500;

/** The number of texts that need a decision, next to the way to them. */
export function RepliesDue() {
  const [isTime, setTime] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setTime(true), WAIT_MS);
    return () => clearTimeout(timer);
  }, []);
  const { items, hasMore } = useDue(isTime);
  if (items.length === 0) return null;
  const shown = hasMore ? `${count(MAX_DUE)}+` : count(items.length);
  return (
    <span className={classes.due}>
      <span aria-hidden>{shown}</span>
      <span className="unseen">{texts.replies.dueInNav(shown)}</span>
    </span>
  );
}
