/** Every screen in both themes: nothing that axe objects to, and nothing wider than a small phone. */
import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { violations } from "../support/axe";
import { fits, openAs, watchConsole } from "../support/console";
import { consoleUrl, Organization } from "../support/stack";

/** With SCREENS=docs, these are saved for the documentation. */
const SAVED = [
  "home",
  "campaigns",
  "compose",
  "compose-template",
  "check",
  "balance",
  "message",
  "reports",
  "segment",
  "template",
  "import",
  "unsubscribes",
];
const { SCREENS } = process.env;
const FOLDER = SCREENS === "docs" ? "../../docs/screens" : "results/screens";
/** Of the file of contacts: enough for every outcome, and few enough for a busy machine. */
const ROWS = 500;
const HOURS =
  'Hi {{ firstName | default("there") }}! Corner Bakery is open from 6 to 18, on Sundays from 8 to 12. Reply STOP to opt out.';
const BODY =
  "Corner Bakery: our spring sale starts on Friday. Everything that is baked before nine costs half. Reply STOP to opt out.";

// Both tests look at the same organization.
test.describe.configure({ mode: "default" });

let organization: Organization;
let screens: [name: string, path: string, shows: string | RegExp][];
let dialogs: [name: string, path: string, button: string][];

test.beforeAll(async () => {
  test.setTimeout(1_800_000);
  organization = await Organization.create();
  const file = readFileSync("../fixtures/contacts.csv", "utf8");
  const imported = await organization.contacts(file.split("\n").slice(0, ROWS).join("\n"));
  const contacts = (await organization.get("contacts?limit=20")).items as {
    id: string;
    phone: string | null;
  }[];
  const withPhone = contacts.filter(({ phone }) => phone !== null);
  for (const { phone } of withPhone)
    await organization.put(`unsubscribes/${encodeURIComponent(phone ?? "")}`);
  const sent = await organization.sent("Spring sale", BODY);
  const draft = await organization.campaign(
    "Opening hours at Easter",
    "Corner Bakery: at Easter we\u2019re open from 8 to 12 \u2013 hot cross buns while they last! Reply STOP to opt out.",
  );
  const later = await organization.campaign("Summer menu", BODY);
  await organization.post(`campaigns/${later}/send`, {
    scheduledAt: new Date(Date.now() + 5 * 3_600_000).toISOString(),
  });
  const [message] = (await organization.get(`campaigns/${sent}/messages?status=failed&limit=1`)).items as {
    id: string;
    to: string;
  }[];
  const texted = encodeURIComponent(message?.to ?? "");
  const [textedContact] = (await organization.get(`contacts?q=${texted}`)).items as { id: string }[];
  const [heard] = (await organization.get(`campaigns/${sent}/messages?status=delivered&limit=1`)).items as {
    to: string;
  }[];
  await organization.hear(heard?.to ?? "", "STOP");
  const [, curious, unsure] = (await organization.get(`campaigns/${sent}/messages?status=delivered&limit=3`))
    .items as { to: string }[];
  await organization.hear(
    curious?.to ?? "",
    "Are you open on Sunday? My sister is in town and we would love to bring her along.",
  );
  await organization.hear(unsure?.to ?? "", "Wrong number");
  const [refusal, question] = (await organization.get("inbound?limit=2")).items as { id: string }[];
  await organization.post("members", { email: "ana@example.com", role: "admin" });
  await organization.post("members", { email: "bo@example.com", role: "viewer" });
  const filter = {
    all: [
      { field: "country", op: "in", value: ["US", "CA"] },
      { none: [{ field: { attribute: "city" }, op: "eq", value: "Austin" }] },
    ],
  };
  const segment = (await organization.post("segments", { name: "North America", filter })).id;
  const greeting = await organization.post("campaigns", {
    name: "Greeting",
    body: 'Hi {{ firstName | default("there") }}! Reply STOP to opt out.',
    target: { include: [segment], exclude: [] },
    tags: ["loyalty", "north"],
  });
  const template = (await organization.post("templates", { name: "Opening hours", body: HOURS })).id;
  await organization.post("exports", { kind: "messages", format: "csv", campaignId: sent });
  const hook = await organization.post("webhooks", { url: "https://hooks.example.com/volley", types: [] });
  await organization.post(`webhooks/${hook.id}/ping`);
  screens = [
    ["home", "", "In the next 24 hours"],
    ["campaigns", "/campaigns", "Spring sale"],
    ["compose", `/campaigns/${draft}`, /part.* · UCS-2/],
    ["compose-template", `/campaigns/${greeting.id}`, /^Up to \d+ parts?/],
    ["check", `/campaigns/${draft}/check`, /^Send [\d,]+ messages/],
    ["balance", `/campaigns/${sent}`, "Why messages failed"],
    ["scheduled", `/campaigns/${later}`, "Summer menu"],
    ["reports", "/reports", "Per day"],
    [
      "messages-filtered",
      `/campaigns/${sent}/messages?status=failed&reason=unreachable&country=US`,
      "Updated",
    ],
    ["replies", "/replies", "Are you open on Sunday?"],
    ["replies-open", "/replies?open=true", "decide by"],
    ["replies-none", "/replies?phone=%2B14155550199", "No reply matches"],
    ["reply", `/replies/${question?.id}`, "Your reply"],
    ["reply-refusal", `/replies/${refusal?.id}`, "May be a refusal"],
    ["opt-outs", `/unsubscribes?campaign=${sent}`, "Opted out by a reply to"],
    ["messages", `/campaigns/${sent}/messages?status=failed`, "Updated"],
    ["message", `/campaigns/${sent}/messages/${message?.id}`, "Claimed by a worker"],
    ["skipped", `/campaigns/${sent}/skipped`, "Reason"],
    ["contacts", "/contacts", "Phone"],
    ["contacts-of-segment", `/contacts?segment=${segment}`, "Phone"],
    ["segments", "/segments", "North America"],
    ["segment", `/segments/${segment}`, "In words"],
    ["templates", "/templates", "Opening hours"],
    ["template", `/templates/${template}`, "Write a campaign"],
    ["archived", "/campaigns?show=archived", "No archived campaigns"],
    ["segment-new", "/segments/new", "In words"],
    ["contact", `/contacts/${textedContact?.id}`, "Messages to this phone"],
    ["imports", "/imports", "Drop a CSV file here"],
    ["pinpoint", "/imports/pinpoint", "Drop the files of your dump here"],
    ["import", `/imports/${imported}`, "Rejected rows"],
    ["exports", "/exports", "Spring sale"],
    ["unsubscribes", "/unsubscribes", "Evidence"],
    ["person", `/people/${encodeURIComponent(heard?.to ?? "")}`, "Texts from this phone"],
    ["person-unknown", "/people/%2B14155550199", "No contact has this phone."],
    ["senders", "/senders", "Numbers"],
    ["settings", "/settings", "Organization ID"],
    ["prices", "/settings?section=prices", "Price per part"],
    ["keywords", "/settings?section=keywords", "Replies"],
    ["members", "/settings?section=members", "ana@example.com"],
    ["keys", "/settings?section=keys", "Create a key"],
    ["webhooks", "/settings?section=webhooks", "hooks.example.com"],
    ["audit", "/settings?section=audit", "Created a draft"],
    ["webhook", `/webhooks/${hook.id}`, "Deliveries of the last seven days"],
  ];
  dialogs = [
    ["resend", `/campaigns/${sent}`, "Resend…"],
    ["export", `/campaigns/${sent}`, "Export"],
    ["suppress", `/replies/${refusal?.id}`, "Unsubscribe"],
    ["erase", `/people/${encodeURIComponent(heard?.to ?? "")}`, "Erase person"],
    ["webhook-new", "/settings?section=webhooks", "Add a webhook"],
    ["webhook-secret", `/webhooks/${hook.id}`, "New secret"],
  ];
});

