/** Signing in with the identity provider; see ../support/identity-provider.mjs. */
import { expect, type Page, test } from "@playwright/test";
import { violations } from "../support/axe";
import { heading, watchConsole } from "../support/console";
import { consoleUrl, Organization } from "../support/stack";

let people = 0;

/** A login that no other test uses. */
function login(...words: string[]): string {
  people += 1;
  return [...words, `${process.pid}${Date.now()}${people}`].join(".");
}

const invite = (organization: Organization, person: string, role = "admin") =>
  organization.post("members", { email: `${person}@example.com`, role });

async function enter(page: Page, person: string): Promise<void> {
  await page.getByPlaceholder("Enter any login").fill(person);
  await page.getByPlaceholder("and password").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
}

async function signIn(page: Page, person: string, path = ""): Promise<void> {
  await page.goto(consoleUrl + path);
  await page.getByRole("button", { name: "Sign in with your organization" }).click();
  await enter(page, person);
}

test("a person signs in, is named, and signs out", async ({ page }) => {
  const errors = watchConsole(page);
  const organization = await Organization.create();
  const ana = login("ana");
  await invite(organization, ana, "sender");
  await signIn(page, ana, "/campaigns");
  // The page that was asked for.
  await heading(page, "Campaigns");
  expect(page.url()).not.toContain("code");
  await expect(page.getByText("Ana · Sender")).toBeVisible();
  await page.getByRole("button", { name: "New campaign" }).first().click();
  await heading(page, "Untitled campaign");
  await page.reload();
  await heading(page, "Untitled campaign");
  const [campaign] = (await organization.get("campaigns")).items as { changedBy: { name: string } }[];
  expect(campaign?.changedBy.name).toBe("Ana");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByLabel("API key")).toBeVisible();
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  // The provider's own page asks the internet for a font.
  expect(errors.filter((error) => !error.includes("ERR_NAME_NOT_RESOLVED"))).toEqual([]);
});

test("a person whom no one has invited learns what to do", async ({ page }) => {
  const organization = await Organization.create();
  const bo = login("bo");
  await signIn(page, bo);
  await expect(page.getByText(`no organization has invited ${bo}@example.com`)).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await invite(organization, bo, "viewer");
  await page.getByRole("button", { name: "Try again" }).click();
  await heading(page, "Home");
});

test("an address that is not verified is refused", async ({ page }) => {
  const organization = await Organization.create();
  const cy = login("cy", "unverified");
  await invite(organization, cy);
  await signIn(page, cy);
  await expect(page.getByText("has not verified your email address")).toBeVisible();
});

test("a session that expires keeps what was typed", async ({ page, context }) => {
  // Its end is brought about, so that typing may take as long as it does.
  await page.clock.install();
  const organization = await Organization.create();
  const di = login("di");
  await invite(organization, di);
  await signIn(page, di, "/contacts");
  await page.getByRole("button", { name: "Add contact" }).first().click();
  await page.getByLabel("First name").fill("Zora");
  await page.clock.fastForward("01:00:00");
  await expect(page.getByText("Your session has expired.")).toBeVisible();
  await page.clock.setSystemTime(new Date());
  expect(await violations(page)).toEqual([]);
  const opened = context.waitForEvent("page");
  await page.getByRole("button", { name: "Sign in with your organization" }).click();
  // The provider still knows the person, so its window closes by itself.
  const other = await opened;
  await expect(page.getByText("Your session has expired.")).toHaveCount(0);
  await expect.poll(() => other.isClosed()).toBe(true);
  await expect(page.getByLabel("First name")).toHaveValue("Zora");
  await page.getByRole("button", { name: "Save contact" }).click();
  await heading(page, "Zora");
});

test("a session is renewed by itself", async ({ page }) => {
  await page.clock.install();
  const organization = await Organization.create();
  const eve = login("eve", "renewed");
  await invite(organization, eve);
  await signIn(page, eve);
  await heading(page, "Home");
  const token = () => page.evaluate(() => sessionStorage.getItem("volley.key"));
  const first = await token();
  await page.clock.fastForward("59:30");
  await expect.poll(token).not.toBe(first);
  await expect(page.getByText("Your session has expired.")).toHaveCount(0);
});

test("a person works in two organizations, one in each tab", async ({ context }) => {
  const [first, second] = await Promise.all([
    Organization.create({ name: "First Bakery" }),
    Organization.create({ name: "Second Bakery" }),
  ]);
  await first.campaign("First's own", "Hello");
  await second.campaign("Second's own", "Hello");
  const flo = login("flo");
  await invite(first, flo);
  await invite(second, flo);
  const [one, two] = [await context.newPage(), await context.newPage()];
  await signIn(one, flo, "/campaigns");
  await heading(one, "Campaigns");
  // The provider knows the person already.
  await two.goto(`${consoleUrl}/campaigns`);
  await two.getByRole("button", { name: "Sign in with your organization" }).click();
  await heading(two, "Campaigns");
  for (const [page, name, own] of [
    [one, "First Bakery", "First's own"],
    [two, "Second Bakery", "Second's own"],
  ] as const) {
    await page.getByLabel("Organization").selectOption({ label: name });
    await page.getByRole("link", { name: "Campaigns" }).click();
    await expect(page.getByRole("link", { name: own })).toBeVisible();
  }
  await one.reload();
  await expect(one.getByRole("link", { name: "First's own" })).toBeVisible();
  await expect(one.getByRole("link", { name: "Second's own" })).toHaveCount(0);
});

test("an admin invites, changes and removes members", async ({ page }) => {
  const organization = await Organization.create();
  const gil = login("gil");
  await invite(organization, gil);
  await signIn(page, gil, "/settings?section=members");
  const rows = page.getByRole("row");
  await expect(rows).toHaveCount(2);
  await page.getByRole("button", { name: "Invite a person" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Email").fill("hal");
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  await expect(dialog.getByLabel("Email")).toHaveAttribute("aria-invalid", "true");
  await dialog.getByLabel("Email").fill("hal@example.com");
  await dialog.getByText("Viewer", { exact: true }).click();
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  await expect(rows).toHaveCount(3);
  await page.getByLabel("Role of hal@example.com").selectOption("sender");
  await expect(page.getByLabel("Role of hal@example.com")).toHaveValue("sender");
  // The only admin cannot step down.
  await page.getByLabel("Role of Gil").selectOption("viewer");
  await expect(page.getByText("needs at least one admin")).toBeVisible();
  await page
    .getByRole("row", { name: /hal@example.com/ })
    .getByRole("button", { name: "Remove" })
    .click();
  await page.getByRole("button", { name: "Withdraw invitation" }).click();
  await expect(rows).toHaveCount(2);
});
