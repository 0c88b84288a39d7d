import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Import } from "../../api/client";
import { importQuery } from "../../api/queries";
import { pinpointTexts as t } from "../../pinpoint-texts";
import { useSession } from "../../shell/session-context";
import { isOver } from "../import";
import { rememberImport } from "../recent-imports";
import { startImport } from "../upload";
import type { Moved } from "./balance";
import type { Found } from "./recognize";
import { type Step, stepsOf } from "./steps";

const POLL_MS = 1_000;

/** What a move is doing right now. */
export interface Doing {
  step: Step["name"] | null;
  /** The share of the file that has been uploaded; null once it has. */
  uploaded: number | null;
  rows: number;
}

/** The dry run of a move, and the move. Both go through the same imports, one after the other. */
export function useMove(found: Found[]) {
  const { organizationId } = useSession();
  const queries = useQueryClient();
  const [doing, setDoing] = useState<Doing>({ step: null, uploaded: null, rows: 0 });

  const ended = async (step: Step["name"], importId: string): Promise<Import> => {
    for (;;) {
      const now = await queries.fetchQuery({ ...importQuery(organizationId, importId), staleTime: 0 });
      if (isOver(now)) return now;
      setDoing({ step, uploaded: null, rows: now.rows });
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };

  const run = async (dryRun: boolean): Promise<Moved> => {
    setDoing({ step: null, uploaded: null, rows: 0 });
    const moved: Moved = { lists: [], endpoints: [] };
    // A rehearsal stores nothing, so nothing has to be stored before.
    const steps = (await stepsOf(found)).filter(({ name }) => !(dryRun && name === "optOuts"));
    for (const { name, file, options } of steps) {
      const onProgress = (uploaded: number) => setDoing({ step: name, uploaded, rows: 0 });
      const { id } = await startImport({ organizationId, file, options, dryRun, onProgress });
      rememberImport({ id, file: file.name });
      const over = await ended(name, id);
      if (over.status !== "done") throw new Error(over.reason ?? t.refused.ended(over.status));
      if (name !== "optOuts") moved[name].push(over);
    }
    return moved;
  };

  const trial = useMutation({ mutationFn: () => run(true) });
  const move = useMutation({
    mutationFn: () => run(false),
    onSettled: () => {
      for (const list of ["contacts", "unsubscribes", "imports", "preview", "quote"])
        void queries.invalidateQueries({ queryKey: [organizationId, list] });
    },
  });
  const isMoving = move.isPending;
  useEffect(() => {
    if (!isMoving) return;
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", stay);
    return () => window.removeEventListener("beforeunload", stay);
  }, [isMoving]);
  return { trial, move, doing };
}
