/** What the addresses of lists say about their filters. Anything else in an address is ignored. */
import type { ContactStatus, ErrorReason, MessageStatus } from "../api/client";
import type { MessageFilter } from "../api/messages";
import type { Filter, Skip } from "./campaign";

export type Search = Record<string, unknown>;

/** A search parameter as text; the router reads `?q=12` as a number. */
export function text(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A moment in the form of the API. */
export function time(value: unknown): string | undefined {
  return typeof value === "string" && !Number.isNaN(Date.parse(value)) ? value : undefined;
}

/** A day such as 2026-11-23. */
export function day(value: unknown): string | undefined {
  return typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) ? time(value) : undefined;
}

export function positive(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value > 0 ? value : undefined;
}

export function oneOf<T extends string | true>(values: readonly T[], value: unknown): T | undefined {
  return values.find((known) => known === value);
}

export const STATUSES = [
  "pending",
  "sent",
  "delivered",
  "failed",
  "unknown",
] as const satisfies readonly MessageStatus[];

export const REASONS = [
  "unsubscribed",
  "already_reached",
  "invalid_number",
  "unreachable",
  "filtered",
  "expired",
  "stopped",
  "erased",
  "canceled",
  "provider_error",
  "other",
] as const satisfies readonly ErrorReason[];

export interface CampaignsSearch {
  show?: Filter | "archived" | undefined;
  tag?: string | undefined;
  q?: string | undefined;
}

export type MessagesSearch = Omit<MessageFilter, "kind" | "least"> & { kind?: "test" | undefined };

export interface PageSearch {
  cursor?: string | undefined;
}

export interface UnsubscribesSearch extends PageSearch {
  phone?: string | undefined;
  /** The campaign that caused them. */
  campaign?: string | undefined;
}

export interface RepliesSearch extends PageSearch {
  phone?: string | undefined;
  campaign?: string | undefined;
  /** Only texts that may be refusals and that no one has decided about. */
  open?: true | undefined;
}

export interface ReportsSearch {
  days?: number | undefined;
  /** The first and the last day; they take precedence over the number of days. */
  from?: string | undefined;
  to?: string | undefined;
}

export interface ContactsSearch extends PageSearch {
  q?: string | undefined;
  tag?: string | undefined;
  segment?: string | undefined;
  status?: ContactStatus | undefined;
}

/** The imports of a move from Amazon Pinpoint, their IDs separated by commas. */
export interface PinpointSearch {
  lists?: string | undefined;
  endpoints?: string | undefined;
  /** Whether files with opt-outs were left to the command line. */
  rest?: true | undefined;
}

export interface SkippedSearch extends PageSearch {
  reason?: Skip | undefined;
}

export const paged = (search: Search): PageSearch => ({ cursor: text(search.cursor) });
