/** What an import is doing. */
import type { Import } from "../api/client";

export const IMPORT_TONES = {
  uploading: "busy",
  pending: "busy",
  running: "busy",
  done: "good",
  failed: "bad",
  cancelled: "calm",
  undoing: "busy",
  undone: "calm",
} as const satisfies Record<Import["status"], string>;

/** Whether nothing about it changes any more by itself. */
export const isOver = ({ status }: Pick<Import, "status">) => IMPORT_TONES[status] !== "busy";
