/** What people write back: found, decided about, and replied to. */
import { expect, test } from "@playwright/test";
import { heading, open, openAs, watchConsole } from "../support/console";
import { newPhone, Organization } from "../support/stack";

const BODY = "Corner Bakery: shall we keep a loaf for you on Friday? Reply STOP to opt out.";

let organization: Organization;
const [ana, bo, cy] = [newPhone(), newPhone(), newPhone()];

test.beforeEach(async () => {
  organization = await Organization.create();
  await organization.contacts(
    `phone,first name\n${[ana, bo, cy].map((phone) => `${phone},Person`).join("\n")}`,
  );
  await organization.sent("Friday bread", BODY);
});

test("a text that may be a refusal is counted, decided about, and found as evidence", async ({ page }) => {
  const errors = watchConsole(page);
  await organization.hear(ana, "Yes please, two of them");
  await organization.hear(bo, "Wrong number");
  await organization.hear(cy, "not interested in cake, but bread is fine");
  await openAs(page, organization);
  const navigation = page.getByRole("navigation", { name: "Main" });
  await navigation.getByRole("link", { name: "Replies 2 to decide" }).click();
  await heading(page, "Replies");
  const rows = page.getByRole("main").getByRole("listitem");
  await expect(rows).toHaveCount(3);
  await page.getByRole("button", { name: /^To decide/ }).click();
  await expect(page).toHaveURL(/open=true/);
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText(/decide by \w+ \d+/);
  await expect(rows.first().getByRole("link", { name: "Friday bread" })).toBeVisible();

  const refusal = rows.filter({ hasText: "Wrong number" });
  await refusal.getByRole("button", { name: "Unsubscribe" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("the text is kept as the evidence");
  await dialog.getByRole("button", { name: "Unsubscribe the phone" }).click();
  await expect(rows).toHaveCount(1);
  await rows.first().getByRole("button", { name: "Not a refusal" }).click();
  await dialog.getByRole("button", { name: "It is not a refusal" }).click();
  await expect(page.getByText("Nothing needs a decision")).toBeVisible();
  await expect(navigation.getByRole("link", { name: "Replies", exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Show all" }).click();
  await expect(rows.filter({ hasText: "Wrong number" })).toContainText("Unsubscribed by Ana");
  await expect(rows.filter({ hasText: "bread is fine" })).toContainText("Not a refusal, says Ana");
  await navigation.getByRole("link", { name: "Unsubscribes" }).click();
  await expect(page.getByRole("row").filter({ hasText: "Wrong number" })).toBeVisible();
  expect(errors).toEqual([]);
});

test("replies are found by phone and campaign, and answered", async ({ page }) => {
  await organization.hear(ana, "Until when are you open?");
  await organization.hear(bo, "STOP");
  await openAs(page, organization, "/replies");
  const rows = page.getByRole("main").getByRole("listitem");
  await expect(rows).toHaveCount(2);
  await expect(rows.filter({ hasText: "STOP" })).toContainText("Opted out");
  await page.getByLabel("Campaign").selectOption({ label: "Friday bread" });
  await expect(page).toHaveURL(/campaign=/);
  await expect(rows).toHaveCount(2);
  await page.keyboard.press("Tab");
  await page.keyboard.press("/");
  await page.getByLabel("Find a phone").fill(ana);
  await page.getByLabel("Find a phone").press("Enter");
  await expect(page).toHaveURL(/phone=/);
  await expect(rows).toHaveCount(1);
  await page.reload();
  await expect(rows).toHaveCount(1);

  await rows.first().getByRole("link").first().click();
  await expect(page.getByRole("region", { name: "Conversation" })).toContainText("Until when are you open?");
  await page.getByRole("button", { name: "View as cURL" }).first().click();
  await expect(page.getByRole("dialog")).toContainText("volley inbound show");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.getByLabel("Your reply").fill("Until five. See you!");
  await page.getByRole("button", { name: "Send reply, 1 part" }).click();
  const conversation = page.getByRole("region", { name: "Conversation" });
  await expect(conversation.getByText("Until five. See you!")).toBeVisible();
  await expect(conversation.getByText("Delivered")).toBeVisible();

  await page.getByRole("link", { name: "All replies from this phone" }).click();
  await heading(page, "Replies");
  await expect(rows).toHaveCount(1);
  await page.getByLabel("Find a phone").fill(bo);
  await page.getByLabel("Find a phone").press("Enter");
  await expect(rows.filter({ hasText: "STOP" })).toBeVisible();
  await rows.first().getByRole("link").first().click();
  await expect(page.getByText("This person has opted out")).toBeVisible();
  await expect(page.getByLabel("Your reply")).toHaveCount(0);
});

test("a viewer reads replies and decides nothing", async ({ page }) => {
  await organization.hear(ana, "Wrong number");
  const key = await organization.newKey("viewer");
  await open(page, key, "/replies");
  await expect(page.getByText("May be a refusal", { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Unsubscribe" })).toHaveCount(0);
});
