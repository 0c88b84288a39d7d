import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { expire, readSignedIn, useKey } from "../session";
import { identityQuery } from "./config";

/** How long before its end a session is renewed, in milliseconds. */
const EARLY_MS = 60_000;
/** Timers cannot wait for longer, in milliseconds. */
const MAX_WAIT_MS = 2 ** 31 - 1;

/** Renews a person's session before it ends, or says that it has ended. */
export function useRenewal(): void {
  const key = useKey();
  const signedIn = key === null ? null : readSignedIn();
  const { data: config } = useQuery({ ...identityQuery, enabled: signedIn !== null });
  const { expiresAt, refreshToken } = signedIn ?? {};
  useEffect(() => {
    if (expiresAt === undefined || !config) return;
    const left = expiresAt - Date.now();
    const end = () => {
      if (readKeyIs(key)) expire();
    };
    const renewed = async () => {
      const { renew } = await import("./flow");
      if (!(await renew(config).catch(() => false))) end();
    };
    const wait = refreshToken ? left - Math.min(EARLY_MS, left / 2) : left;
    const timer = setTimeout(
      () => void (refreshToken ? renewed() : end()),
      Math.min(Math.max(wait, 0), MAX_WAIT_MS),
    );
    return () => clearTimeout(timer);
  }, [expiresAt, refreshToken, config, key]);
}

function readKeyIs(key: string | null): boolean {
  return readSignedIn()?.idToken === key;
}
