/** What every test does with a page. */
import { expect, type Page } from "@playwright/test";
import { consoleUrl, type Organization } from "./stack";

/** Opens a page of the console as someone who has entered a key before. */
export async function open(page: Page, key: string, path = ""): Promise<void> {
  await page.addInitScript((value) => {
    if (
      sessionStorage.getItem("volley.expired") === null &&
      sessionStorage.getItem("test.signed-in") === null
    ) {
      sessionStorage.setItem("test.signed-in", "yes");
      sessionStorage.setItem("volley.key", value);
    }
  }, key);
  await page.goto(consoleUrl + path);
}

export async function openAs(page: Page, organization: Organization, path = ""): Promise<void> {
  await open(page, organization.key, path);
}

/** Fails a test whose page has logged an error, such as one of the content security policy. */
export function watchConsole(page: Page): string[] {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    const isRefusal = /status of (4|5)\d\d/.test(message.text());
    if (message.type() === "error" && !isRefusal) errors.push(message.text());
  });
  return errors;
}

/**
 * Waits for the page with this title. After a click, the page before stays until the next one is loaded,
 * and may have what is looked for there.
 */
export async function heading(page: Page, name: string): Promise<void> {
  await expect(page.getByRole("heading", { level: 1, name, exact: true })).toBeVisible();
}

/** Goes to a page by its keys, once more if a busy machine took too long for the second one to count. */
export async function goByKeys(page: Page, key: string, name: string): Promise<void> {
  await expect(async () => {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    const title = page.getByRole("heading", { level: 1, name, exact: true });
    await expect(title).toBeVisible({ timeout: 5_000 });
  }).toPass();
}

/** Nothing is wider than the page. What JavaScript draws follows a change of the width a moment later. */
export async function fits(page: Page, name: string): Promise<void> {
  const most = page.viewportSize()?.width ?? 0;
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  await expect.poll(width, name).toBeLessThanOrEqual(most);
}
