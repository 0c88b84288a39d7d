/** What a campaign is doing, in one label, and what its numbers mean together. */
import type { Campaign } from "../api/client";

export type Stage = "draft" | "scheduled" | "sending" | "paused" | "stopped" | "done" | "canceled" | "failed";

export function stageOf(campaign: Campaign): Stage {
  switch (campaign.status) {
    case "draft":
      return "draft";
    case "scheduled":
      return "scheduled";
    case "cancelled":
      return "canceled";
    case "failed":
      return "failed";
    case "sent":
      switch (campaign.dispatch) {
        case "paused":
          return "paused";
        case "stopped":
          return "stopped";
        case "done":
          return "done";
        case "running":
        case null:
          return "sending";
      }
  }
}

/** The filters of the list: a person thinks of fewer states than the program has. */
export const FILTERS = ["draft", "scheduled", "sending", "paused", "done", "stopped"] as const;
export type Filter = (typeof FILTERS)[number];

/** Whether nothing more will be sent, so that lists may leave it out. */
export function hasEnded(campaign: Campaign): boolean {
  const filter = filterOf(campaign);
  return filter === "done" || filter === "stopped";
}

export function filterOf(campaign: Campaign): Filter {
  const stage = stageOf(campaign);
  return stage === "canceled" || stage === "failed" ? "stopped" : stage;
}

/** The five ends of a recipient, in the order of a campaign's life. */
export const ENDS = ["delivered", "sent", "pending", "unknown", "failed"] as const;
export type End = (typeof ENDS)[number];

/** Why a contact is left out. */
export const SKIPS = [
  "unsubscribed",
  "duplicate",
  "noPhone",
  "notInTarget",
  "inactive",
  "unrenderable",
] as const;
export type Skip = (typeof SKIPS)[number];

export interface Balance {
  contacts: number;
  recipients: number;
  skipped: Record<Skip, number>;
  ends: Record<End, number>;
  /** Whether both equations hold; they may not while the audience is still being read. */
  isWhole: boolean;
}

/** Who was considered and what became of them; null before the audience is read. */
export function balanceOf(campaign: Campaign): Balance | null {
  const { audience, counts } = campaign;
  if (audience === null) return null;
  const counted = ENDS.map((end) => [end, counts?.[end] ?? 0] as const);
  const ends = Object.fromEntries(counted) as Record<End, number>;
  const total = counted.reduce((sum, [, number]) => sum + number, 0);
  // A recipient that no count has met yet is pending.
  ends.pending += Math.max(0, audience.recipients - total);
  const skipped = Object.values(audience.skipped).reduce((sum, number) => sum + number, 0);
  const all = Object.values(ends).reduce((sum, number) => sum + number, 0);
  return {
    contacts: audience.contacts,
    recipients: audience.recipients,
    skipped: audience.skipped,
    ends,
    isWhole:
      audience.complete && audience.contacts === audience.recipients + skipped && all === audience.recipients,
  };
}

const MAX_UNKNOWN_SHARE = 0.005;
/** What ended longer ago than this has been seen. */
const RECENT_MS = 7 * 24 * 3_600_000;

/** Whether a person has to look at the campaign, for the start page. */
export function needsAttention(campaign: Campaign): boolean {
  const stage = stageOf(campaign);
  if (stage === "paused") return true;
  if (Date.now() - new Date(campaign.sentAt ?? campaign.createdAt).getTime() > RECENT_MS) return false;
  if (stage === "failed") return true;
  const counts = campaign.counts;
  return stage === "done" && counts !== null && counts.unknown > counts.total * MAX_UNKNOWN_SHARE;
}
