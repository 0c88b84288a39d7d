/** A campaign under way: pausing, resuming, stopping, canceling, each with what it does to how many. */
import { expect, type Locator, type Page, test } from "@playwright/test";
import { openAs } from "../support/console";
import { csvOf, Organization } from "../support/stack";

/** A campaign that is sent for minutes, and its page. */
async function slowCampaign(page: Page) {
  const organization = await Organization.create({ partsPerSecond: 2 });
  await organization.contacts(csvOf(300));
  const id = await organization.campaign("Slow", "Hello! Reply STOP to opt out.");
  await organization.post(`campaigns/${id}/send`);
  await openAs(page, organization, `/campaigns/${id}`);
  await expect(page.getByText("Sending", { exact: true })).toBeVisible();
  return { organization, id };
}

/** Pauses the campaign, and returns what says so. */
async function pause(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.getByRole("button", { name: /^Pause, \d+ messages will wait$/ }).click();
  const paused = page.getByRole("main").getByText("Paused", { exact: true }).first();
  await expect(paused).toBeVisible();
  return paused;
}

test("pause, resume and stop say what they do", async ({ page }) => {
  await slowCampaign(page);
  await pause(page);

  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await expect(page.getByText("The first 5 go out alone")).toBeVisible();
  await page.getByRole("button", { name: /^Resume, send \d+ messages$/ }).click();
  await expect(page.getByText("Sending", { exact: true })).toBeVisible();

  const timeline = page.getByRole("region", { name: "Timeline" });
  await expect(timeline.getByText("Paused by Ana")).toBeVisible();
  await expect(timeline.getByText(/^Resumed after \d+ (s|min)/)).toBeVisible();

  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(page.getByText("This cannot be undone.")).toBeVisible();
  await page.getByRole("button", { name: /^Stop, \d+ messages will not be sent$/ }).click();
  await expect(page.getByRole("main").getByText("Stopped", { exact: true }).first()).toBeVisible();
  await expect(page.getByText("The campaign was stopped first")).toBeVisible();
});

test("what was read before a change does not replace it", async ({ page }) => {
  const { organization, id } = await slowCampaign(page);

  // The next answer is as old as this one and arrives after the change; those behind it never do.
  const path = `**/v1/organizations/${organization.id}/campaigns/${id}`;
  const before = await organization.get(`campaigns/${id}`);
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isFirst = true;
  await page.route(path, async (route) => {
    if (!isFirst) return;
    isFirst = false;
    await released;
    // The page may have given it up by now.
    await route.fulfill({ json: before }).catch(() => {});
  });
  await page.waitForRequest(path);
  const paused = await pause(page);
  release();
  await page.waitForRequest(path);
  await expect(paused).toBeVisible();
  await expect(page.getByText("Sending", { exact: true })).toHaveCount(0);
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await organization.post(`campaigns/${id}/stop`);
});

test("a scheduled campaign is canceled and nothing is sent", async ({ page }) => {
  const organization = await Organization.create();
  await organization.contacts(csvOf(3));
  const id = await organization.campaign("Later", "Hello! Reply STOP to opt out.");
  await openAs(page, organization, `/campaigns/${id}/check`);
  await page.getByText("At a time", { exact: true }).click();
  await page.getByLabel("Send at").fill("2020-01-01T09:00");
  await expect(page.getByText("Choose a time in the future.")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Schedule/ })).toBeDisabled();
  const tomorrow = new Date(Date.now() + 24 * 3_600_000).toISOString().slice(0, 16);
  await page.getByLabel("Send at").fill(tomorrow);
  await page.getByRole("button", { name: "Schedule 3 messages, about $0.0237" }).click();
  await expect(page.getByText("Scheduled", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Cancel campaign" }).click();
  await page.getByRole("button", { name: "Cancel, nothing will be sent" }).click();
  await expect(page.getByRole("main").getByText("Canceled", { exact: true }).first()).toBeVisible();
});

test("a limit on the price stops a campaign before anything is sent", async ({ page }) => {
  const organization = await Organization.create();
  await organization.contacts(csvOf(3));
  const id = await organization.campaign("Dear", "Hello! Reply STOP to opt out.");
  await openAs(page, organization, `/campaigns/${id}/check`);
  await page.getByLabel(/Stop before sending/).fill("nothing");
  await page.getByRole("button", { name: /^Send 3 messages/ }).click();
  await expect(page.locator("[class*=Input-error], [class*=InputWrapper-error]")).toBeVisible();
  await page.getByLabel(/Stop before sending/).fill("0.01");
  await page.getByRole("button", { name: /^Send 3 messages/ }).click();
  await expect(page.getByText("It would have cost more than its limit.")).toBeVisible();
});
