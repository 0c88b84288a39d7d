import { Table } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Grid.module.css";

export interface Column<Row> {
  key: string;
  title: string;
  /** Numbers are aligned at their last digit. */
  isNumber?: boolean;
  /** Sentences take several lines; everything else stays on one. */
  wraps?: boolean;
  /** Columns that small screens do without. */
  isMinor?: boolean;
  cell: (row: Row) => ReactNode;
}

interface Props<Row> {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
}

/** A dense table. */
export function Grid<Row>({ label, columns, rows, rowKey }: Props<Row>) {
  const classOf = ({ isNumber, wraps, isMinor }: Column<Row>) =>
    `${isNumber ? classes.number : ""} ${wraps ? classes.wraps : ""} ${isMinor ? classes.minor : ""}`;
  return (
    // A region that scrolls must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex lint/a11y/useSemanticElements: a fieldset is for fields
    <div role="group" className={classes.scroll} aria-label={label} tabIndex={0}>
      <Table className={classes.table} highlightOnHover verticalSpacing={7} horizontalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column.key} className={classOf(column)}>
                {column.title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={rowKey(row)} className={classes.row}>
              {columns.map((column) => (
                <Table.Td key={column.key} className={classOf(column)}>
                  {column.cell(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
