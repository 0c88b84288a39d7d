/** Files of what a list has. */
import { gunzipSync } from "node:zlib";
import { expect, type Page, test } from "@playwright/test";
import { heading, open, openAs } from "../support/console";
import { newPhone, Organization } from "../support/stack";

const BODY = "Corner Bakery: our spring sale starts on Friday. Reply STOP to opt out.";

/** Exports from the open page, and returns the file's text. */
async function exported(page: Page, format: "CSV" | "JSON lines"): Promise<string> {
  await page.getByRole("button", { name: "Export", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(format, { exact: true }).click();
  const found = page.waitForRequest((request) => /\/exports\/[^/]+$/.test(request.url()));
  await dialog.getByRole("button", { name: "Start export" }).click();
  await expect(dialog.getByRole("button", { name: "Download" })).toBeVisible();
  await expect(dialog.getByText("A link is valid for an hour")).toBeVisible();
  await found;
  const downloading = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Download" }).click();
  const download = await downloading;
  const file = await download.createReadStream();
  const chunks: Buffer[] = [];
  for await (const chunk of file) chunks.push(chunk as Buffer);
  await page.keyboard.press("Escape");
  const bytes = Buffer.concat(chunks);
  return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString("utf8");
}

test("contacts, messages, who was left out, and unsubscribes become files", async ({ page }) => {
  const organization = await Organization.create();
  const [ana, bo] = [newPhone(), newPhone()];
  await organization.contacts(`phone,first name\n${ana},Ana\n${bo},Bo`);
  await organization.put(`unsubscribes/${encodeURIComponent(bo)}`);
  const campaign = await organization.sent("Spring sale", BODY);

  await openAs(page, organization, "/contacts");
  await expect(page.getByRole("row")).toHaveCount(3);
  const contacts = await exported(page, "CSV");
  expect(contacts).toContain(ana.slice(1));
  expect(contacts).toContain("Bo");

  await page.goto(page.url().replace(/\/contacts.*$/, `/campaigns/${campaign}`));
  await expect(page.getByText("Delivered").first()).toBeVisible();
  const messages = await exported(page, "JSON lines");
  expect(JSON.parse(messages.split("\n")[0] ?? "")).toMatchObject({ to: ana, status: "delivered" });

  await page.goto(page.url().replace(/\/campaigns\/.*$/, `/campaigns/${campaign}/skipped`));
  await expect(page.getByRole("row")).toHaveCount(2);
  expect(await exported(page, "JSON lines")).toContain("unsubscribed");

  await page.goto(page.url().replace(/\/campaigns\/.*$/, "/unsubscribes"));
  await expect(page.getByRole("row")).toHaveCount(2);
  expect(await exported(page, "JSON lines")).toContain(bo);

  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Exports" }).click();
  await heading(page, "Exports");
  await expect(page.getByRole("row")).toHaveCount(5);
  const skipped = page.getByRole("row").filter({ hasText: "Left out" });
  await expect(skipped.getByRole("link", { name: "Spring sale" })).toBeVisible();
  const again = page.waitForEvent("download");
  await skipped.getByRole("button", { name: "Download" }).click();
  await again;
});

test("a viewer exports nothing", async ({ page }) => {
  const organization = await Organization.create();
  await open(page, await organization.newKey("viewer"), "/exports");
  await expect(page.getByText("Your role cannot export")).toBeVisible();
  await expect(page.getByRole("button", { name: "Export" })).toHaveCount(0);
});
