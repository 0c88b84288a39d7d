/** The move of a dump of Amazon Pinpoint, as a person does it. */
import { gzipSync } from "node:zlib";
import { expect, type Page, test } from "@playwright/test";
import { violations } from "../support/axe";
import { fits, heading, openAs, watchConsole } from "../support/console";
import { newPhone, Organization, until } from "../support/stack";

type Endpoint = Record<string, unknown>;

const lines = (endpoints: Endpoint[]) => endpoints.map((endpoint) => JSON.stringify(endpoint)).join("\n");
const sms = (Address: string, rest: Endpoint = {}): Endpoint => ({
  ChannelType: "SMS",
  Address,
  EndpointStatus: "ACTIVE",
  OptOut: "NONE",
  ...rest,
});
const json = (name: string, content: unknown) => ({
  name,
  mimeType: "application/json",
  buffer: Buffer.from(JSON.stringify(content, null, 4)),
});

/** The numbers of the sheet, by line. */
async function sheet(page: Page): Promise<Record<string, string>> {
  const found = page.locator("[data-part]");
  const pairs = await found.evaluateAll((all) =>
    all.map((line) => [line.getAttribute("data-part") ?? "", line.querySelector("dd")?.textContent ?? ""]),
  );
  return Object.fromEntries(pairs);
}

test("a dump is recognized, rehearsed and moved, and the balance holds", async ({ page }) => {
  const organization = await Organization.create();
  const [ines, wei, old, listed, shared] = [newPhone(), newPhone(), newPhone(), newPhone(), newPhone()];
  // Two members, of which the last line of the first has no end; the opt-out of one is in the other.
  const first = lines([
    sms(ines, {
      Id: "t9x2k/41vq8zr0+ab7mmqw1",
      User: { UserId: "u1", UserAttributes: { FirstName: ["Ines"] } },
    }),
    sms(wei.slice(2), { Location: { Country: "USA" } }),
    sms("2065550182777777", { Location: { Country: "USA" } }),
    { ChannelType: "EMAIL", Address: "ines@example.com", OptOut: "NONE" },
  ]);
  const second = lines([
    sms(ines, { EndpointStatus: "INACTIVE", OptOut: undefined }),
    sms(wei, { OptOut: "ALL", EffectiveDate: "2026-02-01T00:00:00.000Z" }),
    { ChannelType: "GCM", Address: "token", OptOut: "ALL" },
  ]);
  const table = `ChannelType,Address,Attributes.Plan,Attributes.Plan,OptOut\nSMS,${shared},gold,new,NONE\nSMS,${old},,,ALL\n`;
  const list = {
    OptOutListName: "Default",
    OptedOutNumbers: [
      { OptedOutNumber: listed, OptedOutTimestamp: "2026-05-01T00:00:00Z", EndUserOptedOut: false },
      { OptedOutNumber: ines, OptedOutTimestamp: 1_777_000_000.5, EndUserOptedOut: true },
    ],
  };
  const errors = watchConsole(page);

  await openAs(page, organization, "/contacts");
  await page.getByRole("link", { name: "Move from Amazon Pinpoint" }).click();
  await heading(page, "Move from Amazon Pinpoint");
  expect(await violations(page)).toEqual([]);
  await page.screenshot({ path: "results/screens/pinpoint-empty.png", fullPage: true });
  await page.locator("input[type=file]").setInputFiles([
    { name: "part-1.gz", mimeType: "application/gzip", buffer: gzipSync(first) },
    { name: "part-2.json", mimeType: "application/json", buffer: Buffer.from(second) },
    { name: "imported.csv", mimeType: "text/csv", buffer: Buffer.from(table) },
    json("opted-out.json", list),
    json("template-SpringSale.json", { SMSTemplateResponse: { TemplateName: "SpringSale", Body: "Hi" } }),
    json("campaigns.json", { CampaignsResponse: { Item: [{ SegmentId: "s1" }] } }),
    {
      name: "events-1",
      mimeType: "application/octet-stream",
      buffer: Buffer.from(`{"event_type":"_SMS.OPTOUT","attributes":{}}{"event_type":"_SMS.SUCCESS"}`),
    },
    { name: "dump.zip", mimeType: "application/zip", buffer: Buffer.from("PK\u0003\u0004rest") },
  ]);
  const files = page.getByRole("region", { name: "Files" });
  for (const [name, kind] of [
    ["part-1.gz", "Endpoints"],
    ["part-2.json", "Endpoints"],
    ["imported.csv", "Endpoints, as imported into Pinpoint"],
    ["opted-out.json", "Opt-out list"],
  ])
    await expect(files.getByRole("row", { name: `${name} ${kind}` })).toBeVisible();
  const elsewhere = page.getByRole("region", { name: "What moves with the command line" });
  for (const [name, kind] of [
    ["template-SpringSale.json", "Templates"],
    ["campaigns.json", "Campaigns"],
    ["events-1", "Event stream, may have opt-outs"],
    ["dump.zip", "Archive, may have opt-outs"],
  ])
    await expect(elsewhere.getByRole("row", { name: `${name} ${kind}` })).toBeVisible();
  await expect(elsewhere.getByText("not moved here may have opt-outs. Move them before")).toBeVisible();
  await expect(elsewhere.getByText("volley import pinpoint ./dump/")).toBeVisible();

  await page.getByRole("button", { name: "See what would move" }).click();
  await expect(page.getByText("What would move. Nothing has been changed.")).toBeVisible();
  const expected = { read: "9", made: "4", merged: "2", channels: "2", rejected: "1", optOuts: "4" };
  await expect.poll(() => sheet(page)).toEqual(expected);
  await expect(
    page.getByText("9 endpoints = 4 made + 2 merged + 2 of other channels + 1 rejected"),
  ).toBeVisible();
  await expect(page.getByText("2 in endpoints + 2 in lists")).toBeVisible();
  // The rehearsals of exports and of the table know nothing of each other.
  await expect(page.getByText("A phone that is in several files")).toBeVisible();
  expect((await organization.get("contacts?limit=1")).items).toEqual([]);
  expect(await violations(page)).toEqual([]);
  await page.screenshot({ path: "results/screens/pinpoint-trial.png", fullPage: true });
  await page.setViewportSize({ width: 360, height: 740 });
  await fits(page, "the rehearsal");
  await page.screenshot({ path: "results/screens/pinpoint-trial-small.png", fullPage: true });
  await page.setViewportSize({ width: 1280, height: 860 });

  await page.getByRole("button", { name: "Move 4 contacts" }).click();
  await expect(page.getByText("What was moved.")).toBeVisible();
  await expect(page).toHaveURL(/lists=.+&endpoints=.+/);
  await expect(page.getByText("A phone that is in several files")).toHaveCount(0);
  await expect.poll(() => sheet(page)).toEqual(expected);
  const phones = async (list: string) =>
    ((await organization.get(list)).items as { phone: string }[]).map(({ phone }) => phone).toSorted();
  expect(await phones("contacts?limit=20")).toEqual([ines, wei, old, shared].toSorted());
  expect(await phones("unsubscribes?limit=20")).toEqual([ines, wei, old, listed].toSorted());
  const unsubscribe = await organization.get(`unsubscribes/${encodeURIComponent(listed)}`);
  expect(unsubscribe.unsubscribedAt).toBe("2026-05-01T00:00:00.000Z");
  await page.screenshot({ path: "results/screens/pinpoint-done.png", fullPage: true });
  expect(await violations(page)).toEqual([]);

  // A link to the result keeps working, and its rejected rows say why.
  await page.reload();
  await expect(page.getByText("What was moved.")).toBeVisible();
  await expect.poll(() => sheet(page)).toEqual(expected);
  await expect(elsewhere.getByText("not moved here may have opt-outs. Move them before")).toBeVisible();
  await page.getByRole("link", { name: "See rejected rows" }).click();
  await expect(page.getByRole("cell", { name: "2065550182777777" })).toBeVisible();
  expect(errors).toEqual([]);
});

