/** What became of a campaign: the report, the rows behind each number, and each person's messages. */
import { expect, type Page, test } from "@playwright/test";
import { goByKeys, heading, openAs, watchConsole } from "../support/console";
import { csvOf, newPhone, Organization, phoneOf } from "../support/stack";

const BODY = "Corner Bakery: our spring sale starts on Friday. Reply STOP to opt out.";
/** The carrier cannot reach these. */
const UNREACHABLE = 9001;
const FILTERED = 9004;

let organization: Organization;
let campaign: string;
const delivered = newPhone();
const unreachable = phoneOf(UNREACHABLE);

test.beforeAll(async () => {
  organization = await Organization.create();
  const phones = [delivered, unreachable, phoneOf(UNREACHABLE), phoneOf(FILTERED), "+447400123456"];
  await organization.contacts(`${csvOf(6)}\n${phones.map((phone) => `${phone},Ana,Person`).join("\n")}`);
  campaign = await organization.sent("Spring sale", BODY);
  await organization.hear(delivered, "STOP");
});

test("each number of a report leads to the rows behind it", async ({ page }) => {
  const errors = watchConsole(page);
  const open = async () => {
    await openAs(page, organization, `/campaigns/${campaign}`);
    await expect(page.getByText("8 of 11 messages that the provider accepted")).toBeVisible();
  };
  await open();
  await expect(page.getByText("72.7%").first()).toBeVisible();
  await expect(page.getByText(/for half of them; 90% within .+, 99% within .+/)).toBeVisible();
  await expect(page.getByText("11 parts by your price list")).toBeVisible();
  await page.getByRole("term").filter({ hasText: "Opted out" }).locator("..").getByRole("link").click();
  await heading(page, "Unsubscribes");
  await expect(page.getByText("Opted out by a reply to")).toBeVisible();
  await expect(page.getByRole("link", { name: "Spring sale" }).first()).toBeVisible();
  await expect(page.getByRole("row")).toHaveCount(2);

  await open();
  const failures = page.getByRole("region", { name: "Why messages failed" });
  await expect(failures.getByText("Code 30003")).toBeVisible();
  await failures.getByRole("listitem").filter({ hasText: "out of reach" }).getByRole("link").first().click();
  await expect(page).toHaveURL(/reason=unreachable/);
  // The page before has rows, too.
  await heading(page, "Messages");
  await expect(page.getByRole("row")).toHaveCount(3);

  await open();
  await failures.getByRole("listitem").filter({ hasText: "filtered" }).getByRole("link").last().click();
  await expect(page).toHaveURL(/code=30007|code=%2230007%22/);
  await heading(page, "Messages");
  await expect(page.getByRole("row")).toHaveCount(2);

  await open();
  const countries = page.getByRole("region", { name: "By country" });
  await countries.getByRole("row", { name: "United Kingdom" }).getByRole("link").first().click();
  await expect(page).toHaveURL(/country=GB/);
  await heading(page, "Messages");
  await expect(page.getByRole("row")).toHaveCount(2);

  await open();
  await leadsToItsRows(page);
  expect(errors).toEqual([]);
});

/** Of the table beside the chart, the delivered messages of the first interval. */
async function leadsToItsRows(page: Page): Promise<void> {
  const overTime = page.getByRole("region", { name: "Over time" });
  await expect(overTime.getByRole("img", { name: /^Over time/ })).toBeVisible();
  await overTime.getByRole("button", { name: "Show as table" }).press("Enter");
  const cell = overTime
    .getByRole("row")
    .filter({ has: page.getByRole("link") })
    .first();
  const number = cell.getByRole("link").first();
  const expected = Number(await number.textContent());
  await number.click();
  await expect(page).toHaveURL(/updatedSince=/);
  await heading(page, "Messages");
  await expect(page.getByRole("row")).toHaveCount(expected + 1);
  await page.getByRole("button", { name: "Do not filter by time" }).click();
  await expect(page).not.toHaveURL(/updatedSince=/);
}

test("messages are found by their filters, which are in the address", async ({ page }) => {
  await openAs(page, organization, `/campaigns/${campaign}/messages`);
  await expect(page.getByRole("row")).toHaveCount(12);
  await page.getByRole("button", { name: /^Failed/ }).click();
  await expect(page.getByRole("row")).toHaveCount(4);
  await page.getByLabel("Reason").selectOption("filtered");
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.reload();
  await expect(page.getByLabel("Reason")).toHaveValue("filtered");
  await expect(page.getByRole("row")).toHaveCount(2);
  // Delivered messages have no reason.
  await page.getByRole("button", { name: /^Delivered/ }).click();
  await expect(page).not.toHaveURL(/reason=/);
  await page.getByRole("button", { name: /^All/ }).click();
  await expect(page.getByRole("row")).toHaveCount(12);
  await page.keyboard.press("/");
  await page.keyboard.type(unreachable);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/phone=/);
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.getByLabel("Find a phone").fill("nobody");
  await page.getByLabel("Find a phone").press("Enter");
  await expect(page.getByRole("alert")).toContainText("Phone is not a phone number");
});

test("a message's page says who reported what", async ({ page }) => {
  const query = `status=failed&phone=${encodeURIComponent(unreachable)}`;
  const [message] = (await organization.get(`campaigns/${campaign}/messages?${query}`)).items as {
    id: string;
  }[];
  await openAs(page, organization, `/campaigns/${campaign}/messages/${message?.id}`);
  const steps = page.getByRole("region", { name: "Timeline" }).getByRole("listitem");
  await expect(steps.first()).toContainText("Claimed by a worker");
  // The provider may report before the worker has read its response.
  await expect(steps.filter({ hasText: "Accepted by the provider" })).toHaveCount(1);
  await expect(steps.filter({ hasText: "Reported by the provider" }).last()).toContainText("Code 30003");
});

test("a person's page has their messages over all campaigns", async ({ page }) => {
  const [contact] = (await organization.get(`contacts?q=${encodeURIComponent(delivered)}`)).items as {
    id: string;
  }[];
  await openAs(page, organization, `/contacts/${contact?.id}`);
  const history = page.getByRole("region", { name: "Messages to this phone" });
  await expect(history.getByRole("link", { name: "Spring sale", exact: true })).toBeVisible();
  await history.getByRole("link", { name: "Delivered" }).click();
  await expect(page.getByText("The phone confirmed it")).toBeVisible();
});

test("a period's report sums its campaigns", async ({ page }) => {
  await openAs(page, organization);
  await heading(page, "Home");
  await goByKeys(page, "r", "Reports");
  await expect(page.getByText("8 of 11 messages that the provider accepted")).toBeVisible();
  const row = page.getByRole("row").filter({ hasText: "Spring sale" });
  await expect(row.getByRole("link", { name: "72.7%" })).toBeVisible();
  await page.getByRole("button", { name: "90 days" }).click();
  await expect(page).toHaveURL(/days=90/);
  await expect(row).toBeVisible();
  await page.getByLabel("First day").fill("2020-01-01");
  // The field shows what the address says.
  await expect(page.getByLabel("First day")).toHaveValue("2020-01-01");
  await page.getByLabel("Last day").fill("2020-01-31");
  await expect(page.getByText("No campaign was sent in this period")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Last day")).toHaveValue("2020-01-31");
  await page.getByLabel("Last day").fill("2019-12-31");
  await expect(page.getByRole("alert")).toContainText("must not be before");
});
