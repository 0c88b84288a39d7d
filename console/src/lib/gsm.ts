/** Characters that force UCS-2, and what to write instead. */
import { isGsm } from "./parts";

const REPLACEMENTS: Record<string, string> = {
  "\u2018": "'",
  "\u2019": "'",
  "\u201a": "'",
  "\u2032": "'",
  "\u00b4": "'",
  "\u0060": "'",
  "\u201c": '"',
  "\u201d": '"',
  "\u201e": '"',
  "\u2033": '"',
  "\u00ab": '"',
  "\u00bb": '"',
  "\u2010": "-",
  "\u2011": "-",
  "\u2012": "-",
  "\u2013": "-",
  "\u2014": "-",
  "\u2212": "-",
  "\u2026": "...",
  "\u00a0": " ",
  "\u2007": " ",
  "\u2009": " ",
  "\u202f": " ",
  "\t": " ",
  "\u200b": "",
  "\u200d": "",
  "\ufeff": "",
  "\u00ad": "",
  "\u2022": "-",
  "\u00b7": "-",
  "\u00d7": "x",
  "\u2122": "(TM)",
  "\u00ae": "(R)",
  "\u00a9": "(C)",
  "\u00bd": "1/2",
  "\u00bc": "1/4",
  "\u00b0": " degrees",
};

export interface Offender {
  character: string;
  count: number;
  /** Null if nothing in GSM-7 means the same, as for an emoji. */
  replacement: string | null;
}

function replacementOf(character: string): string | null {
  const known = REPLACEMENTS[character];
  if (known !== undefined) return known;
  // A letter without its accent, if that is in the alphabet.
  const base = character.normalize("NFD").replace(/\p{M}/gu, "");
  return base !== "" && base !== character && Array.from(base).every(isGsm) ? base : null;
}

/** Each character that is not in GSM-7, in the order of its first appearance. */
export function offendersOf(body: string): Offender[] {
  const counts = new Map<string, number>();
  for (const character of Array.from(body)) {
    if (!isGsm(character)) counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  return Array.from(counts, ([character, count]) => ({
    character,
    count,
    replacement: replacementOf(character),
  }));
}

export function replaceOffender(body: string, { character, replacement }: Offender): string {
  return body.replaceAll(character, replacement ?? "");
}

/** The body with every character replaced that has a replacement. */
export function replaceAll(body: string): string {
  return offendersOf(body)
    .filter((offender) => offender.replacement !== null)
    .reduce(replaceOffender, body);
}

/** How a character is named where it may not be visible. */
export function nameOf(character: string): string {
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  return /[\p{Z}\p{C}]/u.test(character) ? code : `${character} (${code})`;
}