test("a second move adds nothing, and a list alone makes no contact", async ({ page }) => {
  const organization = await Organization.create();
  const [ines, wei] = [newPhone(), newPhone()];
  const dump = { name: "export.json", mimeType: "application/json", buffer: Buffer.from(lines([sms(ines)])) };
  await openAs(page, organization, "/imports");
  await page.getByRole("link", { name: "Move from Amazon Pinpoint" }).click();
  // The page before has a field for files, too.
  await heading(page, "Move from Amazon Pinpoint");
  for (const [button, made, merged] of [
    ["Move 1 contact", "1", undefined],
    ["Move again", "0", "1"],
  ] as const) {
    await page.locator("input[type=file]").setInputFiles(dump);
    await page.getByRole("button", { name: "See what would move" }).click();
    await page.getByRole("button", { name: button }).click();
    await expect(page.getByText("What was moved.")).toBeVisible();
    await expect.poll(() => sheet(page)).toMatchObject({ read: "1", made });
    expect((await sheet(page)).merged).toBe(merged);
    await page.getByRole("link", { name: "Move more files" }).click();
  }
  const list = json("opted-out.json", { OptedOutNumbers: [{ OptedOutNumber: wei }] });
  await page.locator("input[type=file]").setInputFiles(list);
  await page.getByRole("button", { name: "See what would move" }).click();
  await page.getByRole("button", { name: "Move 1 opt-out" }).click();
  await expect(page.getByText("What was moved.")).toBeVisible();
  await expect.poll(() => sheet(page)).toEqual({ optOuts: "1" });
  await until(async () => ((await organization.get("unsubscribes?limit=5")).items as unknown[]).length === 1);
  expect(((await organization.get("contacts?limit=5")).items as unknown[]).length).toBe(1);
});

test("what cannot be moved here is named", async ({ page }) => {
  const organization = await Organization.create();
  await openAs(page, organization, "/imports/pinpoint");
  await page
    .locator("input[type=file]")
    .setInputFiles([
      { name: "contacts.csv", mimeType: "text/csv", buffer: Buffer.from("phone,name\n1,Ana\n") },
      json("sdk.json", { endpointResponse: { channelType: "SMS", address: newPhone() } }),
      { name: "nothing.json", mimeType: "application/json", buffer: Buffer.from("") },
    ]);
  await expect(page.getByText("None of these files has endpoints or opt-outs")).toBeVisible();
  const files = page.getByRole("region", { name: "Files" });
  for (const name of ["contacts.csv Not a file of Pinpoint", "nothing.json Empty file"])
    await expect(files.getByRole("row", { name })).toBeVisible();
  const elsewhere = page.getByRole("region", { name: "What moves with the command line" });
  const sdk = elsewhere.getByRole("row", { name: "sdk.json Endpoints from an SDK, may have opt-outs" });
  await expect(sdk).toBeVisible();
  await expect(page.getByRole("button", { name: "See what would move" })).toHaveCount(0);
  await page.locator("input[type=file]").setInputFiles({
    name: "broken.json",
    mimeType: "application/json",
    buffer: Buffer.from('{\n "OptedOutNumbers": [\n'),
  });
  await page.getByRole("button", { name: "See what would move" }).click();
  await expect(
    page.getByRole("alert").filter({ hasText: "broken.json cannot be read as JSON" }),
  ).toBeVisible();
});
