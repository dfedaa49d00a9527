// axe-core finds nothing on any page in any state, light or dark, on a phone and on a desk; and no short word is broken.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { browserTest, useBrowser } from "../support/browser.ts";
import { pages } from "../support/page-permissions.ts";
import { eachState, pageStates } from "../support/page-states.ts";
import { startTestServer } from "../support/server.ts";
import { startWorld } from "../support/world.ts";

const open = useBrowser();
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  id: string;
  help: string;
  nodes: { html: string; failureSummary: string }[];
}
interface Axe {
  run: (where: Node, options: object) => Promise<{ violations: Violation[] }>;
}

/** What axe-core objects to, one line each. */
const objections = (page: Page, options: object): Promise<string[]> =>
  page.evaluate(async (asked) => {
    const { axe } = globalThis as unknown as { axe: Axe };
    // An open menu lies over a part of the page, which nobody presses then.
    const isCovered = document.querySelector(".menu[open]") !== null;
    const { violations } = await axe.run(isCovered ? document.querySelector("header")! : document, asked);
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id} (${help}): ${html.slice(0, 200)} ${failureSummary}`),
    );
  }, options);

/** Of what is right nothing is asked, nor where an element is, beside its HTML. That saves time. */
const brief = { resultTypes: ["violations"], selectors: false };

/** All rules, and that of the size of targets, which axe-core leaves out. In the dark only colours differ. */
const schemes = {
  light: { ...brief, rules: { "target-size": { enabled: true } } },
  dark: { ...brief, runOnly: ["color-contrast", "link-in-text-block"] },
} as const;

/** Colours don't depend on the width. */
const looks = [
  [390, "light"],
  [1_280, "light"],
  [1_280, "dark"],
] as const;

/** Words that are broken in their middle though they are short: what they stand in has no room. */
const brokenWords = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const broken: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
      const parent = text.parentElement!;
      if (parent.closest("script, svg, pre, code, mark, .log, .spoken") !== null || !parent.checkVisibility())
        continue;
      for (const { index, 0: word } of text.textContent!.matchAll(/(?<![\w/])[A-Za-z]{2,14}(?!\w)/g)) {
        range.setStart(text, index);
        range.setEnd(text, index + word.length);
        const tops = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
        if (tops.size > 1) broken.push(`“${word}” is broken in ${parent.outerHTML.slice(0, 120)}`);
      }
    }
    return broken;
  });

/** Buttons that stand over what is beside them, since there are more than fit. */
const overlapping = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll(".acts > *")]
      .filter((element) => element.checkVisibility())
      .filter((element) => {
        const [own, all] = [element, element.parentElement!].map((one) => one.getBoundingClientRect());
        return own!.left < all!.left - 1 || own!.right > all!.right + 1;
      })
      .map((element) => `stands over its neighbour: ${element.outerHTML.slice(0, 120)}`),
  );

/** A label, or what describes something, would belong to the first of them. */
const repeatedIds = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    return [...new Set(ids.filter((id, index) => ids.indexOf(id) < index))].map((id) => `#${id} is repeated`);
  });

async function check(page: Page, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const [width, colorScheme] of looks) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const own =
      colorScheme === "light"
        ? [...(await brokenWords(page)), ...(await repeatedIds(page)), ...(await overlapping(page))]
        : [];
    for (const objection of [...own, ...(await objections(page, schemes[colorScheme]))])
      found.push(`${name} ${width} ${colorScheme}: ${objection}`);
  }
  return found;
}

browserTest("axe-core has no objection to any page in any state", { timeout: 900_000 }, async () => {
  const world = await startWorld();
  const found: string[] = [];
  await eachState(world, pageStates(world), async (as, states) => {
    const token = as === null ? {} : { token: world.tokens[as] };
    const page = await open(world.server, { ...token, expected: /status of 4\d\d/ });
    await page.addInitScript(axeSource);
    for (const { name, path, act } of states) {
      await page.goto(path);
      await act?.(page);
      found.push(...(await check(page, name)));
    }
  });
  const fresh = await open(await startTestServer());
  await fresh.addInitScript(axeSource);
  await fresh.goto("/setup");
  found.push(...(await check(fresh, "setup")));
  expect(found).toEqual([]);
});

/** Controls that are lower or narrower than 44 px; links inside a sentence are as high as its lines. */
const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll("a, button, summary, select, input:not([type=hidden])")]
      .filter(
        (element) =>
          element.checkVisibility() && !element.matches(".prose *, p:not(.app) *, .more *, .answer *, .skip"),
      )
      .filter((element) => !element.matches("label *, input[type=checkbox], input[type=radio]"))
      .map((element) => ({ html: element.outerHTML.slice(0, 120), box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.height < 43.5 || box.width < 43.5)
      .map(({ html, box }) => `${Math.round(box.width)} × ${Math.round(box.height)}: ${html}`),
  );

/** How much of a page is beyond the edge: on the smallest phone, and on a small window that is zoomed in twice. */
async function beyondEdge(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const width of [320, 640]) {
    await page.setViewportSize({ width, height: 600 });
    const beyond = await page.evaluate((wide) => document.documentElement.scrollWidth - wide, width);
    if (beyond > 0) found.push(`${beyond} px are beyond the edge at ${width} px`);
  }
  return found;
}

browserTest("with a finger all controls are 44 px high and wide, and no page scrolls sideways", async () => {
  const world = await startWorld();
  const found: string[] = [];
  await eachState(world, pageStates(world), async (as, states) => {
    const page = await open(world.server, {
      ...(as === null ? {} : { token: world.tokens[as] }),
      expected: /status of 4\d\d/,
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    for (const { name, path, act } of states) {
      await page.goto(path);
      await act?.(page);
      for (const target of await smallTargets(page)) found.push(`${name}: ${target}`);
      for (const beyond of await beyondEdge(page)) found.push(`${name}: ${beyond}`);
      await page.setViewportSize({ width: 390, height: 844 });
    }
  });
  expect([...new Set(found)]).toEqual([]);
});

/** What is no page of its own. */
const noPages = [
  "GET /",
  "GET /assets/:name",
  "GET /assets/:version{[0-9a-f]{12}}/:name",
  "GET /.well-known/security.txt",
  "GET /favicon.ico",
  "GET /service-worker.js",
  "GET /docs/*",
  // A part of the inbox, for its script.
  "GET /inbox/items/:id",
  "GET /inbox/events",
];

browserTest("every page has a state that is looked at", async () => {
  const paths = pageStates(await startWorld()).map(({ path }) => path.split("?")[0]!);
  const missing = Object.keys(pages).filter((route) => {
    if (!route.startsWith("GET ") || noPages.includes(route)) return false;
    const pattern = route
      .slice("GET ".length)
      .replaceAll(/:\w+\{((?:[^{}]|\{[^{}]*\})*)\}/g, "($1)")
      .replaceAll(/:\w+/g, "[^/]+");
    return !paths.some((path) => new RegExp(`^${pattern}$`).test(path));
  });
  expect(missing).toEqual([]);
});
