/** Search and filters in the address, the keyboard, and an API that is slow or away. */
import { expect, test } from "@playwright/test";
import { goByKeys, heading, openAs } from "../support/console";
import { newPhone, Organization } from "../support/stack";

test("filters and search are in the address", async ({ page }) => {
  const organization = await Organization.create();
  await organization.campaign("Spring sale", "Bread");
  await organization.campaign("Autumn sale", "Cake");
  await openAs(page, organization, "/campaigns");
  await expect(page.getByLabel("Search by name or text")).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("cake");
  await expect(page).toHaveURL(/q=cake/);
  await expect(page.getByRole("link", { name: "Spring sale" })).toHaveCount(0);
  await page.getByRole("button", { name: /^Drafts/ }).click();
  await expect(page).toHaveURL(/show=draft/);
  await page.reload();
  await expect(page.getByRole("link", { name: "Autumn sale" })).toBeVisible();
  await page.getByRole("button", { name: /^Paused/ }).click();
  await expect(page.getByText("No campaign matches")).toBeVisible();
  await page.getByRole("button", { name: "Show all" }).click();
  await expect(page.getByRole("link", { name: "Spring sale" })).toBeVisible();
});

test("the keyboard leads everywhere", async ({ page }) => {
  const organization = await Organization.create();
  await openAs(page, organization);
  await heading(page, "Home");
  // The page listens a moment after it is drawn.
  await expect(async () => {
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog")).toBeVisible({ timeout: 5_000 });
  }).toPass();
  await expect(page.getByRole("dialog")).toContainText("Keyboard shortcuts");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await goByKeys(page, "u", "Unsubscribes");
  await goByKeys(page, "c", "Campaigns");
  await page.keyboard.press("n");
  await heading(page, "Untitled campaign");
});

test("an API that is away is named, and asked again", async ({ page }) => {
  const organization = await Organization.create();
  let isAway = true;
  await page.route("**/v1/organizations/*/contacts?*", (route) =>
    isAway ? route.abort() : route.continue(),
  );
  await openAs(page, organization, "/contacts");
  await expect(page.getByText("The server did not respond.")).toBeVisible();
  isAway = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("No contacts yet")).toBeVisible();
});

test("an API that is busy is asked again when it says so", async ({ page }) => {
  const organization = await Organization.create();
  const answers = [429, 503];
  await page.route("**/v1/organizations/*/unsubscribes?*", (route) => {
    const status = answers.shift();
    if (status === undefined) return route.continue();
    return route.fulfill({ status, headers: { "retry-after": "1" }, json: { message: "Too Many Requests" } });
  });
  await openAs(page, organization, "/unsubscribes");
  await expect(page.getByText("No one has unsubscribed")).toBeVisible();
  expect(answers).toEqual([]);
});

test("what the API refuses is shown at the field", async ({ page }) => {
  const organization = await Organization.create();
  await openAs(page, organization, "/contacts");
  await page.getByRole("button", { name: "Add contact" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Phone").fill("12");
  await dialog.getByRole("button", { name: "Save contact" }).click();
  await expect(dialog.getByLabel("Phone")).toHaveAttribute("aria-invalid", "true");
  await dialog.getByLabel("Phone").fill(newPhone());
  await dialog.getByLabel("First name").fill("Ana");
  await dialog.getByRole("button", { name: "Save contact" }).click();
  await heading(page, "Ana");
  await expect(page.getByText("May be texted")).toBeVisible();
});

test("an unsubscribe is added, found and lifted", async ({ page }) => {
  const organization = await Organization.create();
  const phone = newPhone();
  await openAs(page, organization, "/unsubscribes");
  await page.getByRole("button", { name: "Unsubscribe a phone" }).click();
  await page.getByRole("dialog").getByLabel("Phone").fill(phone);
  await page.getByRole("button", { name: "Unsubscribe", exact: true }).click();
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.getByLabel("Look up a phone").fill(phone);
  // The dialog that has closed may take the focus back to its button.
  await page.getByLabel("Look up a phone").press("Enter");
  await expect(page).toHaveURL(/phone=/);
  // The row of the list before has the same button.
  await expect(page.getByRole("button", { name: "Show all" })).toBeVisible();
  await page.getByRole("button", { name: "Lift" }).click();
  await page.getByRole("button", { name: "Lift the unsubscribe" }).click();
  await expect(page.getByText(/is not unsubscribed/)).toBeVisible();
});

test("a list that changes while it loads shows the change", async ({ page }) => {
  const organization = await Organization.create();
  let isFirst = true;
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/v1/organizations/*/unsubscribes?*", async (route) => {
    if (!isFirst) return route.continue();
    isFirst = false;
    const before = await route.fetch();
    await released;
    // The page may have given the request up by now.
    await route.fulfill({ response: before }).catch(() => {});
  });
  await openAs(page, organization, "/unsubscribes");
  await page.getByRole("button", { name: "Unsubscribe a phone" }).click();
  await page.getByRole("dialog").getByLabel("Phone").fill(newPhone());
  await page.getByRole("button", { name: "Unsubscribe", exact: true }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  release();
  await expect(page.getByRole("row")).toHaveCount(2);
});

test("the first page asks for everything once, and early", async ({ page }) => {
  const organization = await Organization.create();
  await organization.campaign("Spring sale", "Bread");
  // What has been read is old after two seconds, which a busy machine may need to draw the page.
  await page.clock.setFixedTime(new Date());
  const asked: string[] = [];
  page.on("request", (request) => {
    const [, path] = request.url().split("/v1/");
    // What needs a decision is asked for later, for the navigation.
    if (path !== undefined && !path.includes("/inbound?")) asked.push(path);
  });
  await openAs(page, organization);
  await expect(page.getByRole("link", { name: "Spring sale" })).toBeVisible();
  expect(asked).toEqual(["me", `organizations/${organization.id}/campaigns?limit=100&archived=false`]);
});
