// Takes the pictures of `npm run screenshots`, into screenshots/NAME-WIDTH-SCHEME.png; PAGES takes those whose name it matches.
// With README=1 also the three of the documentation, at twice the resolution.
import { mkdirSync } from "node:fs";
import type { Page } from "playwright-core";
import { browserTest, useBrowser } from "../support/browser.ts";
import { eachState, pageStates, type PageState } from "../support/page-states.ts";
import { startTestServer } from "../support/server.ts";
import { startWorld, type World } from "../support/world.ts";

const open = useBrowser();
const folder = new URL("../../screenshots/", import.meta.url).pathname;
const documents = new URL("../../public/docs/", import.meta.url).pathname;
const wanted = new RegExp(process.env["PAGES"] ?? "");

const screens = [
  { width: 390, height: 844 },
  { width: 1_280, height: 900 },
];
/** Nobody looks further down. */
const maxHeight = 2_400;

async function take(page: Page, { name, path, act }: PageState): Promise<void> {
  for (const screen of screens) {
    await page.setViewportSize(screen);
    await page.goto(path);
    await act?.(page);
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const clip = {
        x: 0,
        y: 0,
        width: screen.width,
        height: Math.min(Math.max(height, screen.height), maxHeight),
      };
      await page.screenshot({
        path: `${folder}${name}-${screen.width}-${colorScheme}.png`,
        fullPage: true,
        clip,
      });
    }
  }
}

const sessionOf = (world: World, as: PageState["as"]) => (as === null ? {} : { token: world.tokens[as] });

browserTest("pictures of every page in every state", async () => {
  mkdirSync(folder, { recursive: true });
  const world = await startWorld();
  const states = pageStates(world).filter(({ name }) => wanted.test(name));
  await eachState(world, states, async (as, theirs) => {
    const page = await open(world.server, { ...sessionOf(world, as), expected: /status of 4\d\d/ });
    for (const state of theirs) await take(page, state);
  });
  if (wanted.test("setup")) {
    const page = await open(await startTestServer());
    await take(page, { name: "setup", path: "/setup", as: null });
  }
});

/** As wide as a column of text, or a phone. */
const pictures = [
  { file: "inbox.png", path: "/inbox", colorScheme: "light", width: 1_000, height: 640, scale: 1.5 },
  { file: "prebuilds.png", path: "/prebuilds", colorScheme: "light", width: 1_000, height: 560, scale: 1.5 },
  { file: "inbox-phone.png", path: "/inbox", colorScheme: "dark", width: 390, height: 780, scale: 1.5 },
] as const;

const readmeTest = process.env["README"] === "1" ? browserTest : browserTest.skip;

readmeTest("the pictures of the documentation", async () => {
  const world = await startWorld();
  await world.server.sql(
    `DELETE FROM inbox_notifications WHERE title LIKE '%aaaa%' OR title LIKE '%xxxx%' OR title LIKE '%account%'`,
  );
  await world.server.sql(
    `UPDATE inbox_notifications SET read_at = created_at WHERE title NOT LIKE '%failed%' AND title NOT LIKE '%waiting%'`,
  );
  for (const { file, path, colorScheme, width, height, scale } of pictures) {
    const page = await open(world.server, {
      token: world.tokens.ada,
      colorScheme,
      viewport: { width, height },
      deviceScaleFactor: scale,
    });
    await page.goto(path);
    await page.screenshot({ path: documents + file });
  }
});
