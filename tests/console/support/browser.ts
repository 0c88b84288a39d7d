/** The machine's Chromium, or the one that an npm package brings, which needs no root to install. */
import { existsSync } from "node:fs";

const INSTALLED = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export function installedBrowser(): string | undefined {
  return [process.env.CHROMIUM ?? "", ...INSTALLED].find((path) => path !== "" && existsSync(path));
}

export async function browserPath(): Promise<string> {
  const installed = installedBrowser();
  if (installed !== undefined) return installed;
  // The package brings the libraries too that a bare machine lacks, but unpacks them only where it
  // takes the machine for Lambda.
  process.env.AWS_EXECUTION_ENV ??= "AWS_Lambda_nodejs24.x";
  const { default: chromium } = await import("@sparticuz/chromium");
  return chromium.executablePath();
}
