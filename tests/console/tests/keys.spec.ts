/** Keys: what each role sees, and how a key is entered, forgotten and lost. */
import { expect, test } from "@playwright/test";
import { heading, open, openAs } from "../support/console";
import { consoleUrl, csvOf, Organization } from "../support/stack";

test("a viewer's key changes nothing", async ({ page }) => {
  const organization = await Organization.create();
  await organization.contacts(csvOf(2));
  const id = await organization.campaign("Draft", "Hello");
  await open(page, await organization.newKey("viewer"), "/campaigns");
  await heading(page, "Campaigns");
  await expect(page.getByText("Viewer key “viewer”")).toBeVisible();
  await expect(page.getByRole("link", { name: "Draft", exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "New campaign" })).toHaveCount(0);
  await page.goto(`${consoleUrl}/campaigns/${id}`);
  await expect(page.getByLabel("Text", { exact: true })).toHaveAttribute("readonly", "");
  await expect(page.getByRole("button", { name: "Check and send" })).toHaveCount(0);
  await page.goto(`${consoleUrl}/campaigns/${id}/check`);
  await expect(page.getByText("Your role can read but not change anything.")).toBeVisible();
  await page.goto(`${consoleUrl}/imports`);
  await expect(page.getByText("Your role can read but not change anything.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Choose a file" })).toHaveCount(0);
});

test("a key that was deleted leads back to the form", async ({ page }) => {
  const organization = await Organization.create();
  const made = await organization.post("api-keys", { name: "till", role: "sender" });
  await open(page, String(made.secret), "/contacts");
  await heading(page, "Contacts");
  await organization.delete(`api-keys/${made.id}`);
  await page.getByRole("link", { name: "Campaigns" }).click();
  await expect(page.getByText("Your key is no longer valid.")).toBeVisible();
  await page.getByLabel("API key").fill(organization.key);
  await page.getByRole("button", { name: "Sign in with key" }).click();
  // The page that was asked for.
  await heading(page, "Campaigns");
});

test("forgetting a key leaves nothing behind", async ({ page }) => {
  const organization = await Organization.create();
  await page.goto(`${consoleUrl}#key=${organization.key}`);
  await heading(page, "Home");
  // The local stack's link is gone from the address and the history.
  expect(page.url()).not.toContain("key");
  await page.getByRole("button", { name: "Forget key" }).click();
  await expect(page.getByLabel("API key")).toBeVisible();
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  await page.reload();
  await expect(page.getByLabel("API key")).toBeVisible();
});

test("two tabs work in two organizations", async ({ context }) => {
  const [first, second] = await Promise.all([Organization.create(), Organization.create()]);
  await first.campaign("First's own", "Hello");
  await second.campaign("Second's own", "Hello");
  const [one, two] = [await context.newPage(), await context.newPage()];
  await openAs(one, first, "/campaigns");
  await openAs(two, second, "/campaigns");
  await expect(one.getByRole("link", { name: "First's own" })).toBeVisible();
  await expect(two.getByRole("link", { name: "Second's own" })).toBeVisible();
  await one.reload();
  await expect(one.getByRole("link", { name: "First's own" })).toBeVisible();
});

test("an admin makes a key and sees it once", async ({ page }) => {
  const organization = await Organization.create();
  await openAs(page, organization, "/settings?section=keys");
  await page.getByRole("button", { name: "Create a key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("till");
  await dialog.getByText("Sender", { exact: true }).click();
  await dialog.getByRole("button", { name: "Create a key" }).click();
  await expect(dialog.locator("code")).toHaveText(/^volley_/);
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByRole("cell", { name: "till" })).toBeVisible();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete key" }).click();
  await expect(page.getByRole("cell", { name: "till" })).toHaveCount(0);
});
