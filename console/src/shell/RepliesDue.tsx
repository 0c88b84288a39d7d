import { MAX_DUE } from "../api/inbound";
import { count } from "../lib/format";
import { useDue } from "../lib/use-due";
import { texts } from "../texts";
import classes from "./Navigation.module.css";

/** The number of texts that need a decision, next to the way to them. */
export function RepliesDue() {
  const { items, hasMore } = useDue();
  if (items.length === 0) return null;
  const shown = hasMore ? `${count(MAX_DUE)}+` : count(items.length);
  return (
    <span className={classes.due}>
      <span aria-hidden>{shown}</span>
      <span className="unseen">{texts.replies.dueInNav(shown)}</span>
    </span>
  );
}
