/** When a text that may be a refusal has to be dealt with. */
import { localInput } from "./format";

/** Whether the day has passed. Days are the organization's, which is the reader's or near it. */
export function isOverdue(dueOn: string, now = new Date()): boolean {
  return dueOn < localInput(now).slice(0, 10);
}
