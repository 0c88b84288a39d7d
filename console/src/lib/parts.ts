/**
 * Message parts: how many SMS segments the network makes of one body. The same rules as
 * `shared/src/parts.rs` (3GPP TS 23.038 and 23.040), so that the count follows each keystroke; the
 * quote before sending is the API's own.
 */

const GSM_BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/** Characters that cost an escape, and so two septets. */
const GSM_EXTENDED = "\f^{}\\[~]|€";

type Encoding = "GSM-7" | "UCS-2";

export interface Parts {
  encoding: Encoding;
  count: number;
  /** Units (septets or UTF-16 code units) that still fit into the last part. */
  left: number;
}

function septets(character: string): number | null {
  if (GSM_BASIC.includes(character)) return 1;
  if (GSM_EXTENDED.includes(character)) return 2;
  return null;
}

export function isGsm(character: string): boolean {
  return septets(character) !== null;
}

export function partsOf(body: string): Parts {
  const characters = Array.from(body);
  if (characters.every(isGsm)) {
    return {
      encoding: "GSM-7",
      ...cut(
        characters.map((c) => septets(c) ?? 1),
        160,
        153,
      ),
    };
  }
  return {
    encoding: "UCS-2",
    ...cut(
      characters.map((c) => c.length),
      70,
      67,
    ),
  };
}

/** A character never straddles two parts. */
function cut(units: number[], single: number, several: number): { count: number; left: number } {
  const total = units.reduce((sum, length) => sum + length, 0);
  if (total <= single) return { count: 1, left: single - total };
  let count = 1;
  let used = 0;
  for (const length of units) {
    if (used + length > several) {
      count += 1;
      used = 0;
    }
    used += length;
  }
  return { count, left: several - used };
}
