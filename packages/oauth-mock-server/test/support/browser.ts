import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

import type { Browser, LaunchOptions } from "playwright-core";
import { chromium } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome"];

/** The browser of this machine; `undefined` where there is none. */
const browserPath: string | undefined = (process.env["PATH"] ?? "")
  .split(delimiter)
  .flatMap((folder) => names.map((name) => join(folder, name)))
  .find(isExecutable);

/** Appended to the titles of tests that need a browser: the reason is seen where they are skipped. */
export const browserNote: string =
  browserPath === undefined ? " (skipped: no chromium on this machine)" : "";

/** Starts the browser, which looks nothing up in the network. */
export function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  const { args = [], ...others } = options;
  return chromium.launch({
    ...(browserPath !== undefined && { executablePath: browserPath }),
    // Whoever runs tests in a container is root there, where its own sandbox does not start.
    args: ["--no-sandbox", "--disable-dev-shm-usage", ...args],
    ...others,
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
