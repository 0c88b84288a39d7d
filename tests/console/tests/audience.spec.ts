/** Segments, merge fields and large files, as a person uses them. */
import { expect, test } from "@playwright/test";
import { heading, openAs, watchConsole } from "../support/console";
import { consoleUrl, newPhone, Organization } from "../support/stack";

/** Five people in Austin with a first name and one without; three in Dallas. */
function people(): string {
  const austin = Array.from({ length: 5 }, () => `${newPhone()},Person,Austin`);
  const dallas = Array.from({ length: 3 }, () => `${newPhone()},Person,Dallas`);
  return ["phone,first name,city", ...austin, `${newPhone()},,Austin`, ...dallas].join("\n");
}

test("a segment is built, written to with a merge field, and sent to", async ({ page }) => {
  const organization = await Organization.create();
  await organization.contacts(people());
  const errors = watchConsole(page);

  await openAs(page, organization, "/segments");
  await page.getByRole("link", { name: "New segment" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Austin");
  await page.getByLabel("Field", { exact: true }).selectOption("attribute");
  await page.getByLabel("Name of the attribute").fill("city");
  await page.getByLabel("Value", { exact: true }).fill("Austin");
  await expect(page.locator("[data-sentence]")).toHaveText("city is Austin");
  await expect(page.locator("[data-reach]")).toHaveAttribute("data-reach", "6");
  await page.getByRole("button", { name: "Save segment" }).click();
  await heading(page, "Austin");

  const id = await organization.campaign("Open house", "Hi");
  await page.goto(`${consoleUrl}/campaigns/${id}`);
  const text = page.getByLabel("Text", { exact: true });
  await text.fill("Hi , see you. Reply STOP to opt out.");
  await text.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(3, 3));
  await page.getByLabel("Merge field").selectOption("firstName");
  await page.getByLabel("Without it, write").fill("there");
  await page.getByRole("button", { name: "Insert field" }).click();
  await expect(text).toHaveValue('Hi {{ firstName | default("there") }}, see you. Reply STOP to opt out.');
  await page.getByLabel("Add a segment").selectOption({ label: "Austin" });
  await expect(page.getByRole("button", { name: "Remove Austin" })).toBeVisible();
  await expect(page.getByText("Up to 1 part · GSM-7")).toBeVisible();
  await page.getByRole("button", { name: "Shortest" }).click();
  await expect(page.getByRole("region", { name: "Preview" })).toContainText("Hi there, see you.");

  // Saving another field drops neither the target nor the format.
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await page.reload();
  await page.getByLabel("Name", { exact: true }).fill("Open house in Austin");
  await expect
    .poll(async () => await organization.get(`campaigns/${id}`))
    .toMatchObject({ name: "Open house in Austin", bodyFormat: "template", target: { exclude: [] } });
  await expect(page.getByRole("button", { name: "Remove Austin" })).toBeVisible();

  await page.getByRole("button", { name: "Check and send" }).click();
  await expect(page.getByText("In “Austin”.")).toBeVisible();
  await expect(page.getByText("Up to 1 part each, GSM-7: 6 parts")).toBeVisible();
  await page.getByRole("button", { name: /^Send 6 messages/ }).click();
  await expect(page.getByText("6 recipients = 6 delivered")).toBeVisible();
  await page.locator("[data-name=notInTarget] a").click();
  await expect(page).toHaveURL(/reason=notInTarget/);
  await heading(page, "Left out");
  await expect(page.locator("tbody tr")).toHaveCount(3);

  await page.locator("tbody a").first().click();
  await page.getByLabel("Segment", { exact: true }).selectOption({ label: "Austin" });
  await expect(page.getByText("Not in the segment")).toBeVisible();
  await expect(page.getByText("here: Dallas")).toBeVisible();
  expect(errors).toEqual([]);
});

test("a segment that a scheduled campaign uses is not deleted", async ({ page }) => {
  const organization = await Organization.create();
  await organization.contacts(people());
  const filter = { field: { attribute: "city" }, op: "eq", value: "Dallas" };
  const segment = String((await organization.post("segments", { name: "Dallas", filter })).id);
  const target = { include: [segment], exclude: [] };
  const body = "Hello! Reply STOP to opt out.";
  const campaign = await organization.post("campaigns", { name: "Later", body, target });
  const scheduledAt = new Date(Date.now() + 5 * 3_600_000).toISOString();
  await organization.post(`campaigns/${campaign.id}/send`, { scheduledAt });

  await openAs(page, organization, `/segments/${segment}`);
  await page.getByRole("button", { name: "Delete segment" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("link", { name: "Later" })).toBeVisible();
  await dialog.getByRole("button", { name: "Delete segment" }).click();
  await expect(dialog.getByRole("alert")).toContainText(`The scheduled campaign ${campaign.id}`);
});

test("a file of more than 4 MB is tried, uploaded, imported and undone", async ({ page }) => {
  const organization = await Organization.create();
  // The spaces make the file large, not the audience.
  const note = " ".repeat(50_000);
  const rows = Array.from({ length: 90 }, (_, row) => `${newPhone()},Person ${row},${note}`);
  const csv = ["phone,first name,note", ...rows, "12,Too short,"].join("\n");

  await openAs(page, organization, "/imports");
  await page.locator("input[type=file]").setInputFiles({
    name: "large.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(csv),
  });
  await page.getByLabel("Tags for everyone in the file").fill("spring");
  await page.getByRole("button", { name: "Try it without changing anything" }).click();
  await expect(page.getByText("What the import would do.")).toBeVisible();
  await expect(page.getByRole("cell", { name: "92", exact: true })).toBeVisible();
  expect((await organization.get("contacts?limit=1")).items).toEqual([]);

  await page.getByRole("button", { name: "Import large.csv" }).click();
  await heading(page, "large.csv");
  await expect(page.getByText("Done", { exact: true })).toBeVisible();
  const file = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download as CSV" }).click();
  expect((await file).suggestedFilename()).toMatch(/^rejected-.*\.csv$/);
  const [contact] = (await organization.get("contacts?limit=1")).items as { tags: string[] }[];
  expect(contact?.tags).toEqual(["spring"]);

  await page.getByRole("button", { name: "Undo import" }).click();
  await page.getByRole("button", { name: "Undo, remove up to 90 contacts" }).click();
  await expect(page.getByText("Undone", { exact: true }).first()).toBeVisible();
  expect((await organization.get("contacts?limit=1")).items).toEqual([]);
});

test("a column that says who opted out is named before and after the import", async ({ page }) => {
  const organization = await Organization.create();
  const csv = `phone,Estado\n${newPhone()},alta\n${newPhone()},baja\n`;
  await openAs(page, organization, "/imports");
  await page.locator("input[type=file]").setInputFiles({
    name: "estado.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(csv),
  });
  await page.getByRole("button", { name: "Try it without changing anything" }).click();
  const warning = page.getByText("The column 'Estado' says that people opted out, as in 'baja'");
  await expect(warning).toBeVisible();
  await page.getByRole("button", { name: "Import estado.csv" }).click();
  await heading(page, "estado.csv");
  await expect(warning).toBeVisible();
});
