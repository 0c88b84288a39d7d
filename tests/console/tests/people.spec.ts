/** Everything about a person on one page, and erasing them. */
import { expect, test } from "@playwright/test";
import { heading, open, openAs, watchConsole } from "../support/console";
import { newPhone, Organization } from "../support/stack";

const BODY = "Corner Bakery: our spring sale starts on Friday. Reply STOP to opt out.";
const shown = (phone: string) => phone.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "+1 $1 $2 $3");

test("a person's page has everything, and erases them", async ({ page }) => {
  // The first erasure of an organization waits until every worker knows of it.
  test.setTimeout(1_800_000);
  const errors = watchConsole(page);
  const organization = await Organization.create();
  const phone = newPhone();
  await organization.contacts(`phone,first name,last name\n${phone},Ana,Person`);
  await organization.sent("Spring sale", BODY);
  await organization.hear(phone, "Until when are you open?");
  await organization.hear(phone, "STOP");

  await openAs(page, organization, "/unsubscribes");
  await page
    .getByRole("row")
    .getByRole("link", { name: shown(phone) })
    .click();
  await heading(page, shown(phone));
  await page.reload();
  const main = page.getByRole("main");
  await expect(main.getByRole("region", { name: "May they be texted?" })).toContainText("Unsubscribed");
  await expect(main.getByRole("region", { name: "Messages to this phone" })).toContainText("Delivered");
  await main.getByRole("link", { name: "Ana Person" }).click();
  await heading(page, "Ana Person");
  await page.getByRole("link", { name: "Everything about this person" }).click();
  const replies = main.getByRole("region", { name: "Texts from this phone" });
  await expect(replies.getByRole("listitem")).toHaveCount(2);
  await replies
    .getByRole("link", { name: shown(phone) })
    .last()
    .click();
  await page.getByRole("link", { name: "Everything about this person" }).click();
  await main.getByRole("link", { name: "Delivered" }).click();
  await page.getByRole("region", { name: "Message", exact: true }).getByRole("link").click();

  await page.getByRole("button", { name: "Erase person" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Sums of campaigns stay as they are.");
  const erase = dialog.getByRole("button", { name: "Erase for good" });
  await expect(erase).toBeDisabled();
  await dialog.getByRole("textbox").fill("+1 415");
  await expect(erase).toBeDisabled();
  await dialog.getByRole("textbox").fill(shown(phone));
  await erase.click();
  await expect(page.getByText(/This person (is being|was) erased/)).toBeVisible();
  await expect(page.getByText("This person was erased")).toBeVisible({ timeout: 960_000 });
  await expect(page.getByText("No contact has this phone.")).toBeVisible();
  await expect(page.getByText("No message to this phone is stored.")).toBeVisible();
  expect(errors).toEqual([]);
});

test("only an admin sees everything about a person", async ({ page }) => {
  const organization = await Organization.create();
  const phone = newPhone();
  await organization.put(`unsubscribes/${encodeURIComponent(phone)}`);
  await open(page, await organization.newKey("sender"), `/people/${encodeURIComponent(phone)}`);
  await expect(page.getByText("Only an admin sees everything about a person")).toBeVisible();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Unsubscribes" }).click();
  await expect(page.getByRole("row").getByText(shown(phone))).toBeVisible();
  await expect(page.getByRole("row").getByRole("link")).toHaveCount(0);
});
