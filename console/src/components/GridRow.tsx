import { memo } from "react";
import type { Column } from "./Grid";
import classes from "./Grid.module.css";

export function classOf<Row>({ isNumber, wraps, isMinor }: Column<Row>): string {
  return `${isNumber ? classes.number : ""} ${wraps ? classes.wraps : ""} ${isMinor ? classes.minor : ""}`;
}

interface Props<Row> {
  columns: Column<Row>[];
  row: Row;
  /** In a table of which only a part is drawn: the row's place, from 0, and what learns its height. */
  place?: number;
  measure?: (element: HTMLTableRowElement | null) => void;
}

function RowOf<Row>({ columns, row, place, measure }: Props<Row>) {
  return (
    <tr
      {...(measure === undefined ? {} : { ref: measure })}
      data-index={place}
      // The header is the first row.
      aria-rowindex={place === undefined ? undefined : place + 2}
    >
      {columns.map((column) => (
        <td key={column.key} className={classOf(column)}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

/** A row, drawn again only if it has changed. */
export const GridRow = memo(RowOf) as typeof RowOf;