const themes = ["light", "dark"] as const;

test("every screen in both themes", async ({ page }) => {
  test.setTimeout(1_800_000);
  const errors = watchConsole(page);
  await page.goto(consoleUrl);
  await expect(page.getByLabel("API key")).toBeVisible();
  await judge(page, "sign-in");
  const only = process.env.ONLY?.split(",");
  for (const [name, path, shows] of screens.filter(([screen]) => only?.includes(screen) ?? true)) {
    await openAs(page, organization, path);
    await expect(page.getByRole("main").getByText(shows).first()).toBeVisible();
    await page.waitForLoadState("networkidle");
    await judge(page, name);
    await fitsPhone(page, name);
  }
  expect(errors).toEqual([]);
});

test("dialogs in both themes", async ({ page }) => {
  const errors = watchConsole(page);
  const only = process.env.ONLY?.split(",");
  for (const [name, path, button] of dialogs.filter(([dialog]) => only?.includes(dialog) ?? true)) {
    await openAs(page, organization, path);
    await page.getByRole("main").getByRole("button", { name: button, exact: true }).click();
    const dialog = page.getByRole("dialog");
    // The button at the top is there before what the dialog reads.
    await expect(dialog.getByRole("button").nth(1)).toBeVisible();
    const curl = dialog.getByRole("button", { name: "View as cURL" });
    if ((await curl.count()) > 0) await curl.click();
    await page.waitForLoadState("networkidle");
    await judge(page, `dialog-${name}`);
    await fitsPhone(page, `dialog-${name}`);
  }
  expect(errors).toEqual([]);
});

async function judge(page: Page, name: string): Promise<void> {
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", theme);
    expect(await violations(page), `${name}, ${theme}`).toEqual([]);
    await save(page, name, theme);
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
}

/** Nothing is cut off on a small phone, and no one has to scroll sideways. */
async function fitsPhone(page: Page, name: string): Promise<void> {
  const size = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  await fits(page, name);
  if (name === "balance" || name === "compose" || SCREENS === "all") await save(page, name, "phone");
  if (size) await page.setViewportSize(size);
}

async function save(page: Page, name: string, theme: string): Promise<void> {
  const isSaved = SAVED.includes(name) && (theme !== "dark" || name === "balance" || name === "compose");
  if (SCREENS === undefined || (SCREENS === "docs" && !isSaved)) return;
  const path = `${FOLDER}/${name}${theme === "light" ? "" : `-${theme}`}.png`;
  const size = page.viewportSize();
  if (size && !["import", "unsubscribes"].includes(name)) {
    // The navigation is as high as the window.
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ ...size, height: Math.max(size.height, height) });
  }
  await page.screenshot({ path, animations: "disabled" });
  if (size) await page.setViewportSize(size);
}
