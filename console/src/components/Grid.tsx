import type { ReactNode } from "react";
import classes from "./Grid.module.css";
import { classOf, GridRow } from "./GridRow";

export interface Column<Row> {
  key: string;
  title: string;
  /** Numbers are aligned at their last digit. */
  isNumber?: boolean;
  /** Sentences take several lines; everything else stays on one. */
  wraps?: boolean;
  /** Columns that small screens do without. */
  isMinor?: boolean;
  /** In pixels. Long tables need it: they draw too few rows to know how wide the widest is. */
  width?: number;
  cell: (row: Row) => ReactNode;
}

export interface GridProps<Row> {
  label: string;
  /** Rows are drawn again if the list of columns is another one. */
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  /** Within a section, which has a border already. */
  isBare?: boolean;
}

/** A dense table. */
export function Grid<Row>({ label, columns, rows, rowKey, isBare }: GridProps<Row>) {
  return (
    <Frame label={label} isBare={isBare}>
      <table className={classes.table}>
        <Head columns={columns} />
        <tbody>
          {rows.map((row) => (
            <GridRow key={rowKey(row)} columns={columns} row={row} />
          ))}
        </tbody>
      </table>
    </Frame>
  );
}

/** A region that scrolls must be reachable by keyboard. */
export function Frame({
  label,
  isBare,
  children,
}: {
  label: string;
  isBare: boolean | undefined;
  children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex lint/a11y/useSemanticElements: a fieldset is for fields
    <div role="group" className={isBare ? classes.bare : classes.scroll} aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}

export function Head<Row>({ columns }: { columns: Column<Row>[] }) {
  return (
    <thead>
      <tr>
        {columns.map((column) => (
          <th key={column.key} scope="col" className={classOf(column)} style={{ width: column.width }}>
            {column.title}
          </th>
        ))}
      </tr>
    </thead>
  );
}
