/**
 * The API key that this tab works with. It is kept in session storage only: closing the tab forgets
 * it, and two tabs can work in two organizations.
 */
import { useSyncExternalStore } from "react";

const KEY = "volley.key";
const listeners = new Set<() => void>();

export function readKey(): string | null {
  return sessionStorage.getItem(KEY);
}

export function keepKey(key: string): void {
  sessionStorage.removeItem(EXPIRED);
  sessionStorage.setItem(KEY, key);
  changed();
}

const EXPIRED = "volley.expired";

/** The API no longer accepts the key. */
export function expire(): void {
  sessionStorage.removeItem(KEY);
  sessionStorage.setItem(EXPIRED, "yes");
  changed();
}

/** Whether the last key stopped working, rather than being forgotten on purpose. */
export function hasExpired(): boolean {
  return sessionStorage.getItem(EXPIRED) !== null;
}

/** Forgets the key and everything else that this tab has stored. */
export function forget(): void {
  sessionStorage.clear();
  changed();
}

function changed(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useKey(): string | null {
  return useSyncExternalStore(subscribe, readKey);
}
