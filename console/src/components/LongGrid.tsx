import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useLayoutEffect, useRef, useState } from "react";
import { Frame, type GridProps, Head } from "./Grid";
import classes from "./Grid.module.css";
import { GridRow } from "./GridRow";

/** The height of a row of one line, in pixels. Others are measured. */
const ROW_HEIGHT = 37;
/** Rows above and below the window, which the Tab key reaches. */
const OVERSCAN = 10;

/** A table of a thousand rows: only those in the window are in the page. */
export function LongGrid<Row>({ label, columns, rows, rowKey, isBare }: GridProps<Row>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    setTop((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
  }, []);
  const getItemKey = useCallback(
    (place: number) => {
      const row = rows[place];
      return row === undefined ? place : rowKey(row);
    },
    [rows, rowKey],
  );
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    scrollMargin: top,
    getItemKey,
    // A keystroke takes precedence over what scrolls into the window.
    useFlushSync: false,
  });
  const items = virtualizer.getVirtualItems();
  const before = (items[0]?.start ?? top) - top;
  const after = virtualizer.getTotalSize() - (items.at(-1)?.end ?? top) + top;
  return (
    <Frame label={label} isBare={isBare}>
      <table className={`${classes.table} ${classes.long}`} aria-rowcount={rows.length + 1}>
        <Head columns={columns} />
        <tbody ref={body}>
          <Space height={before} />
          {items.map(({ key, index }) => {
            const row = rows[index];
            return (
              row !== undefined && (
                <GridRow
                  key={key}
                  columns={columns}
                  row={row}
                  place={index}
                  measure={virtualizer.measureElement}
                />
              )
            );
          })}
          <Space height={after} />
        </tbody>
      </table>
    </Frame>
  );
}

/** In place of the rows that are not drawn. */
function Space({ height }: { height: number }) {
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: an empty row cannot be focused
  return height > 0 && <tr aria-hidden="true" style={{ height }} />;
}
