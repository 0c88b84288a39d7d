/**
 * What this tab works with: an API key or the ID token of a person, and the organization. It is kept in
 * session storage only: closing the tab forgets it, and two tabs can work in two organizations.
 */
import { useSyncExternalStore } from "react";

const KEY = "volley.key";
const SIGNED_IN = "volley.signed-in";
const ORGANIZATION = "volley.organization";
const EXPIRED = "volley.expired";
const listeners = new Set<() => void>();

/** A person's session with the identity provider. */
export interface SignedIn {
  idToken: string;
  /** Not every provider gives one. */
  refreshToken: string | null;
  /** In milliseconds since the epoch. */
  expiresAt: number;
}

/** The API key or ID token. */
export function readKey(): string | null {
  return sessionStorage.getItem(KEY);
}

export function keepKey(key: string): void {
  sessionStorage.removeItem(EXPIRED);
  sessionStorage.removeItem(SIGNED_IN);
  sessionStorage.setItem(KEY, key);
  changed();
}

export function keepSignedIn(signedIn: SignedIn): void {
  sessionStorage.removeItem(EXPIRED);
  sessionStorage.setItem(SIGNED_IN, JSON.stringify(signedIn));
  sessionStorage.setItem(KEY, signedIn.idToken);
  changed();
}

export function readSignedIn(): SignedIn | null {
  return JSON.parse(sessionStorage.getItem(SIGNED_IN) ?? "null") as SignedIn | null;
}

export function chooseOrganization(id: string): void {
  sessionStorage.setItem(ORGANIZATION, id);
  changed();
}

/** The API no longer accepts the key or token. */
export function expire(): void {
  sessionStorage.setItem(EXPIRED, readSignedIn() === null ? "key" : "person");
  sessionStorage.removeItem(KEY);
  sessionStorage.removeItem(SIGNED_IN);
  changed();
}

/** What stopped working, rather than being forgotten on purpose. */
export function whatExpired(): "key" | "person" | null {
  const expired = sessionStorage.getItem(EXPIRED);
  return expired === "key" || expired === "person" ? expired : null;
}

/** Forgets the key or token and everything else that this tab has stored. */
export function forget(): void {
  sessionStorage.clear();
  changed();
}

/** Resolves once there is a key or token. */
export function signedIn(): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (readKey() === null) return;
      listeners.delete(check);
      resolve();
    };
    listeners.add(check);
    check();
  });
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

/** The organization that was chosen in this tab. */
export function chosenOrganization(): string | null {
  return sessionStorage.getItem(ORGANIZATION);
}

export function useChosenOrganization(): string | null {
  return useSyncExternalStore(subscribe, chosenOrganization);
}
