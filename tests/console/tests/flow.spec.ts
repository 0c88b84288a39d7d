/** From a key to a settled balance, as a person does it. */
import { expect, test } from "@playwright/test";
import { heading, watchConsole } from "../support/console";
import { consoleUrl, csvOf, newPhone, Organization } from "../support/stack";

test("sign in, import, write, check, send, watch", async ({ page }) => {
  const organization = await Organization.create();
  const errors = watchConsole(page);

  await page.goto(consoleUrl);
  await page.getByLabel("API key").fill("volley_wrong");
  await page.getByRole("button", { name: "Sign in with key" }).click();
  await expect(page.getByText("This key is not valid.")).toBeVisible();
  await page.getByLabel("API key").fill(organization.key);
  await page.getByRole("button", { name: "Sign in with key" }).click();
  await expect(page.getByText("Send your first campaign")).toBeVisible();
  await expect(page.getByText("Admin key “Ana”")).toBeVisible();

  await page.getByRole("link", { name: "Import contacts" }).click();
  const csv = `${csvOf(40)}\n12,Too,Short\n`;
  await page.locator("input[type=file]").setInputFiles({
    name: "spring.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(csv),
  });
  await expect(page.getByRole("columnheader", { name: "first name" })).toBeVisible();
  await page.getByRole("button", { name: "Import spring.csv" }).click();
  await heading(page, "spring.csv");
  await expect(page.getByText("Done", { exact: true })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Rejected rows" })).toBeVisible();
  await expect(page.getByRole("cell", { name: "42", exact: true })).toBeVisible();

  await page.getByRole("button", { name: "New campaign" }).click();
  await page.getByLabel("Name").fill("Spring sale");
  const text = page.getByLabel("Text", { exact: true });
  await text.fill(
    `Hello! Our spring sale starts on Friday: it${"\u2019"}s the best one yet, with fresh bread every morning.`,
  );
  await expect(page.getByText("2 parts · UCS-2")).toBeVisible();
  await expect(page.locator("mark")).toHaveText("\u2019");
  await page.getByRole("button", { name: /^Replace ’/ }).click();
  await expect(page.getByText("1 part · GSM-7")).toBeVisible();
  await page.getByRole("button", { name: "Add “Reply STOP" }).click();
  await expect(text).toHaveValue(/morning\. Reply STOP to opt out\.$/);
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();

  await page.getByLabel("Phone").fill(newPhone());
  await page.getByRole("button", { name: "Send test" }).click();
  await expect(page.getByText(/^Test to/)).toContainText("Delivered");
  await page.reload();
  await expect(text).toHaveValue(/Reply STOP to opt out\.$/);

  await page.getByRole("button", { name: "Check and send" }).click();
  await expect(page.getByText("40 × 1 part each, GSM-7 = 40 parts")).toBeVisible();
  await expect(page.getByText(/^Last test to/)).toContainText("delivered");
  await page.getByRole("button", { name: "Send 40 messages, about $0.316" }).click();

  await heading(page, "Spring sale");
  await expect(page.getByText("40 recipients = 40 delivered")).toBeVisible();
  await expect(page.getByText("40 contacts = 40 recipients + 0 left out")).toBeVisible();
  await page.getByRole("link", { name: "All 40 messages" }).click();
  await heading(page, "Messages");
  await page.getByRole("button", { name: /^Delivered/ }).click();
  await expect(page).toHaveURL(/status=delivered/);
  await page.locator("tbody a").first().click();
  await expect(page.getByText("The phone confirmed it")).toBeVisible();
  expect(errors).toEqual([]);
});

test("the counter agrees with the API's quote", async ({ page }) => {
  const organization = await Organization.create();
  await organization.contacts(csvOf(1));
  const bodies = ["a".repeat(161), `${"a".repeat(152)}€${"a".repeat(152)}`, "ж".repeat(71), "😀".repeat(67)];
  for (const body of bodies) {
    const id = await organization.campaign("Count", body);
    const quote = await organization.post(`campaigns/${id}/quote`);
    await page.addInitScript((key) => sessionStorage.setItem("volley.key", key), organization.key);
    await page.goto(`${consoleUrl}/campaigns/${id}`);
    await expect(page.locator("[data-parts]")).toHaveAttribute("data-parts", String(quote.partsEach));
    await expect(page.locator("[data-parts]")).toContainText(String(quote.encoding));
  }
});
