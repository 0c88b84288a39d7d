import { type Balance, ENDS } from "../lib/campaign";
import { count } from "../lib/format";
import { texts } from "../texts";
import classes from "./EndsBar.module.css";

/** The recipients as one bar of their five ends. */
export function EndsBar({ balance }: { balance: Balance }) {
  const parts = ENDS.filter((end) => balance.ends[end] > 0);
  const label = parts.map((end) => `${texts.endShort[end]} ${count(balance.ends[end])}`).join(", ");
  return (
    <div className={classes.bar} role="img" aria-label={label} title={label}>
      {parts.map((end) => (
        <span
          key={end}
          className={classes.part}
          style={{ flexGrow: balance.ends[end], background: `var(--end-${end})` }}
        />
      ))}
    </div>
  );
}
