/** The API's answers without what differs from run to run, so that a page looks the same each time. */
import type { Page } from "@playwright/test";
import { apiUrl, type Organization } from "./stack";

type Json = Record<string, unknown>;

const NOW = Date.parse("2026-06-17T15:04:00Z");
const MINUTE_MS = 60_000;
/** How many minutes ago the times with these names are; all others are a hundred. */
const AGO: Record<string, number> = {
  createdAt: 180,
  updatedAt: 120,
  sentAt: 115,
  countedAt: 90,
  receivedAt: 45,
  quotedAt: 0,
  estimatedFinishAt: -2,
  scheduledAt: -300,
};
const SENDER = "+12025550123";
const minutesAgo = (minutes: number) => new Date(NOW - minutes * MINUTE_MS).toISOString();

/** What depends on how fast messages were sent and receipts came, or on the day. */
const FIXED: Record<string, unknown> = {
  day: "2026-06-17",
  dueOn: "2026-07-01",
  from: minutesAgo(29 * 24 * 60),
  to: minutesAgo(0),
  size: 4_096,
  timeToDelivery: { p50: 2.4, p90: 6.1, p99: 9.8 },
  series: {
    interval: "minute",
    points: [
      { at: minutesAgo(115), sent: 14, delivered: 5, failed: 1 },
      { at: minutesAgo(114), sent: 12, delivered: 15, failed: 2 },
      { at: minutesAgo(113), sent: 0, delivered: 5, failed: 0 },
    ],
  },
  steps: [
    ["dispatch", "pending", 115],
    ["dispatch", "sent", 114],
    ["callback", "delivered", 113],
  ].map(([source, status, ago]) => ({
    at: minutesAgo(Number(ago)),
    source,
    status,
    errorReason: null,
    errorCode: null,
    meaning: null,
  })),
};
/** These names mean a period only in the report of one, and senders and recipients elsewhere. */
const OF_PERIOD = new Set(["from", "to"]);

function still(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return inOrder(value.map((item) => still(item, name)));
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value))
    return minutesAgo(AGO[name] ?? 100);
  if (typeof value !== "object" || value === null) return value;
  const isPeriod = "days" in value;
  const entries = Object.entries(value).map(([key, inner]) => {
    const isFixed = inner !== null && key in FIXED && (isPeriod || !OF_PERIOD.has(key));
    return [key, isFixed ? FIXED[key] : still(inner, key)];
  });
  return Object.fromEntries(entries);
}

/** People are listed by the shard that they happen to be in. */
function inOrder(items: unknown[]): unknown[] {
  const phoneOf = (item: unknown) => String((item as Json | null)?.phone ?? "");
  return items.some(phoneOf) ? items.toSorted((a, b) => phoneOf(a).localeCompare(phoneOf(b))) : items;
}

/** Stops the page's clock, and makes the answers that it gets the same in each run. */
export async function stillPage(page: Page, organization: Organization): Promise<void> {
  await page.clock.setFixedTime(NOW);
  await page.route(`${apiUrl}/v1/**`, async (route) => {
    const url = new URL(route.request().url());
    // The page's clock stands still in June, before anything was sent.
    const lately = new Date(Date.now() - 7 * 24 * 60 * MINUTE_MS).toISOString();
    if (url.pathname.endsWith("/reports")) url.searchParams.set("from", lately);
    const response = await route.fetch({ url: url.href });
    const text = (await response.text()).replaceAll(organization.sender, SENDER);
    const body = response.ok() ? JSON.stringify(still(JSON.parse(text))) : text;
    await route.fulfill({ response, body });
  });
}
