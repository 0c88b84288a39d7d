import type { components } from "../api/schema";
import { texts } from "../texts";

type ChangedBy = components["schemas"]["ChangedBy"];

/** Who made a change, as people say it. */
export function changedBy(actor: ChangedBy | null): string {
  if (actor === null) return texts.app.none;
  switch (actor.kind) {
    case "key":
    case "member":
      return actor.name ?? texts.app.none;
    case "deployment":
      return texts.campaigns.deployment;
    case "system":
      return texts.campaigns.system;
  }
}
