import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { api, body, type Campaign } from "../api/client";
import { apiUrl } from "../api/place";
import { campaignQuery, campaignsQuery } from "../api/queries";
import { readKey } from "../session";

/** How long after the last keystroke a draft is saved, in milliseconds. */
const QUIET_MS = 600;
export const MAX_BODY = 1600;

const MAX_TEMPLATE_BYTES = 8 * 1024;

export interface Target {
  include: string[];
  exclude: string[];
}

/** What a campaign and a template have in common. */
type Text = Pick<Draft, "body" | "isLiteral">;

export interface Draft {
  name: string;
  body: string;
  /** Whether braces are sent as they are, instead of naming merge fields. */
  isLiteral: boolean;
  /** Null means everyone. Undefined until it is changed here: then a save leaves it as it is. */
  target?: Target | null;
  /** Undefined until they are changed here. */
  tags?: string[];
}

/** Whether a body has merge fields, unless it is sent as written. */
export const hasBraces = (body: string) => body.includes("{{") || body.includes("{%");
export const isTemplate = (draft: Text) => hasBraces(draft.body) && !draft.isLiteral;

const initialOf = (campaign: Campaign): Draft => ({
  name: campaign.name,
  body: campaign.body ?? "",
  isLiteral: campaign.bodyFormat === "text" && hasBraces(campaign.body ?? ""),
});

/** The API keeps what is not part of it: the defaults, and what was not changed here. An emptied body takes its format along. */
export const requestOf = (draft: Draft) => ({
  name: draft.name.trim(),
  body: draft.body === "" ? null : draft.body,
  // Without a format, the API keeps that of an unchanged body and otherwise recognizes it.
  ...(draft.body !== "" && hasBraces(draft.body)
    ? { bodyFormat: draft.isLiteral ? ("text" as const) : ("template" as const) }
    : {}),
  ...(draft.target === undefined ? {} : { target: draft.target }),
  ...(draft.tags === undefined ? {} : { tags: draft.tags }),
});
const isSame = (a: Draft, b: Draft) => JSON.stringify(a) === JSON.stringify(b);

/** Whether a body fits its limit. */
export function fits(draft: Text): boolean {
  return isTemplate(draft)
    ? new TextEncoder().encode(draft.body).length <= MAX_TEMPLATE_BYTES
    : Array.from(draft.body).length <= MAX_BODY;
}
const isValid = (draft: Draft) => draft.name.trim() !== "" && fits(draft);

/** A draft that saves itself, also when the page is left. */
export function useDraft(campaign: Campaign) {
  const { id: campaignId, organizationId } = campaign;
  const queries = useQueryClient();
  const initial = initialOf(campaign);
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
          body: requestOf(draft),
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
        body: JSON.stringify(requestOf(now)),
      });
    };
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      void flush().catch(() => {});
    };
  }, [organizationId, campaignId, flush]);

  /** Replaces the text by a copy of a template. */
  const startFrom = useCallback(
    async (templateId: string) => {
      await flush();
      const after = await body(
        api.PUT("/v1/organizations/{organizationId}/campaigns/{campaignId}", {
          params: { path: { organizationId, campaignId } },
          body: { name: latest.current.name.trim(), templateId },
        }),
      );
      const copied = { ...latest.current, ...initialOf(after) };
      latest.current = copied;
      saved.current = copied;
      setDraft(copied);
      queries.setQueryData(campaignQuery(organizationId, campaignId).queryKey, after);
    },
    [organizationId, campaignId, flush, queries],
  );

  const isSaved = isSame(draft, saved.current);
  return { draft, change, flush, startFrom, save, isSaved, isValid: isValid(draft) };
}
