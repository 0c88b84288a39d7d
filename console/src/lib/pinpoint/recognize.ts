/** What a file of a dump is, by its content. Only its beginning is read. */

const HEAD_BYTES = 64 * 1024;
/** Where a tar archive has its mark. */
const TAR_MARK = 257;

/**
 * `lines` are endpoints that the API reads as they are, `documents` have to be taken apart, and those of an
 * `sdk` have other names.
 */
type Kind =
  | "lines"
  | "documents"
  | "csv"
  | "sdk"
  | "optOuts"
  | "templates"
  | "segments"
  | "campaigns"
  | "events"
  | "archive"
  | "settings"
  | "unknown"
  | "empty";

export interface Found {
  file: File;
  kind: Kind;
  isPacked: boolean;
  /** Whether a CSV file says who opted out. Without that column, each of its phones would count as one. */
  hasOptOuts: boolean;
}

/** What moves here. The rest moves with the command line, or not at all. */
export const canMove = ({ kind }: Found) =>
  kind === "lines" || kind === "documents" || kind === "csv" || kind === "optOuts";

/** What only the command line moves. */
export const isElsewhere = ({ kind }: Found) =>
  ["templates", "segments", "campaigns", "events", "archive", "sdk"].includes(kind);

export const mayHaveOptOuts = ({ kind }: Found) => kind === "events" || kind === "archive" || kind === "sdk";

/** The names that only one kind has, the most telling first. */
const NAMES: [kind: Kind, names: string[]][] = [
  ["optOuts", ["OptedOutNumbers", "OptedOutNumber"]],
  ["documents", ["EndpointsResponse", "EndpointResponse"]],
  ["events", ["event_type"]],
  ["templates", ["TemplatesResponse", "SMSTemplateResponse", "TemplateName", "DefaultSubstitutions"]],
  ["segments", ["SegmentsResponse", "SegmentResponse", "SegmentType", "SegmentGroups", "Dimensions"]],
  ["campaigns", ["CampaignsResponse", "CampaignResponse", "SegmentId", "MessageConfiguration", "Schedule"]],
  ["settings", ["ApplicationSettingsResource", "SMSChannelResponse", "ApplicationsResponse"]],
  ["lines", ["ChannelType", "Address", "EndpointStatus", "OptOut", "User"]],
];

export async function recognize(file: File): Promise<Found> {
  const packed = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const isPacked = packed[0] === 0x1f && packed[1] === 0x8b;
  const head = isPacked ? await unpackedHead(file) : packed;
  const text = new TextDecoder().decode(head).trimStart();
  const found = (kind: Kind, hasOptOuts = false): Found => ({ file, kind, isPacked, hasOptOuts });
  if (file.size === 0 || text === "") return found("empty");
  if (isArchive(head)) return found("archive");
  if (text.startsWith("{") || text.startsWith("[")) return found(kindOfJson(text));
  const names = headerOf(text);
  if (names.includes("channeltype")) return found("csv", names.includes("optout"));
  return found(names.includes("optedoutnumber") ? "optOuts" : "unknown");
}

function isArchive(head: Uint8Array): boolean {
  const mark = new TextDecoder().decode(head.slice(TAR_MARK, TAR_MARK + 5));
  return (head[0] === 0x50 && head[1] === 0x4b && head[2] === 3) || mark === "ustar";
}

function kindOfJson(text: string): Kind {
  const line = objectOf(text.split("\n", 1)[0] ?? "");
  // A list or an indented document: the names at its beginning are those of the outermost objects.
  const names =
    line === null ? [...text.matchAll(/"(\w+)"\s*:/g)].map(([, name = ""]) => name) : Object.keys(line);
  const raised = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
  const upper = new Set(names.map(raised));
  const known = NAMES.find(([, own]) => own.some((name) => upper.has(name) || names.includes(name)));
  if (known === undefined) return "unknown";
  const [kind, own] = known;
  if (kind !== "lines" && kind !== "documents") return kind;
  if (!own.some((name) => names.includes(name))) return "sdk";
  // The API reads one object a line.
  return line === null ? "documents" : kind;
}

function objectOf(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** The names of a CSV file's columns, without case and punctuation. */
export function headerOf(text: string): string[] {
  const line = text.split(/\r\n|\n|\r/, 1)[0] ?? "";
  return line.split(/[,;\t|]/).map((name) => name.toLowerCase().replace(/[^a-z]/g, ""));
}

/** The beginning of a gzip file's content. The rest is not read, so its end is never reached. */
async function unpackedHead(file: File): Promise<Uint8Array> {
  const reader = file.stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    while (length < HEAD_BYTES) {
      const { value } = await reader.read();
      if (value === undefined) break;
      parts.push(new Uint8Array(value));
      length += value.length;
    }
    await reader.cancel();
  } catch {
    // It is damaged, or a second member follows a small first one.
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
