import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { api, body, type Campaign } from "../api/client";
import { apiUrl } from "../api/place";
import { campaignQuery, campaignsQuery } from "../api/queries";
import { readKey } from "../session";

/** How long after the last keystroke a draft is saved, in milliseconds. */
const QUIET_MS = 600;
export const MAX_BODY = 1600;

export interface Draft {
  name: string;
  body: string;
}

const request = (draft: Draft) => ({ name: draft.name.trim(), body: draft.body === "" ? null : draft.body });
const isSame = (a: Draft, b: Draft) => a.name === b.name && a.body === b.body;
const isValid = (draft: Draft) => draft.name.trim() !== "" && Array.from(draft.body).length <= MAX_BODY;

/** A draft that saves itself, also when the page is left. */
export function useDraft(campaign: Campaign) {
  const { id: campaignId, organizationId } = campaign;
  const queries = useQueryClient();
  const initial = { name: campaign.name, body: campaign.body ?? "" };
  const [draft, setDraft] = useState<Draft>(initial);
  const latest = useRef(initial);
  const saved = useRef(initial);
  const save = useMutation({
    // One after the other: a slow save must not overwrite a newer one.
    scope: { id: `draft-${campaignId}` },
    mutationFn: (draft: Draft) =>
      body(
        api.PUT("/v1/organizations/{organizationId}/campaigns/{campaignId}", {
          params: { path: { organizationId, campaignId } },
          body: request(draft),
        }),
      ),
    onSuccess: (after, draft) => {
      saved.current = draft;
      queries.setQueryData(campaignQuery(organizationId, campaignId).queryKey, after);
      void queries.invalidateQueries({
        queryKey: campaignsQuery(organizationId).queryKey,
        refetchType: "none",
      });
    },
  });
  const { mutateAsync } = save;
  const change = useCallback((part: Partial<Draft>) => {
    setDraft((before) => {
      const after = { ...before, ...part };
      latest.current = after;
      return after;
    });
  }, []);

  /** Saves what has not been saved yet. */
  const flush = useCallback(async () => {
    const now = latest.current;
    if (!isSame(now, saved.current) && isValid(now)) await mutateAsync(now);
  }, [mutateAsync]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of the draft starts the wait again
  useEffect(() => {
    const timer = setTimeout(() => void flush().catch(() => {}), QUIET_MS);
    return () => clearTimeout(timer);
  }, [draft, flush]);

  useEffect(() => {
    const leave = () => {
      const now = latest.current;
      if (isSame(now, saved.current) || !isValid(now)) return;
      saved.current = now;
      // Only a request that is kept alive survives the page.
      void fetch(`${apiUrl}/v1/organizations/${organizationId}/campaigns/${campaignId}`, {
        method: "PUT",
        keepalive: true,
        headers: { authorization: `Bearer ${readKey()}`, "content-type": "application/json" },
        body: JSON.stringify(request(now)),
      });
    };
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      void flush().catch(() => {});
    };
  }, [organizationId, campaignId, flush]);

  const isSaved = isSame(draft, saved.current);
  return { draft, change, flush, save, isSaved, isValid: isValid(draft) };
}
