/** The provider's opt-out list, compared with the unsubscribes. */
import { expect, test } from "@playwright/test";
import { violations } from "../support/axe";
import { open, openAs, watchConsole } from "../support/console";
import { newPhone, Organization, optOutList, until } from "../support/stack";

const shown = (phone: string) => phone.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "+1 $1 $2 $3");

test("who opted out at the provider only is found and unsubscribed", async ({ page }) => {
  const errors = watchConsole(page);
  const [here, there] = [newPhone(), newPhone()];
  const list = `console-${here.slice(1)}`;
  await optOutList(list, { numbers: [] });
  const organization = await Organization.create({ provider: { kind: "aws" } });
  await organization.configure({ optOutList: list });
  await organization.put(`unsubscribes/${encodeURIComponent(here)}`);
  await until(async () => (await organization.get("unsubscribes/reconciliation")).status === "done");
  await optOutList(list, { numbers: [{ number: there, at: 1_777_000_000 }] });

  await openAs(page, organization, "/unsubscribes");
  const region = page.getByRole("region", { name: "The provider's opt-out list" });
  await expect(region).toContainText(`“${list}”. Volley compares it every day`);
  await expect(page.getByRole("row")).toHaveCount(2);
  await region.getByRole("button", { name: "Compare now" }).click();
  await expect(region).toContainText("Only there1unsubscribed now");
  await expect(region).toContainText("Only here1not texted either");
  const row = page.getByRole("row").filter({ hasText: shown(there) });
  await expect(row).toContainText(`opt-out list ${list}`);
  await expect(row).toContainText("The provider");
  expect(await violations(page)).toEqual([]);

  await optOutList(list, { numbers: [], problem: "denied" });
  await region.getByRole("button", { name: "Compare now" }).click();
  await expect(region.getByRole("alert")).toContainText("may not read");
  expect(await violations(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test("a viewer sees the comparison and starts none", async ({ page }) => {
  const organization = await Organization.create({ provider: { kind: "aws" } });
  await open(page, await organization.newKey("viewer"), "/unsubscribes");
  const region = page.getByRole("region", { name: "The provider's opt-out list" });
  await expect(region).toContainText("“Default”. Volley compares it when you ask");
  await expect(region).toContainText("It was not compared yet.");
  await expect(region.getByRole("button")).toHaveCount(0);
});

test("with Twilio, the page says how opt-outs are found", async ({ page }) => {
  const organization = await Organization.create();
  await openAs(page, organization, "/unsubscribes");
  const region = page.getByRole("region", { name: "The provider's opt-out list" });
  await expect(region).toContainText("The provider offers no list of opt-outs");
  await expect(region.getByRole("button")).toHaveCount(0);
});
