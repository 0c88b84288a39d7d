/** The period of a report: a number of days up to now, or from one day to another. Days are the reader's. */
import type { Period } from "../api/reports";
import { localInput } from "./format";

export const PRESETS = [7, 30, 90, 365] as const;
export const DEFAULT_DAYS = 30;

interface Chosen {
  days?: number | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** The first moment of a day such as 2026-11-23, or of one some days later. */
function startOf(day: string, later = 0): Date {
  const start = new Date(`${day}T00:00`);
  start.setDate(start.getDate() + later);
  return start;
}

const dayOf = (at: Date) => localInput(at).slice(0, 10);

export function lastDay({ to }: Chosen, now: Date): string {
  return to ?? dayOf(now);
}

export function firstDay({ days = DEFAULT_DAYS, from, to }: Chosen, now: Date): string {
  return from ?? dayOf(startOf(lastDay({ to }, now), 1 - days));
}

export function periodOf(chosen: Chosen, now: Date): Period {
  const end = chosen.to === undefined ? undefined : startOf(chosen.to, 1).toISOString();
  return { from: startOf(firstDay(chosen, now)).toISOString(), to: end };
}

/** The day of a moment in a zone, as its beginning in UTC. */
export function dayIn(zone: string, at: Date): number {
  // Canada writes days as the API does.
  return Date.parse(new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(at));
}
