/** What the screens read about results: reports, a message's timeline, and a person's messages. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, body, type Campaign, type Message } from "./client";
import { gather } from "./gather";

/** A person's page shows at least as many messages, unless there are no more. */
const LEAST = 10;
/** Opt-outs are counted when the report is read, so it changes between polls, too. */
const REPORT_MS = 60_000;

/** A campaign's report. Each poll that counts the messages replaces it. */
export const reportQuery = ({ id: campaignId, organizationId, counts }: Campaign) =>
  queryOptions({
    queryKey: [organizationId, "report", campaignId, counts?.countedAt ?? null],
    queryFn: () =>
      body(
        api.GET("/v1/organizations/{organizationId}/campaigns/{campaignId}/report", {
          params: { path: { organizationId, campaignId } },
        }),
      ),
    enabled: counts !== null,
    placeholderData: keepPreviousData,
    refetchInterval: REPORT_MS,
  });

export interface Period {
  /** The first moment. */
  from: string;
  /** The moment after the last; undefined means now. */
  to: string | undefined;
}

export const periodReportQuery = (organizationId: string, { from, to }: Period) =>
  queryOptions({
    queryKey: [organizationId, "reports", from, to],
    queryFn: () =>
      body(
        api.GET("/v1/organizations/{organizationId}/reports", {
          params: { path: { organizationId }, query: { from, to } },
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: REPORT_MS,
  });

/** What happened to a message. It is read again when the message changes. */
export const timelineQuery = ({ organizationId, campaignId, id: messageId, updatedAt }: Message) =>
  queryOptions({
    queryKey: [organizationId, "timeline", messageId, updatedAt],
    queryFn: () =>
      body(
        api.GET("/v1/organizations/{organizationId}/campaigns/{campaignId}/messages/{messageId}/timeline", {
          params: { path: { organizationId, campaignId: campaignId ?? "", messageId } },
        }),
      ),
    enabled: campaignId !== null,
    placeholderData: keepPreviousData,
  });

/** The messages of all campaigns to a contact's phone, the newest campaign first. */
export const historyQuery = (organizationId: string, contact: string, cursor: string | undefined) =>
  queryOptions({
    queryKey: [organizationId, "history", contact, cursor],
    queryFn: () =>
      gather(LEAST, cursor, (next) =>
        body(
          api.GET("/v1/organizations/{organizationId}/messages", {
            params: { path: { organizationId }, query: { contact, limit: 50, cursor: next } },
          }),
        ),
      ),
  });
