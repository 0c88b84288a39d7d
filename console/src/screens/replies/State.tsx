import type { Inbound } from "../../api/client";
import { ToneLabel } from "../../components/Dot";
import { isOverdue } from "../../lib/due";
import { date } from "../../lib/format";
import { changedBy } from "../../lib/people";
import { texts } from "../../texts";
import classes from "./Row.module.css";

const t = texts.replies;

/** What a text did, or what is still to be decided. Most texts have no state. */
export function State({ inbound }: { inbound: Inbound }) {
  const { flagged, dueOn, decision, keyword } = inbound;
  if (decision !== null) {
    const who = changedBy(decision.decidedBy);
    const isOut = decision.verdict === "suppressed";
    return (
      <span className={classes.state}>
        <ToneLabel tone={isOut ? "bad" : "calm"} label={isOut ? t.suppressed(who) : t.dismissed(who)} />
      </span>
    );
  }
  if (flagged && dueOn !== null) {
    const isLate = isOverdue(dueOn);
    return (
      <span className={classes.state}>
        <ToneLabel tone={isLate ? "bad" : "due"} label={t.refusal} />
        <small>{isLate ? t.wasDue(date(dueOn)) : t.due(date(dueOn))}</small>
      </span>
    );
  }
  if (keyword === null) return null;
  const tones = { stop: "bad", start: "good", help: "calm" } as const;
  return (
    <span className={classes.state}>
      <ToneLabel tone={tones[keyword]} label={t.keywords[keyword]} />
    </span>
  );
}
