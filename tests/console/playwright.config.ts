import { defineConfig } from "@playwright/test";
import { browserPath } from "./support/browser";

/**
 * The console in a real browser, on the local stack that `make test` has started. Each test makes an
 * organization of its own, so that several run at once.
 */
export default defineConfig({
  testDir: "tests",
  outputDir: "results",
  snapshotPathTemplate: "baselines/{arg}{ext}",
  fullyParallel: true,
  workers: 2,
  // A test that passes the second time does not fail the run, but is listed as flaky.
  retries: 1,
  // A machine may be five times slower than usual. A test that passes never waits for this long.
  timeout: 900_000,
  expect: {
    timeout: 120_000,
    // On one machine, at most a dozen pixels differ, by a shade. A gray line that moves by a pixel is more.
    toHaveScreenshot: { maxDiffPixels: 100, threshold: 0.05, stylePath: "support/still.css" },
  },
  reporter: [["list"]],
  webServer: {
    command: `"${process.execPath}" support/identity-provider.mjs`,
    url: `${process.env.OIDC_ISSUER}/.well-known/openid-configuration`,
  },
  use: {
    actionTimeout: 120_000,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    viewport: { width: 1280, height: 860 },
    locale: "en-US",
    timezoneId: "America/New_York",
    reducedMotion: "reduce",
    launchOptions: {
      executablePath: await browserPath(),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
