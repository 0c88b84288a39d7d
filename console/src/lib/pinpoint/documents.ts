/** Endpoints and opt-out lists as the AWS CLI prints them, as the lines that an import reads. */
import { pinpointTexts as t } from "../../pinpoint-texts";
import { type Found, headerOf } from "./recognize";

/** A document is read as a whole. The AWS CLI prints half a million opt-outs in as much. */
const MAX_BYTES = 64 * 1024 * 1024;

type Fields = Record<string, unknown>;

/** The lines of a file of opt-outs or of endpoints in envelopes. */
export async function linesOf({ file, kind, isPacked }: Found): Promise<string> {
  if (file.size > MAX_BYTES) throw new Error(t.refused.tooLarge(file.name));
  const text = isPacked ? await unpacked(file) : await file.text();
  const objects = kind === "optOuts" && !/^\s*[[{]/.test(text) ? ofTable(text) : ofJson(text, file.name);
  const lines = objects.flatMap(itemsOf).map(kind === "optOuts" ? optOut : (item) => item);
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

async function unpacked(file: File): Promise<string> {
  try {
    return await new Response(file.stream().pipeThrough(new DecompressionStream("gzip"))).text();
  } catch {
    throw new Error(t.refused.unreadable(file.name));
  }
}

/** One document, or one a line. */
function ofJson(text: string, name: string): Fields[] {
  try {
    return [JSON.parse(text)].flat() as Fields[];
  } catch {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    try {
      return lines.map((line) => JSON.parse(line) as Fields);
    } catch {
      throw new Error(t.refused.unreadable(name));
    }
  }
}

/** Its columns have no quotes: they are phones and times. */
function ofTable(text: string): Fields[] {
  const names = headerOf(text);
  const [, ...rows] = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== "");
  const place = (name: string) => names.indexOf(name);
  return rows.map((row) => {
    const cells = row.split(/[,;\t|]/).map((cell) => cell.replaceAll('"', "").trim());
    return {
      OptedOutNumber: cells[place("optedoutnumber")],
      OptedOutTimestamp: cells[place("optedouttimestamp")],
    };
  });
}

/** SDKs write the names of opt-outs in lower case. */
function itemsOf(document: Fields): Fields[] {
  const numbers = document.OptedOutNumbers ?? document.optedOutNumbers;
  if (Array.isArray(numbers)) return numbers;
  const { EndpointResponse: one, EndpointsResponse: several } = document as Record<
    string,
    Fields | undefined
  >;
  if (one) return [one];
  return Array.isArray(several?.Item) ? several.Item : [document];
}

/** An opt-out in the form of an endpoint, which an import reads with its time. */
function optOut(item: Fields): Fields {
  const at = timeOf(item.OptedOutTimestamp ?? item.optedOutTimestamp);
  return {
    ChannelType: "SMS",
    Address: item.OptedOutNumber ?? item.optedOutNumber,
    OptOut: "ALL",
    ...(at === null ? {} : { EffectiveDate: at }),
  };
}

/** The AWS CLI prints text, or in its first version a number of seconds. */
function timeOf(value: unknown): string | null {
  const at = new Date(typeof value === "number" ? value * 1000 : String(value));
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
