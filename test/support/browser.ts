// A real Chromium for the pages. One for a test file, a fresh profile for each test; whatever a page complains of on its
// console (a broken script, a breach of the content security policy) fails the test.
import { existsSync } from "node:fs";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { TestServer } from "./server.ts";

const program = process.env["BELFRY_TEST_CHROMIUM"] ?? "/usr/bin/chromium";
const isSwitchedOff = process.env["BELFRY_TEST_NO_BROWSER"] === "1";

/** Skipped, and counted as skipped, where there is to be no browser. */
export const browserTest = test.skipIf(isSwitchedOff);

export interface PageOptions extends BrowserContextOptions {
  /** A key to be signed in with. */
  token?: string;
  /** Complaints that the test means to provoke. */
  expected?: RegExp;
}

/**
 * Waits until a whole page is there at this address, its path with its query. On the way one navigation may cut off another,
 * as when a script reloads a page that then redirects; what the page was is gone then, and it is asked again.
 */
export async function arriveAt(page: Page, address: string): Promise<void> {
  const where = () => page.evaluate(() => [location.pathname + location.search, document.readyState]);
  await expect
    .poll(() => where().catch((error: Error) => [page.url(), error.message]))
    .toEqual([address, "complete"]);
}

/** To be called at the top of a test file; the answer opens pages. */
export function useBrowser(): (server: TestServer, options?: PageOptions) => Promise<Page> {
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (isSwitchedOff) return;
    if (!existsSync(program)) {
      throw new Error(
        `There is no Chromium at ${program}. Install it (on Debian: apt-get install -y chromium), name another one ` +
          "in BELFRY_TEST_CHROMIUM, or do without these tests: BELFRY_TEST_NO_BROWSER=1 npm test",
      );
    }
    browser = await chromium.launch({
      executablePath: program,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
  });
  afterAll(() => browser?.close());

  return async (server, { token, expected, ...options } = {}) => {
    const context = await browser!.newContext({ baseURL: server.url, ...options });
    // Playwright's own is for a machine that has nothing else to do.
    context.setDefaultTimeout(60_000);
    if (token !== undefined)
      await context.addCookies([{ name: "coder_session_token", value: token, url: server.url }]);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    onTestFinished(async () => {
      await context.close();
      const surprises = complaints.filter((complaint) => expected?.test(complaint) !== true);
      if (surprises.length > 0) throw new Error(`The page complains: ${surprises.join("\n")}`);
    });
    return page;
  };
}
