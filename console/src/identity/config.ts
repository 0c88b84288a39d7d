/** The identity provider of this deployment, as the function that serves the console names it. */
import { queryOptions } from "@tanstack/react-query";
import { consoleUrl } from "../api/place";

export interface IdentityConfig {
  issuer: string;
  clientId: string;
}

/** Null without an identity provider. People then sign in with keys only. */
export const identityQuery = queryOptions({
  queryKey: ["identity"],
  queryFn: async (): Promise<IdentityConfig | null> => {
    const response = await fetch(`${consoleUrl}/config.json`);
    // Vite's own server has no such file.
    if (!response.headers.get("content-type")?.includes("json")) return null;
    const { issuer, clientId } = (await response.json()) as Record<string, string | null>;
    return issuer && clientId ? { issuer, clientId } : null;
  },
  staleTime: Number.POSITIVE_INFINITY,
});
