/**
 * How fast the console feels on a slow computer. The times are printed and never judged, because they
 * depend on what else the machine does: `npm --prefix tests/console test -- speed` measures alone.
 */
import { type CDPSession, expect, type Page, test } from "@playwright/test";
import { heading, openAs } from "../support/console";
import { Organization } from "../support/stack";

const SLOWER = 4;
const CAMPAIGNS = 1_000;
const PAGE = 100;

/** What the page's own observers have seen, in milliseconds. */
interface Seen {
  /** Largest contentful paint since navigation. */
  paint: number;
  /** The longest time from an interaction to the next paint. */
  interaction: number;
}

// A trace copies the page at every step, which would be measured, too.
test.use({ trace: "off", screenshot: "off" });

test("a slow computer", async ({ page }) => {
  const organization = await Organization.create();
  await organization.campaign("Spring sale", "Hello! Reply STOP to opt out.");
  await listCampaigns(page, organization);
  await page.addInitScript(observe);
  const cdp = await page.context().newCDPSession(page);
  await slowDown(cdp);

  await openAs(page, organization);
  await heading(page, "Home");
  await report(page, "home, first load");
  if (process.env.WATERFALL !== undefined) await printRequests(page);
  await page.reload();
  await heading(page, "Home");
  await report(page, "home, again");
  if (process.env.WATERFALL !== undefined) await printRequests(page);

  await page.getByRole("link", { name: "Campaigns" }).first().click();
  await expect(page.getByRole("button", { name: `All ${CAMPAIGNS.toLocaleString("en-US")}` })).toBeVisible();
  await report(page, `campaigns, opening ${CAMPAIGNS}`);
  await page.getByLabel("Search by name or text").pressSequentially("campaign 99", { delay: 120 });
  await expect(page.getByRole("button", { name: /^All 19$/ })).toBeVisible();
  await report(page, "campaigns, searching");
  await page.getByLabel("Search by name or text").fill("");
  await expect(page.locator("tbody tr").nth(1)).toBeVisible();
  await page.mouse.move(640, 500);
  // Only a part of the table is in the page, down to its last row.
  const last = page.getByRole("link", { name: `Campaign ${CAMPAIGNS - 1}`, exact: true });
  await expect
    .poll(async () => {
      await page.mouse.wheel(0, 3_000);
      return last.isVisible();
    })
    .toBe(true);
  expect(await page.locator("tbody tr").count()).toBeLessThan(100);
  await page.getByRole("button", { name: /^Drafts/ }).click();
  await report(page, "campaigns, scrolling and filtering");

  await page.getByRole("button", { name: "New campaign" }).first().click();
  await page.getByLabel("Text", { exact: true }).pressSequentially("Hello! It's spring.", { delay: 80 });
  await expect(page.getByText("1 part · GSM-7")).toBeVisible();
  await report(page, "compose, typing");
});

/** The organization's list, with a thousand campaigns made from its only one. */
async function listCampaigns(page: Page, organization: Organization): Promise<void> {
  const [one] = (await organization.get("campaigns?limit=1")).items as Record<string, unknown>[];
  await page.route(`**/v1/organizations/${organization.id}/campaigns?*`, (route) => {
    const first = Number(new URL(route.request().url()).searchParams.get("cursor") ?? 0);
    const items = Array.from({ length: PAGE }, (_, row) => ({
      ...one,
      id: `00000000-0000-4000-8000-${String(first + row).padStart(12, "0")}`,
      name: `Campaign ${first + row}`,
    }));
    const after = first + PAGE;
    return route.fulfill({ json: { items, nextCursor: after < CAMPAIGNS ? String(after) : null } });
  });
}

async function slowDown(cdp: CDPSession): Promise<void> {
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
}

/** Runs in the page before anything else. */
function observe(): void {
  const seen: Seen = { paint: 0, interaction: 0 };
  Object.assign(window, { seen });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.paint = entry.startTime;
  }).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { interactionId: number })[]) {
      if (entry.interactionId > 0) seen.interaction = Math.max(seen.interaction, entry.duration);
    }
  }).observe({ type: "event", buffered: true, durationThreshold: 16 } as PerformanceObserverInit);
}

/** Prints what has been seen since the last report. */
async function report(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(300);
  const { paint, interaction } = await page.evaluate(() => {
    const { seen } = window as unknown as { seen: Seen };
    const copy = { ...seen };
    seen.interaction = 0;
    return copy;
  });
  const times = [
    `largest contentful paint ${Math.round(paint)} ms`,
    ...(interaction > 0 ? [`interaction to next paint at most ${Math.round(interaction)} ms`] : []),
  ];
  process.stdout.write(`  ${SLOWER}x slower CPU · ${name}: ${times.join(", ")}\n`);
}

/** With WATERFALL=1: what was loaded, and when, in milliseconds since navigation. */
async function printRequests(page: Page): Promise<void> {
  const entries = await page.evaluate(() =>
    performance.getEntries().flatMap((entry) => {
      const { entryType, name, startTime, duration } = entry;
      const end = Math.round(startTime + duration);
      return `${Math.round(startTime)}-${end} ${entryType} ${name.replace(/^.*(console|v1)\//, "")}`;
    }),
  );
  process.stdout.write(`${entries.join("\n")}\n`);
}
