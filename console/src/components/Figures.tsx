import type { ReactNode } from "react";
import classes from "./Figures.module.css";

interface Figure {
  name: string;
  value: ReactNode;
  /** What the value is a share of, or where it comes from. */
  note?: ReactNode;
}

/** A few numbers that say the most. */
export function Figures({ items }: { items: Figure[] }) {
  return (
    <dl className={classes.figures}>
      {items.map(({ name, value, note }) => (
        <div key={name} className={classes.figure}>
          <dt>{name}</dt>
          <dd className={classes.value}>{value}</dd>
          {note && <dd className={classes.note}>{note}</dd>}
        </div>
      ))}
    </dl>
  );
}
