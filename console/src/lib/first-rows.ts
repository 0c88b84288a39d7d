/** The first rows of a file, for a person to see that it is the right one. The API reads it for real. */

const BYTES = 16 * 1024;

export async function firstRows(file: File, most: number): Promise<string[][]> {
  const bytes = new Uint8Array(await file.slice(0, BYTES).arrayBuffer());
  const text = decode(bytes);
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== "");
  const header = lines[0] ?? "";
  const delimiter =
    [",", ";", "\t", "|"].toSorted((a, b) => header.split(b).length - header.split(a).length)[0] ?? ",";
  return lines.slice(0, most).map((line) => cells(line, delimiter));
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  try {
    // The last character may be cut.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

function cells(line: string, delimiter: string): string[] {
  const found: string[] = [];
  let current = "";
  let isQuoted = false;
  for (const character of line) {
    if (character === '"') isQuoted = !isQuoted;
    else if (character === delimiter && !isQuoted) {
      found.push(current);
      current = "";
    } else current += character;
  }
  return [...found, current];
}
