/** Which failures a resend may repeat. */
import type { Campaign, ErrorReason } from "../api/client";
import { hasEnded } from "./campaign";

/** The other reasons never change: the person opted out, was erased, or has the text. */
export const RESENDABLE = [
  "unreachable",
  "expired",
  "stopped",
  "provider_error",
  "filtered",
  "canceled",
  "invalid_number",
  "other",
] as const satisfies readonly ErrorReason[];
type Resendable = (typeof RESENDABLE)[number];

/** Those that another attempt may well help without changing anything. */
export const WORTH_TRYING: readonly ErrorReason[] = ["unreachable", "expired", "stopped", "provider_error"];

export function isResendable(reason: ErrorReason): reason is Resendable {
  return RESENDABLE.some((known) => known === reason);
}

/** Whether everything was sent, and someone may not have the text. */
export function canResend(campaign: Campaign): boolean {
  const { status, counts } = campaign;
  return status === "sent" && hasEnded(campaign) && counts !== null && counts.failed + counts.unknown > 0;
}
