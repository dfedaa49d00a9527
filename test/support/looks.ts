// How a page looks in a browser, on each of three screens: nothing scrolls sideways, no text is cut off, everything can be
// hit with a finger.
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** `paper`: the background that the colour scheme has. */
const screens = [
  { colorScheme: "light", width: 320, paper: "rgb(246, 244, 239)" },
  { colorScheme: "dark", width: 360, paper: "rgb(18, 21, 27)" },
  { colorScheme: "light", width: 1_280, paper: "rgb(246, 244, 239)" },
] as const;

/** Loads the page once: the screens change under it, as when somebody turns a phone. */
export async function checkLooks(page: Page, path: string) {
  await page.goto(path);
  for (const { colorScheme, width, paper } of screens) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 740 });
    const measure = (isOpen: boolean) => {
      for (const details of document.querySelectorAll("#items details, .menu"))
        (details as HTMLDetailsElement).open = isOpen;
      return {
        width: document.documentElement.scrollWidth,
        paper: getComputedStyle(document.documentElement).backgroundColor,
        cut: [...document.querySelectorAll("h1, h2, p:not(.spoken), .prose, dd")]
          // A row's title is cut until the row is opened.
          .filter((element) => !element.matches("details:not([open]) > summary *"))
          .filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
          .map((element) => element.outerHTML.slice(0, 80)),
        // Links inside running text are exempt (WCAG 2.2, 2.5.8).
        small: [...document.querySelectorAll("a, button, summary, input:not([type=hidden])")]
          .filter((element) => !element.matches(".prose a, p a, .skip, [hidden] *"))
          .filter((element) => element.checkVisibility())
          .map((element) => ({ words: element.outerHTML.slice(0, 80), box: element.getBoundingClientRect() }))
          .filter(({ box }) => box.height < 24 || box.width < 24)
          .map(({ words }) => words),
      };
    };
    const looks = { path, colorScheme, width, paper, cut: [], small: [] };
    for (const isOpen of [false, true])
      expect({ path, colorScheme, ...(await page.evaluate(measure, isOpen)) }).toEqual(looks);
  }
}
