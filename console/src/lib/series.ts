/** Counts over time as a chart shows them: without gaps, and on a scale with round numbers. */
import type { Report } from "../api/client";

export interface Interval {
  /** The first moment of the interval and the first after it, in milliseconds since the epoch. */
  start: number;
  end: number;
  sent: number;
  delivered: number;
  failed: number;
}

const LENGTHS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
/** A single bar across the whole width would not look like a moment. */
const MIN_INTERVALS = 12;

/** The first and the last interval that a chart shows even if nothing happened in them. */
interface Span {
  first: number;
  last: number;
}

/** Every interval from the first to the last, also those in which nothing happened. */
export function intervalsOf({ interval, points }: Report["series"], span?: Span): Interval[] {
  const length = LENGTHS[interval];
  const counts = new Map(points.map((point) => [Date.parse(point.at), point]));
  if (counts.size === 0) return [];
  const first = Math.min(...counts.keys(), ...(span ? [span.first] : []));
  const last = Math.max(...counts.keys(), ...(span ? [span.last] : []));
  const number = Math.max(span ? 1 : MIN_INTERVALS, (last - first) / length + 1);
  return Array.from({ length: number }, (_, place) => {
    const start = first + place * length;
    const { sent = 0, delivered = 0, failed = 0 } = counts.get(start) ?? {};
    return { start, end: start + length, sent, delivered, failed };
  });
}

/** Whether anything happened in an interval. */
export function hasEvents({ sent, delivered, failed }: Interval): boolean {
  return sent + delivered + failed > 0;
}

/** Up to four round numbers that divide a scale from zero to `most`. */
export function ticksOf(most: number): number[] {
  const rough = Math.max(1, most / 3);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? 10 * power;
  return Array.from({ length: Math.max(1, Math.floor(most / step)) }, (_, place) => (place + 1) * step);
}
