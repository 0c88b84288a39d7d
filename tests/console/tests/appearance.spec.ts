/**
 * How the screens look, compared with the images in ../baselines. After a change that is meant,
 * `npm --prefix tests/console run baselines` on a stack renews them.
 */
import { type Browser, expect, type Page, test } from "@playwright/test";
import manifest from "../package.json" with { type: "json" };
import { installedBrowser } from "../support/browser";
import { open } from "../support/console";
import { consoleUrl, Organization, until } from "../support/stack";
import { stillPage } from "../support/still";

const BODY =
  "Corner Bakery: our spring sale starts on Friday. Everything that is baked before nine costs half. Reply STOP to opt out.";
const HOURS =
  'Hi {{ firstName | default("there") }}! Corner Bakery is open from 6 to 18, on Sundays from 8 to 12. Reply STOP to opt out.';
const NAMES = ["Ana", "Bo", "Cy", "Di", "Eve", "Flo", "Gil", "Hal", "Ines", "Jo", "Kai", "Lou"];
const [ANA, BO, CY] = ["+12122361000", "+12122361001", "+12122361002"] as const;
/** Whom the simulated carrier does not reach, and whose text it filters. */
const FAILING = ["+12122379001", "+12122389001", "+12122379004"];

function file(): string {
  const people = NAMES.map(
    (name, place) => `+12122361${String(place).padStart(3, "0")},${name},Person,Austin`,
  );
  const failing = FAILING.map((phone) => `${phone},,,Dallas`);
  const others = ["+447400123456,Una,Person,London", "12,Too,Short,", ",No,Phone,Austin"];
  return ["phone,first name,last name,city", ...people, ...failing, ...others].join("\n");
}

// One organization for all of them.
test.describe.configure({ mode: "default" });

let organization: Organization;
let screens: [name: string, path: string, shows: string | RegExp][];

/** Another browser smooths edges differently, and takes the machine's fonts. */
function whySkipped(browser: Browser): string | null {
  const installed = installedBrowser();
  if (installed !== undefined) return `${installed} is not the browser of the images`;
  const [major] = manifest.dependencies["@sparticuz/chromium"].split(".");
  const version = browser.version();
  return version.split(".")[0] === major ? null : `they are of Chromium ${major}, and this is ${version}`;
}

test.beforeAll(async ({ browser }) => {
  const why = whySkipped(browser);
  if (why !== null) process.stdout.write(`  no screen is compared with its image: ${why}\n`);
  test.skip(why !== null, why ?? undefined);
  organization = await Organization.create();
  const imported = await organization.contacts(file());
  await organization.put(`unsubscribes/${encodeURIComponent(CY)}`);
  const sent = await organization.sent("Spring sale", BODY);
  const draft = await organization.campaign(
    "Opening hours at Easter",
    "Corner Bakery: at Easter we\u2019re open from 8 to 12 \u2013 hot cross buns while they last! Reply STOP to opt out.",
  );
  const later = await organization.campaign("Summer menu", BODY);
  const scheduledAt = new Date(Date.now() + 5 * 3_600_000).toISOString();
  await organization.post(`campaigns/${later}/send`, { scheduledAt });
  await organization.hear(ANA, "Are you open on Sunday? My sister is in town and we would love to come.");
  await organization.hear(BO, "Wrong number");
  await organization.hear(FAILING[0] ?? "", "STOP");
  const filter = {
    all: [
      { field: "country", op: "in", value: ["US", "CA"] },
      { field: { attribute: "city" }, op: "eq", value: "Dallas" },
    ],
  };
  const segment = (await organization.post("segments", { name: "Dallas", filter })).id;
  const template = (await organization.post("templates", { name: "Opening hours", body: HOURS })).id;
  const order = await organization.post("exports", { kind: "messages", format: "csv", campaignId: sent });
  await until(async () => (await organization.get(`exports/${order.id}`)).status === "done");
  await organization.post("webhooks", { url: "https://hooks.example.com/volley", types: [] });
  const ana = encodeURIComponent(ANA);
  const [contact] = (await organization.get(`contacts?q=${ana}`)).items as { id: string }[];
  const [message] = (await organization.get(`campaigns/${sent}/messages?phone=${ana}`)).items as {
    id: string;
  }[];
  screens = [
    ["home", "", "In the next 24 hours"],
    ["campaigns", "/campaigns", "Spring sale"],
    ["compose", `/campaigns/${draft}`, /part.* · UCS-2/],
    ["check", `/campaigns/${draft}/check`, /^Send [\d,]+ messages/],
    ["balance", `/campaigns/${sent}`, "Why messages failed"],
    ["message", `/campaigns/${sent}/messages/${message?.id}`, "The phone confirmed it"],
    ["contacts", "/contacts", "Hal Person"],
    ["contact", `/contacts/${contact?.id}`, "Messages to this phone"],
    ["imports", "/imports", "Imports so far"],
    ["import", `/imports/${imported}`, "Rejected rows"],
    ["segments", "/segments", "Dallas"],
    ["segment", `/segments/${segment}`, "Some of them"],
    ["templates", "/templates", "Opening hours"],
    ["template", `/templates/${template}`, "Write a campaign"],
    ["replies", "/replies", "Are you open on Sunday?"],
    ["unsubscribes", "/unsubscribes", "Evidence"],
    ["reports", "/reports", "Per day"],
    ["exports", "/exports", "Spring sale"],
    ["webhooks", "/settings?section=webhooks", "hooks.example.com"],
    ["settings", "/settings", "Organization ID"],
    ["audit", "/settings?section=audit", "Created a draft"],
    ["pinpoint", "/imports/pinpoint", "Drop the files of your dump here"],
  ];
});

test("screens look as before", async ({ page }) => {
  await page.goto(consoleUrl);
  await expect(page.getByRole("button", { name: "Sign in with your organization" })).toBeVisible();
  await compare(page, "sign-in");
  await stillPage(page, organization);
  for (const [name, path, shows] of screens) {
    await show(page, path, shows);
    await compare(page, name);
  }
});

test("screens look as before in the dark", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await stillPage(page, organization);
  for (const [name, path, shows] of some("balance", "compose", "replies")) {
    await show(page, path, shows);
    await compare(page, `${name}-dark`);
  }
});

test("screens look as before on a phone", async ({ page }) => {
  await stillPage(page, organization);
  for (const [name, path, shows] of some("home", "balance", "compose")) {
    await page.setViewportSize({ width: 1280, height: 860 });
    await show(page, path, shows);
    await page.setViewportSize({ width: 360, height: 740 });
    await compare(page, `${name}-phone`);
  }
});

const some = (...names: string[]) => screens.filter(([name]) => names.includes(name));

async function show(page: Page, path: string, shows: string | RegExp): Promise<void> {
  await open(page, organization.key, path);
  await expect(page.getByRole("main").getByText(shows).first()).toBeVisible();
  // It is asked for last.
  const navigation = page.getByRole("navigation", { name: "Main" });
  await expect(navigation.getByRole("link", { name: "Replies 1 to decide" })).toBeVisible();
  await page.waitForLoadState("networkidle");
}

async function compare(page: Page, name: string): Promise<void> {
  await expect.soft(page).toHaveScreenshot(`${name}.png`, { timeout: 30_000 });
}
