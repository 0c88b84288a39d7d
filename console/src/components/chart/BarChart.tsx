import { useElementSize } from "@mantine/hooks";
import { useState } from "react";
import { count } from "../../lib/format";
import { type Interval, ticksOf } from "../../lib/series";
import { texts } from "../../texts";
import classes from "./BarChart.module.css";

const HEIGHT = 150;
const TOP = 8;
const LEFT = 44;
/** For the half of the last label that reaches beyond its bar. */
const RIGHT = 20;
const LABELS = 22;
/** Labels of times need about this much room, in pixels. */
const LABEL_WIDTH = 110;
const MAX_BAR = 28;
/** Even one of a million is visible. */
const MIN_HEIGHT = 1.5;

interface Props {
  label: string;
  intervals: Interval[];
  /** Short, below the axis. */
  tick: (interval: Interval) => string;
  /** In full, where an interval is pointed at. */
  title: (interval: Interval) => string;
}

/** Sent, and in front of it delivered; failures hang below the axis. The table beside it has the numbers. */
export function BarChart({ label, intervals, tick, title }: Props) {
  const { ref, width } = useElementSize();
  const [pointed, setPointed] = useState<number | null>(null);
  const most = Math.max(1, ...intervals.map(({ sent, delivered }) => Math.max(sent, delivered)));
  const deepest = Math.max(0, ...intervals.map(({ failed }) => failed));
  const ticks = ticksOf(most);
  const scale = HEIGHT / most;
  const axis = TOP + HEIGHT;
  const below = deepest === 0 ? 0 : Math.max(MIN_HEIGHT, deepest * scale) + 4;
  const slot = Math.max(0, width - LEFT - RIGHT) / Math.max(1, intervals.length);
  const bar = Math.min(MAX_BAR, slot * 0.86);
  const middle = (place: number) => LEFT + (place + 0.5) * slot;
  const every = Math.max(1, Math.ceil(LABEL_WIDTH / Math.max(1, slot)));
  const height = (value: number) => (value === 0 ? 0 : Math.max(MIN_HEIGHT, value * scale));
  const shown = pointed === null ? undefined : intervals[pointed];
  return (
    <div ref={ref} className={classes.chart}>
      <svg
        width={width}
        height={axis + below + LABELS}
        className={classes.picture}
        role="img"
        aria-label={label}
        onMouseLeave={() => setPointed(null)}
      >
        {ticks.map((value) => (
          <g key={value}>
            <line
              x1={LEFT}
              x2={width}
              y1={axis - value * scale}
              y2={axis - value * scale}
              className={classes.line}
            />
            <text x={LEFT - 8} y={axis - value * scale + 4} textAnchor="end" className={classes.tick}>
              {count(value)}
            </text>
          </g>
        ))}
        {intervals.map((interval, place) => {
          const left = middle(place) - bar / 2;
          const { sent, delivered, failed } = interval;
          return (
            <g key={interval.start}>
              <Bar name="sent" x={left} y={axis} width={bar} height={height(sent)} />
              <Bar name="delivered" x={left} y={axis} width={bar} height={height(delivered)} />
              <rect x={left} y={axis + 2} width={bar} height={height(failed)} className={classes.failed} />
              {place % every === 0 && (
                <text x={middle(place)} y={axis + below + 16} textAnchor="middle" className={classes.tick}>
                  {tick(interval)}
                </text>
              )}
              {/* biome-ignore lint/a11y/noStaticElementInteractions: the table has the same for everyone */}
              <rect
                x={middle(place) - slot / 2}
                y={0}
                width={slot}
                height={axis + below}
                className={classes.spot}
                onMouseEnter={() => setPointed(place)}
              />
            </g>
          );
        })}
        <line x1={LEFT} x2={width} y1={axis} y2={axis} className={classes.axis} />
      </svg>
      {shown !== undefined && pointed !== null && (
        <div
          className={classes.tip}
          aria-hidden="true"
          style={{ left: Math.min(Math.max(middle(pointed), 80), width - 80) }}
        >
          <b>{title(shown)}</b>
          {SERIES.map((name) => (
            <div key={name} className="number">
              {texts.report.series[name]}: {count(shown[name])}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

const SERIES = ["sent", "delivered", "failed"] as const;

function Bar({
  name,
  x,
  y,
  width,
  height,
}: {
  name: "sent" | "delivered";
  x: number;
  y: number;
  width: number;
  height: number;
}) {
  return (
    <rect
      x={x}
      y={y - height}
      width={width}
      height={height}
      rx={Math.min(2, width / 3)}
      className={classes[name]}
    />
  );
}

/** What the colors mean, with the sums. */
export function Legend({ intervals }: { intervals: Interval[] }) {
  const sum = (name: (typeof SERIES)[number]) => intervals.reduce((all, one) => all + one[name], 0);
  return (
    <ul className={classes.legend}>
      {SERIES.filter((name) => name !== "failed" || sum(name) > 0).map((name) => (
        <li key={name}>
          <span className={classes.key} data-name={name} />
          {texts.report.series[name]}
        </li>
      ))}
    </ul>
  );
}
