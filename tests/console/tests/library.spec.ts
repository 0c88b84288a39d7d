/** Templates with their versions, and how campaigns are kept in order: tags and the archive. */
import { expect, test } from "@playwright/test";
import { heading, openAs, watchConsole } from "../support/console";
import { csvOf, Organization } from "../support/stack";

test("a template is written, changed, restored, used and deleted", async ({ page }) => {
  const organization = await Organization.create();
  const errors = watchConsole(page);
  await openAs(page, organization, "/templates");
  await page.getByRole("link", { name: "New template" }).click();
  await page.getByLabel("Template name").fill("Opening hours");
  const text = page.getByLabel("Text", { exact: true });
  await text.fill("Hi ! We open at 8. Reply STOP to opt out.");
  await text.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(3, 3));
  await page.getByLabel("Without it, write").fill("there");
  await page.getByRole("button", { name: "Insert field" }).click();
  const first = 'Hi {{ firstName | default("there") }}! We open at 8. Reply STOP to opt out.';
  await expect(text).toHaveValue(first);
  await page.getByRole("button", { name: "Save template" }).click();
  await heading(page, "Opening hours");

  await text.fill("We open at 9. Reply STOP to opt out.");
  await page.getByRole("button", { name: "Save template" }).click();
  const version = page.getByLabel("Version", { exact: true });
  await expect(version).toHaveValue("2");
  await version.selectOption("1");
  await expect(page).toHaveURL(/version=1/);
  await expect(text).toHaveValue(first);
  await expect(text).not.toBeEditable();
  await page.getByRole("button", { name: "Restore this version" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Restore this version" }).click();
  await expect(version).toHaveValue("3");
  await expect(text).toHaveValue(first);

  await page.getByRole("button", { name: "Write a campaign" }).click();
  await expect(page.getByText("The text started from version 3 of a template.")).toBeVisible();
  await expect(text).toHaveValue(first);
  await page.getByRole("link", { name: "See it" }).click();
  await page.getByRole("button", { name: "Delete template" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete template" }).click();
  await expect(page.getByText("No templates yet")).toBeVisible();

  // Its versions can still be read.
  await page.goBack();
  await expect(page.getByText("This template has been deleted.")).toBeVisible();
  await expect(text).toHaveValue(first);
  await expect(text).not.toBeEditable();
  expect(errors).toEqual([]);
});

test("campaigns are found by tag, and archived", async ({ page }) => {
  const organization = await Organization.create();
  await organization.contacts(csvOf(1));
  const body = "Hello! Reply STOP to opt out.";
  await organization.sent("Winter", body);
  const id = await organization.campaign("Spring", body);

  await openAs(page, organization, `/campaigns/${id}`);
  await page.getByLabel("Tags", { exact: true }).fill("bread, easter");
  await expect
    .poll(async () => (await organization.get(`campaigns/${id}`)).tags)
    .toEqual(["bread", "easter"]);
  await page.getByRole("link", { name: "Campaigns" }).first().click();
  await page.getByLabel("Tag", { exact: true }).selectOption("easter");
  await expect(page).toHaveURL(/tag=easter/);
  await expect(page.getByRole("link", { name: "Spring" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Winter" })).toHaveCount(0);
  await page.getByLabel("Tag", { exact: true }).selectOption("");

  await page.getByRole("link", { name: "Winter" }).click();
  await heading(page, "Winter");
  await page.getByRole("button", { name: "Archive", exact: true }).click();
  await expect(page.getByRole("button", { name: "Unarchive" })).toBeVisible();
  await page.getByRole("link", { name: "Campaigns" }).first().click();
  await heading(page, "Campaigns");
  await expect(page.getByRole("link", { name: "Spring" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Winter" })).toHaveCount(0);
  await page.getByRole("button", { name: "Archived" }).click();
  await page.getByRole("link", { name: "Winter" }).click();
  await page.getByRole("button", { name: "Unarchive" }).click();
  await expect(page.getByRole("button", { name: "Archive", exact: true })).toBeVisible();
});
