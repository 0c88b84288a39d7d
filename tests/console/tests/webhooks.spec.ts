/** Events to other systems: an endpoint, its secret, its deliveries, and a deployment without any. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@playwright/test";
import { heading, open, openAs, watchConsole } from "../support/console";
import { Organization } from "../support/stack";

let server: Server;
let url: string;
/** What the endpoint responds with. */
let status = 204;
let heard: string[] = [];

test.beforeEach(async () => {
  heard = [];
  status = 204;
  server = createServer((request, response) => {
    heard.push(String(request.headers["webhook-signature"]));
    request.resume().on("end", () => response.writeHead(status).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/volley`;
});

test.afterEach(() => {
  server.close();
});

test("an endpoint is added, pinged, rotated, disabled and deleted", async ({ page }) => {
  const errors = watchConsole(page);
  const organization = await Organization.create();
  await openAs(page, organization, "/settings");
  await page.getByRole("button", { name: "Webhooks", exact: true }).click();
  await expect(page).toHaveURL(/section=webhooks/);
  await expect(page.getByText("No endpoint yet.")).toBeVisible();
  await page.getByRole("button", { name: "Add a webhook" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("URL").fill("ftp://example.com");
  await dialog.getByRole("button", { name: "Add webhook" }).click();
  await expect(dialog.getByLabel("URL")).toHaveAttribute("aria-invalid", "true");
  await dialog.getByLabel("URL").fill(url);
  await dialog.getByLabel("All events").uncheck();
  await expect(dialog.getByRole("button", { name: "Add webhook" })).toBeDisabled();
  await dialog.getByLabel("campaign.finished").check();
  await dialog.getByLabel("contact.unsubscribed").check();
  await dialog.getByRole("button", { name: "Add webhook" }).click();
  await expect(dialog.getByText("It is shown only this once.")).toBeVisible();
  await expect(dialog.getByText(/^whsec_/)).toBeVisible();
  await dialog.locator("footer, div").getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByText("whsec_")).toHaveCount(0);

  const row = page.getByRole("row").filter({ hasText: url });
  await expect(row).toContainText("campaign.finished, contact.unsubscribed");
  await row.getByRole("link").click();
  await heading(page, new URL(url).host);
  await page.getByRole("button", { name: "Send a ping" }).click();
  const deliveries = page.getByRole("region", { name: "Deliveries of the last seven days" });
  await expect(deliveries.getByText("Delivered")).toBeVisible();
  await expect(deliveries.getByText(/Status 204, [\d,]+ ms/).first()).toBeVisible();
  await deliveries.getByRole("button", { name: "Replay" }).click();
  await expect(deliveries.getByText("(2 attempts)")).toBeVisible();
  expect(heard.length).toBeGreaterThanOrEqual(2);

  await page.getByRole("button", { name: "New secret" }).click();
  await page.getByRole("button", { name: "Make a new secret" }).click();
  await expect(page.getByText(/^whsec_/)).toBeVisible();
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByText(/requests are also signed by the secret before/)).toBeVisible();

  status = 500;
  await page.getByRole("button", { name: "Send a ping" }).click();
  await expect(deliveries.getByText(/Status 500.* next in/).first()).toBeVisible();
  await page.getByRole("button", { name: "Disable", exact: true }).click();
  await page.getByRole("button", { name: "Disable, drop events" }).click();
  await expect(page.getByText("An admin disabled it.")).toBeVisible();
  await page.getByRole("button", { name: "Enable", exact: true }).click();
  await expect(page.getByText("An admin disabled it.")).toHaveCount(0);
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Delete webhook" }).click();
  await expect(page.getByText("No endpoint yet.")).toBeVisible();
  expect(errors).toEqual([]);
});

test("a deployment without webhooks says how to turn them on", async ({ page }) => {
  const organization = await Organization.create();
  await page.route("**/v1/organizations/*/webhooks", (route) => {
    if (route.request().method() === "GET") return route.continue();
    const detail = "this deployment has no webhooks; its operator sets the parameter WebhooksEncryption";
    return route.fulfill({
      status: 409,
      contentType: "application/problem+json",
      json: { type: "about:blank", title: "Conflict", status: 409, code: "webhooks_off", detail },
    });
  });
  await openAs(page, organization, "/settings?section=webhooks");
  await page.getByRole("button", { name: "Add a webhook" }).click();
  await page.getByRole("dialog").getByLabel("URL").fill("https://hooks.example.com/volley");
  await page.getByRole("button", { name: "Add webhook" }).click();
  await expect(page.getByRole("alert")).toContainText("WebhooksEncryption=ssm:/volley/STACK/webhooks/key");
});

test("only admins see webhooks", async ({ page }) => {
  const organization = await Organization.create();
  await open(page, await organization.newKey("sender"), "/settings?section=webhooks");
  await expect(page.getByText("Only an admin can change this.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Add a webhook" })).toHaveCount(0);
});
