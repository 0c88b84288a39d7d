/** A sign-in that has left for the identity provider, kept in this tab until it returns. */
import { consolePath } from "../api/place";
import type { IdentityConfig } from "./config";

const PENDING = "volley.sign-in";
const FAILED = "volley.sign-in-failed";

export interface Pending extends IdentityConfig {
  state: string;
  nonce: string;
  verifier: string;
  /** The address to return to. */
  path: string;
  /** The channel of the tab that opened this window for it; null in the tab itself. */
  channel: string | null;
}

export function keepPending(pending: Pending): void {
  sessionStorage.removeItem(FAILED);
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
}

/** The sign-in that this page is the return from. It can be used once. */
export function takePending(): Pending | null {
  const pending = JSON.parse(sessionStorage.getItem(PENDING) ?? "null") as Pending | null;
  const state = new URLSearchParams(location.search).get("state");
  if (pending === null || state !== pending.state) return null;
  sessionStorage.removeItem(PENDING);
  return pending;
}

/** The parameter of a window that another tab opened to sign in again. */
export const AGAIN = "sign-in-again";
/** The address of that window once it is done. */
export const AGAIN_DONE = `${consolePath}?signed-in-again`;

export function isAgainDone(): boolean {
  return new URLSearchParams(location.search).has("signed-in-again");
}

export function channelOfOpener(): string | null {
  return new URLSearchParams(location.search).get(AGAIN);
}

export function keepFailure(why: string): void {
  sessionStorage.setItem(FAILED, why);
}

/** Why the last attempt failed. */
export function lastFailure(): string | null {
  return sessionStorage.getItem(FAILED);
}
