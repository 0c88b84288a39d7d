/** Sending a text again to those whom it did not reach. */
import { expect, test } from "@playwright/test";
import { heading, openAs } from "../support/console";
import { csvOf, Organization, phoneOf } from "../support/stack";

const BODY = "Corner Bakery: our spring sale starts on Friday. Reply STOP to opt out.";
const UNREACHABLE = 9001;
const FILTERED = 9004;

test("a resend starts from the reasons and names its original", async ({ page }) => {
  const organization = await Organization.create();
  const failing = [UNREACHABLE, UNREACHABLE, FILTERED].map(phoneOf);
  await organization.contacts(`${csvOf(3)}\n${failing.map((phone) => `${phone},Ana,Person`).join("\n")}`);
  const campaign = await organization.sent("Spring sale", BODY);
  await openAs(page, organization, `/campaigns/${campaign}`);
  await page.getByRole("button", { name: "Resend…" }).click();
  const dialog = page.getByRole("dialog", { name: "Resend to those who were not reached" });
  await expect(dialog.getByLabel(/out of reach for too long 2/)).toBeChecked();
  await expect(dialog.getByLabel(/filtered the text as unwanted 1/)).not.toBeChecked();
  await expect(dialog.getByLabel(/unknown outcome/)).toHaveCount(0);
  await dialog.getByLabel(/filtered the text/).check();
  await expect(dialog.getByRole("button", { name: "Make a draft for up to 3 people" })).toBeVisible();
  await dialog.getByLabel(/filtered the text/).uncheck();
  await dialog.getByRole("button", { name: "View as cURL" }).click();
  await expect(page.getByText(`volley campaigns resend ${campaign} --reason unreachable`)).toBeVisible();
  await dialog.getByRole("button", { name: "Make a draft for up to 2 people" }).click();

  await heading(page, "Resend of Spring sale");
  const audience = page.getByRole("region", { name: "Audience" });
  await expect(audience.getByRole("link", { name: "Spring sale" })).toBeVisible();
  await expect(audience.getByText("2 messages chosen")).toBeVisible();
  await page.getByRole("button", { name: "Check and send" }).click();
  await page.getByRole("button", { name: /^Send 2 messages/ }).click();
  await expect(page.getByText("2 of 2 processed")).toBeVisible();
  await expect(page.getByRole("button", { name: "Duplicate" })).toHaveCount(0);
  await page.getByRole("region", { name: "Resend" }).getByRole("link", { name: "Spring sale" }).click();
  await heading(page, "Spring sale");
});

test("those who may have the text already are warned about", async ({ page }) => {
  const organization = await Organization.create();
  await organization.contacts(csvOf(2));
  const campaign = await organization.sent("Spring sale", BODY);
  const path = `**/v1/organizations/${organization.id}/campaigns/${campaign}`;
  // The simulator has no fate that stays unknown.
  await page.route(path, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    await route.fulfill({
      response,
      json: { ...json, counts: { ...json.counts, delivered: 0, unknown: 2 } },
    });
  });
  await page.route(`${path}/report`, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    await route.fulfill({
      response,
      json: { ...json, counts: { ...json.counts, delivered: 0, unknown: 2 } },
    });
  });
  await openAs(page, organization, `/campaigns/${campaign}`);
  await page.getByRole("button", { name: "Resend…" }).click();
  const dialog = page.getByRole("dialog", { name: "Resend to those who were not reached" });
  await dialog.getByLabel("2 messages with an unknown outcome, too").check();
  await expect(dialog.getByText("get it a second time")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Make a draft for up to 2 people" })).toBeEnabled();
  await page.unrouteAll({ behavior: "ignoreErrors" });
});

test("a delivery after a failure is named as a contradiction", async ({ page }) => {
  const organization = await Organization.create();
  await organization.contacts(`phone\n${phoneOf(UNREACHABLE)}`);
  const campaign = await organization.sent("Spring sale", BODY);
  const [message] = (await organization.get(`campaigns/${campaign}/messages`)).items as { id: string }[];
  await page.route(`**/v1/**/messages/${message?.id}`, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    await route.fulfill({ response, json: { ...json, deliveredAt: new Date().toISOString() } });
  });
  await openAs(page, organization, `/campaigns/${campaign}/messages/${message?.id}`);
  await expect(page.getByText("The provider contradicts itself")).toBeVisible();
  await page.unrouteAll({ behavior: "ignoreErrors" });
});
