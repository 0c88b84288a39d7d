/** The imports that move a dump, in their order. */
import type { ImportOptions } from "../upload";
import { linesOf } from "./documents";
import type { Found } from "./recognize";

/** One import: opt-out lists, the opt-outs among endpoints, or endpoints. */
export interface Step {
  name: "lists" | "optOuts" | "endpoints";
  file: File;
  options: ImportOptions;
}

const OPTIONS: ImportOptions = { match: "phone", onMatch: "update", tags: [] };
/** The IDs of endpoints are not those of contacts. */
const NO_IDS = { id: "" };

/**
 * Files of one form become one import. Each import stores its own opt-outs before its first contact, so only
 * several imports need theirs stored before.
 */
export async function stepsOf(found: Found[]): Promise<Step[]> {
  const lists = found.filter(({ kind }) => kind === "optOuts");
  const step = (name: Step["name"], file: File, isLines: boolean): Step => ({
    name,
    file,
    options: {
      ...OPTIONS,
      columns: NO_IDS,
      ...(isLines ? { format: "jsonl" } : {}),
      ...(name === "endpoints" ? {} : { optOuts: "only" }),
    },
  });
  const first: Step[] = [];
  if (lists.length > 0) {
    const lines = await Promise.all(lists.map(linesOf));
    first.push(step("lists", new File(lines, "opt-outs.json"), true));
  }
  const joined = await joinedLines(found);
  const tables = found.filter(({ kind }) => kind === "csv");
  const then = [
    ...(joined === null ? [] : [step("endpoints", joined, true)]),
    ...tables.map(({ file }) => step("endpoints", file, false)),
  ];
  if (then.length > 1) {
    if (joined !== null) first.push(step("optOuts", joined, true));
    const withOptOuts = tables.filter(({ hasOptOuts }) => hasOptOuts);
    first.push(...withOptOuts.map(({ file }) => step("optOuts", file, false)));
  }
  return [...first, ...then];
}

/** All endpoints in lines. Gzip files may follow each other, so plain ones are packed if there are both. */
async function joinedLines(found: Found[]): Promise<File | null> {
  const files = found.filter(({ kind }) => kind === "lines");
  const documents = found.filter(({ kind }) => kind === "documents");
  const plain: Blob[] = files.filter(({ isPacked }) => !isPacked).map(({ file }) => file);
  plain.push(...(await Promise.all(documents.map(linesOf))).map((lines) => new Blob([lines])));
  const packed: Blob[] = files.filter(({ isPacked }) => isPacked).map(({ file }) => file);
  if (plain.length + packed.length === 0) return null;
  const [only] = files;
  if (plain.length + packed.length === 1 && only) return only.file;
  // The last line of a file may have no end.
  const together = plain.flatMap((part) => [part, "\n"]);
  if (packed.length === 0) return new File(together, "endpoints.json");
  const end = await gzip(new Blob(["\n"]));
  const parts = plain.length > 0 ? [await gzip(new Blob(together)), ...packed] : packed;
  return new File(
    parts.flatMap((part) => [part, end]),
    "endpoints.gz",
  );
}

function gzip(content: Blob): Promise<Blob> {
  return new Response(content.stream().pipeThrough(new CompressionStream("gzip"))).blob();
}
