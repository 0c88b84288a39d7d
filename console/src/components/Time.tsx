import { time, utc } from "../lib/format";
import { texts } from "../texts";

/** A moment in the reader's zone; in UTC when pointed at. */
export function Time({ at }: { at: string | null | undefined }) {
  if (!at) return texts.app.none;
  return (
    <time dateTime={at} title={utc(at)}>
      {time(at)}
    </time>
  );
}
