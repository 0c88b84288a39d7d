/** What a move makes of a dump: everything that was read has one outcome. */
import type { Import } from "../../api/client";

export const PARTS = ["made", "merged", "channels", "blank", "rejected"] as const;
export type Part = (typeof PARTS)[number];

/** The imports of a move that say what was in its files. */
export interface Moved {
  lists: Import[];
  endpoints: Import[];
}

interface Reason {
  column: string | null;
  reason: string;
  number: number;
}

export interface Balance {
  read: number;
  parts: Record<Part, number>;
  optOuts: { endpoints: number; lists: number; overridden: number; refused: number };
  /** Whether the parts add up to what was read. */
  holds: boolean;
  isExact: boolean;
  /** Why rows were rejected, most often first. The API lists the first hundred rows of an import. */
  reasons: Reason[];
  areAllReasons: boolean;
}

const sum = (imports: Import[], number: (found: Import) => number) =>
  imports.reduce((total, found) => total + number(found), 0);

export function balanceOf({ lists, endpoints }: Moved): Balance {
  const parts = {
    made: sum(endpoints, ({ created }) => created),
    merged: sum(
      endpoints,
      ({ updated, unchanged, skippedBy }) =>
        updated + unchanged + skippedBy.inactive + skippedBy.matched + skippedBy.optOutsOnly,
    ),
    channels: sum(endpoints, ({ skippedBy }) => skippedBy.channel),
    blank: sum(endpoints, ({ skippedBy }) => skippedBy.blank),
    rejected: sum(endpoints, ({ rejected }) => rejected),
  };
  const read = sum(endpoints, ({ rows }) => rows);
  const errors = endpoints.flatMap((found) => found.errors);
  return {
    read,
    parts,
    optOuts: {
      endpoints: sum(endpoints, (found) => found.optOuts),
      lists: sum(lists, (found) => found.optOuts),
      overridden: sum([...lists, ...endpoints], (found) => found.optOutsOverridden),
      refused: sum(lists, ({ rejected }) => rejected),
    },
    holds: PARTS.reduce((total, part) => total + parts[part], 0) === read,
    // A rehearsal of one import does not know what another one would have made.
    isExact: endpoints.every(({ exact, dryRun }) => exact && !(dryRun && endpoints.length > 1)),
    reasons: reasonsOf(errors),
    areAllReasons: errors.length === parts.rejected,
  };
}

function reasonsOf(errors: Import["errors"]): Reason[] {
  const reasons = new Map<string, Reason>();
  for (const { column, reason } of errors) {
    const key = `${column} ${reason}`;
    const known = reasons.get(key) ?? { column, reason, number: 0 };
    reasons.set(key, { ...known, number: known.number + 1 });
  }
  return [...reasons.values()].toSorted((a, b) => b.number - a.number);
}
