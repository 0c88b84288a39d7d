import { texts } from "../texts";
import { phone } from "./format";

/** Whom a message was to, or that the person was erased. */
export function recipient(to: string | null): string {
  return to === null ? texts.app.erased : phone(to);
}
